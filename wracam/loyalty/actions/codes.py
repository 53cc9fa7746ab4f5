"""Codes of rewards: drawn with the redemption from a code campaign, taken out of use when the reward is returned."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.loyalty import models
from wracam.loyalty.contracts import Member, Refusal, Refused
from wracam.loyalty.core.rewards import Reward
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import actions as vouchers
from wracam.vouchers.contracts import IssuedCode, IssueRefusal, IssueRefused, UnknownCampaignError, UnknownCodeError


def issue(reward: Reward, member: Member, redemption_id: UUID, now: datetime) -> IssuedCode | Refused | None:
    """Return the code that the reward gives, None when it gives none, or why there is no code to give."""
    if not reward.voucher:
        return None
    try:
        outcome = vouchers.issue(
            shop_id=member.shop_id, campaign=reward.voucher, customer_id=member.customer_id,
            key=f"reward:{redemption_id}", now=now,
        )  # fmt: skip
    except UnknownCampaignError:
        return Refused(reason=Refusal.NOT_AVAILABLE_NOW)
    if isinstance(outcome, IssueRefused):
        is_empty = outcome.reason is IssueRefusal.POOL_EMPTY
        return Refused(reason=Refusal.NO_CODE_LEFT if is_empty else Refusal.NOT_AVAILABLE_NOW)
    return outcome


def withdraw(row: models.Redemption, now: datetime) -> None:
    """Take the code of a returned reward out of use; a code that a whole campaign shares stays."""
    if row.code_id is None:
        return
    try:
        vouchers.disable_code(code_id=row.code_id, actor=SYSTEM, now=now)
    except UnknownCodeError:
        return
