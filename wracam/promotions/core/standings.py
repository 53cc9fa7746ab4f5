"""Whom a promotion is out of the question for before prices are looked at: dates, codes, limits, budgets, gifts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wracam.promotions.contracts import Reason, Standing
from wracam.promotions.core.body import Limit, Period, Promotion
from wracam.promotions.core.body.promotion import Who

EVERYONE = "all"
"""Stands for all customers together in the name of a counter."""
ANYBODY = "00000000-0000-0000-0000-000000000000"
"""Stands for a customer to be put in later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One counter that a use of a promotion moves, and how far it may go.

    `what` is `uses`, `budget` or `gift:<sku>`; `key` is the name under which `vouchers` counts it.
    """

    key: str
    what: str
    maximum: int
    amount: int = 1
    is_of_customer: bool = False


def counters(promotion: Promotion, owner: str | None, today: date) -> Iterator[Count]:
    """Yield what a use today is counted in; a budget's amount is set by the caller.

    *owner* is whose use it is: a customer's id, or the mark of a guest who gave an address. None is somebody who
    cannot be told from others, and is counted among everyone only.
    """
    for limit in promotion.limits:
        if limit.who is Who.CUSTOMER and owner is None:
            continue
        whose = EVERYONE if limit.who is Who.EVERYONE else str(owner)
        yield Count(
            key=f"promotion:{promotion.key}:uses:{whose}:{period_of(limit, today)}",
            what="uses",
            maximum=limit.uses,
            is_of_customer=limit.who is Who.CUSTOMER,
        )
    if promotion.budget:
        yield Count(key=budget_key(promotion), what="budget", maximum=promotion.budget.amount_minor, amount=0)
    for sku, stock in promotion.stocks:
        yield Count(key=gift_key(promotion, sku), what=f"gift:{sku}", maximum=stock)


class CounterNames:
    """The names of all counters of some promotions on one day, said once; the customer is put in for each cart."""

    __slots__ = ("_of_customers", "_of_everybody")

    def __init__(self, promotions: Iterable[Promotion], today: date) -> None:
        counted = tuple(promotions)
        self._of_everybody = tuple(count.key for one in counted for count in counters(one, None, today))
        self._of_customers = "\n".join(
            count.key for one in counted for count in counters(one, ANYBODY, today) if count.is_of_customer
        )

    def of(self, owner: str | None) -> list[str]:
        """Return the names for this owner of uses (None: somebody who cannot be told from others)."""
        names = [*self._of_everybody]
        if owner is not None and self._of_customers:
            names += self._of_customers.replace(ANYBODY, owner).split("\n")
        return names


def budget_key(promotion: Promotion) -> str:
    """Return the counter of the promotion's budget, in minor units of its currency."""
    return f"promotion:{promotion.key}:budget:{promotion.currency}"


def gift_key(promotion: Promotion, sku: str) -> str:
    """Return the counter of a gift's stock."""
    return gift_counter(promotion.key, sku)


def gift_counter(promotion: str, sku: str) -> str:
    """Return the counter of a gift's stock from the promotion's key."""
    return f"promotion:{promotion}:gift:{sku}"


def period_of(limit: Limit, today: date) -> str:
    """Return the first day of the period that *today* lies in, as ISO 8601; empty for one that never ends."""
    if limit.per is Period.EVER:
        return ""
    if limit.per is Period.MONTH:
        return today.replace(day=1).isoformat()
    if limit.per is Period.WEEK:
        return (today - timedelta(days=today.weekday())).isoformat()
    return today.isoformat()


def date_standing(promotion: Promotion, at: datetime) -> Standing | None:
    """Say whether the promotion is still to come or over at a moment."""
    if promotion.starts_at and at < promotion.starts_at:
        return Standing(reason=Reason.NOT_YET, required=promotion.starts_at.isoformat(), measured=at.isoformat())
    if promotion.ends_at and at >= promotion.ends_at:
        return Standing(reason=Reason.EXPIRED, required=promotion.ends_at.isoformat(), measured=at.isoformat())
    return None


def code_standing(promotion: Promotion, campaigns: Collection[str]) -> Standing | None:
    """Say whether a code is missing; *campaigns* are those of the good codes that were presented."""
    if promotion.campaigns and not any(campaign in campaigns for campaign in promotion.campaigns):
        return Standing(reason=Reason.CODE_REQUIRED)
    return None


def count_standing(promotion: Promotion, owner: str | None, today: date, used: Mapping[str, int]) -> Standing | None:
    """Say whether a limit of uses is reached. Budgets and gifts in stock are the engine's."""
    for count in counters(promotion, owner, today):
        spent = used.get(count.key, 0)
        if count.what == "uses" and spent >= count.maximum:
            reason = Reason.CUSTOMER_LIMIT_REACHED if count.is_of_customer else Reason.EXHAUSTED
            return Standing(reason=reason, required=str(count.maximum), measured=str(spent))
    return None
