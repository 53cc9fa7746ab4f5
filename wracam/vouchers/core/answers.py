"""What a code is worth: which claims its limits make, and the answer with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from wracam.vouchers.contracts import Claim, CodeAnswer, CodeState, Usage
from wracam.vouchers.core.campaigns import Campaign, Limit, LimitPer


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is stored of a code. `name` stands for it in the keys of allowances."""

    name: str
    campaign: str
    code_id: UUID | None = None
    customer_id: UUID | None = None
    valid_until: datetime | None = None
    is_disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One limit of a code as the claim that it makes."""

    limit: Limit
    claim: Claim


def uses(campaign: Campaign, known: Known, owner: str | None, today: date) -> list[Use]:
    """Return what one use of the code claims; *owner* is whose it is (a customer's id, a guest's mark; None: nobody's).

    Limits per customer count nothing for somebody who cannot be told from others.
    """
    found = []
    for limit in campaign.limits:
        if limit.per.is_of_customer and owner is None:
            continue
        key = _key(limit.per, campaign.key, known.name, owner, today)
        found.append(Use(limit=limit, claim=Claim(key=key, amount=1, maximum=limit.uses)))
    return found


def answer(
    campaign: Campaign | None, known: Known, made: Sequence[Use], usage: Mapping[str, Usage], customer_id: UUID | None,
    now: datetime,
) -> CodeAnswer:  # fmt: skip
    """Decide what a stored code is worth to this customer now; *campaign* is None when it is not in force."""
    if campaign is None:
        return CodeAnswer(state=CodeState.DISABLED, campaign=known.campaign, code_id=known.code_id)
    about = CodeAnswer(
        state=CodeState.OK,
        campaign=campaign.key,
        kind=campaign.kind,
        code_id=known.code_id,
        version_id=campaign.version_id,
        customer_id=known.customer_id,
        valid_from=campaign.period.starts_at,
        valid_until=_earlier(known.valid_until, campaign.period.ends_at),
        on_refund=campaign.on_refund,
    )
    state = _standing(campaign, known, about.valid_until, customer_id, now) or _counted(made, usage)
    left = [usage.get(use.claim.key, Usage()).left(use.limit.uses) for use in made]
    claims = tuple(use.claim for use in made) if state is CodeState.OK else ()
    return replace(about, state=state, uses_left=min(left, default=None), claims=claims)


def _standing(
    campaign: Campaign, known: Known, ends_at: datetime | None, customer_id: UUID | None, now: datetime
) -> CodeState | None:
    if known.is_disabled:
        return CodeState.DISABLED
    if campaign.period.starts_at is not None and now < campaign.period.starts_at:
        return CodeState.NOT_YET
    if ends_at is not None and now >= ends_at:
        return CodeState.EXPIRED
    if known.customer_id is not None and known.customer_id != customer_id:
        return CodeState.NOT_YOURS
    if customer_id is None and not campaign.allows_guests:
        return CodeState.NOT_YOURS
    return None


def _counted(made: Sequence[Use], usage: Mapping[str, Usage]) -> CodeState:
    spent = [use for use in made if usage.get(use.claim.key, Usage()).left(use.limit.uses) < 1]
    if not spent:
        return CodeState.OK
    if all(use.limit.per.is_of_customer for use in spent):
        return CodeState.CUSTOMER_LIMIT
    return CodeState.EXHAUSTED


def _key(per: LimitPer, campaign: str, name: str, owner: str | None, today: date) -> str:
    if per is LimitPer.CODE:
        return f"code:{name}:uses"
    period = per.value.removeprefix("customer_")
    parts = ["campaign", campaign]
    if per.is_of_customer:
        parts += ["customer", str(owner)]
    if period in ("day", "week", "month"):
        parts += [period, _start(today, period).isoformat()]
    return ":".join([*parts, "uses"])


def _start(today: date, period: str) -> date:
    if period == "week":
        return today - timedelta(days=today.weekday())
    return today.replace(day=1) if period == "month" else today


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    return min((moment for moment in (first, second) if moment is not None), default=None)
