"""The kinds of documents of vouchers: code campaigns and gift cards."""

from __future__ import annotations

from wracam.definitions.contracts import Body, DefinitionKind, Problem
from wracam.definitions.ports import register_kind
from wracam.kernel.language import Language, Words
from wracam.vouchers.core import cards, schemas, words
from wracam.vouchers.core.campaigns import example, read_campaign


def _problems(body: Body) -> list[Problem]:
    return read_campaign(body)[1]


def _sentence(body: Body, language: Language) -> str:
    return words.campaign_sentence(read_campaign(body)[0], language)


register_kind(
    DefinitionKind(
        name="code_campaign",
        title=Words(pl="akcja kodów", en="code campaign"),
        validate=_problems,
        sentence=_sentence,
        schema=schemas.CODE_CAMPAIGN,
        example=example(),
    )
)


def _card_problems(body: Body) -> list[Problem]:
    return cards.read_policy(body)[1]


def _card_sentence(body: Body, language: Language) -> str:
    return cards.policy_sentence(cards.read_policy(body)[0], language)


register_kind(
    DefinitionKind(
        name="gift_card",
        title=Words(pl="karty podarunkowe", en="gift cards"),
        validate=_card_problems,
        sentence=_card_sentence,
        schema=schemas.GIFT_CARD,
        example={"prefix": "ROSE", "validity_months": 24, "refund_days": 90, "least": "20.00", "most": "2000.00"},
    )
)
