"""What rules of other features can do with vouchers: give a customer a code of a campaign."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wracam.definitions.contracts import Problem
from wracam.definitions.ports import Reader
from wracam.kernel.language import Words
from wracam.rules.contracts import Granting
from wracam.rules.ports import Effect, register_effect
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import actions, queries
from wracam.vouchers.contracts import CampaignKind, IssuedCode, IssueRefused, ToIssue, UnknownCampaignError

logger = logging.getLogger(__name__)
Answers = Mapping[str, IssuedCode | IssueRefused]


def _issue(wanted: Sequence[Granting], now: datetime) -> Answers:
    """Give the codes (again: the same ones); a campaign that is not live gives none, and the log says so."""
    groups: dict[tuple[int, str], list[ToIssue]] = {}
    for one in wanted:
        group = groups.setdefault((one.shop_id, str(one.parameters["campaign"])), [])
        group.append(ToIssue(key=one.key, customer_id=one.customer_id))
    answers: dict[str, IssuedCode | IssueRefused] = {}
    for (shop_id, campaign), asked in groups.items():
        try:
            answers |= actions.issue_many(shop_id=shop_id, campaign=campaign, wanted=asked, now=now)
        except UnknownCampaignError:
            logger.warning("no live campaign %s: %s codes were not given", campaign, len(asked))
    return answers


def _give(wanted: Sequence[Granting], now: datetime) -> None:
    for key, answer in _issue(wanted, now).items():
        if isinstance(answer, IssueRefused):
            logger.warning("no code for %s: %s", key, answer.reason)


def _take_back(granted: Sequence[Granting], now: datetime) -> None:
    """Take these codes out of use; one that was redeemed before stays redeemed."""
    for answer in _issue(granted, now).values():
        if isinstance(answer, IssuedCode) and not _is_shared(answer.campaign, now):
            actions.disable_code(code_id=answer.code_id, actor=SYSTEM, now=now)


def _is_shared(campaign: str, now: datetime) -> bool:
    """Say whether everybody has the same code, which one person's return must not take from the others."""
    return queries.live_campaign(campaign, now).kind is CampaignKind.SHARED


def _problems(parameters: Mapping[str, Any]) -> Sequence[Problem]:
    reader = Reader(parameters)
    reader.text("campaign", is_required=True)
    reader.finish()
    return reader.problems


register_effect(
    Effect(
        name="vouchers.code",
        title=Words(pl="kod rabatowy", en="a discount code"),
        schema={
            "type": "object",
            "additionalProperties": False,
            "properties": {"campaign": {"type": "string"}},
            "required": ["campaign"],
        },
        example={"campaign": "welcome"},
        grant=_give,
        take_back=_take_back,
        problems=_problems,
    )
)
