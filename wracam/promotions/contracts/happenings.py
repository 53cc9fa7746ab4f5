"""What happens to carts and promotions, as events of the log. Amounts are integer minor units."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from wracam.events.contracts import Event, event


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferUse:
    """What one promotion gave in a committed cart."""

    promotion: str
    version_id: UUID
    discount_minor: int


@event("cart.committed", pl="zatwierdzono koszyk", en="cart committed")
@dataclass(frozen=True, slots=True, kw_only=True)
class CartCommitted(Event):
    """A cart became an order: its codes, limits, budgets and gifts are used. `order` is the shop's name of it.

    `multipliers` are the promotions that multiply its points, `rewards` the rewards that it grants.
    """

    commit_id: UUID
    order: str
    currency: str
    total_minor: int
    discount_minor: int
    offers: tuple[OfferUse, ...]
    codes: tuple[str, ...]
    rewards: tuple[str, ...]
    multipliers: tuple[str, ...] = ()


@event("cart.released", pl="zwolniono koszyk", en="cart released")
@dataclass(frozen=True, slots=True, kw_only=True)
class CartReleased(Event):
    """A reserved cart was given up; what it held is free."""

    reservation_id: UUID


@event("cart.refunded", pl="zwrócono z koszyka", en="cart refunded")
@dataclass(frozen=True, slots=True, kw_only=True)
class CartRefunded(Event):
    """Units of a committed cart came back; `is_full` says that nothing is left of it."""

    commit_id: UUID
    order: str
    currency: str
    refunded_minor: int
    is_full: bool


@event("promotion.exhausted", pl="wyczerpano promocję", en="promotion used up")
@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionExhausted(Event):
    """A limit for everyone, the budget (`what` is `budget`) or a gift (`gift:<sku>`) is used up."""

    promotion: str
    what: str
    maximum: int


@event("promotion.budget_alert", pl="budżet promocji przekroczył próg", en="promotion budget alert")
@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetAlert(Event):
    """The used part of a promotion's budget reached one of its percentages."""

    promotion: str
    percent: int
    used_minor: int
    budget_minor: int
