"""The kinds of documents of vouchers: code campaigns."""

from __future__ import annotations

from wracam.definitions.contracts import Body, DefinitionKind, Problem
from wracam.definitions.ports import register_kind
from wracam.kernel.language import Language, Words
from wracam.vouchers.core import schemas, words
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
