"""Where higher floors join a cart: what it earns, and other ways to pay for it (points).

Register in a feature's `offers.py`::

    register_points_source(source)            # (buyer) -> PointsInquiry, or None when there is nothing to say
    register_cart_payment("points", PointsPayment())
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from wracam.foundation.questions import Asked
from wracam.kernel.registry import Registry
from wracam.promotions.contracts import Cart, PointsPreview, Quote


class Buyer(Struct, frozen=True, kw_only=True):
    """Whose cart it is (None: a guest's), in which shop and when."""

    shop_id: int
    customer_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAsked:
    """What the cart asks to be paid in one way: `quantity` (points) or as much as the cart needs when None."""

    kind: str
    quantity: int | None
    due_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTerms:
    """What a way of paying offers: money for so many of its units; a `reason` says why not as asked."""

    amount_minor: int
    quantity: int
    reason: str = ""


class CartPayment(Protocol):
    """A way of paying that is held with a reserved cart. Every call is safe to repeat; all are in the transaction."""

    def terms(self, buyer: Buyer, asked: PaymentAsked) -> PaymentTerms:
        """Say what could be paid now; nothing is stored."""
        ...

    def hold(
        self, buyer: Buyer, terms: PaymentTerms, *, reservation_id: UUID, until: datetime, now: datetime
    ) -> PaymentTerms:
        """Hold what the terms say until a moment; an answer with another amount means that nothing is held."""
        ...

    def commit(self, *, reservation_id: UUID, amount_minor: int, order: str, now: datetime) -> bool:
        """Use what is held, or less of it; False when it is no longer there."""
        ...

    def release(self, *, reservation_id: UUID, now: datetime) -> None:
        """Let go of what is held."""
        ...

    def give_back(self, *, reservation_id: UUID, amount_minor: int, key: str, now: datetime) -> int:
        """Give back for a refund; return how much of the amount came back."""
        ...


class BuyerKnown(Struct, frozen=True, kw_only=True):
    """What was read for an inquiry: the shop's time zone, facts of the customer (none of a guest), rows by question."""

    zone: ZoneInfo
    facts: Mapping[str, Any]
    rows: Sequence[Sequence[Any]]


class PointsInquiry(Protocol):
    """What must be known of one buyer to say what a cart earns. It is read beside everything else about the cart."""

    @property
    def needs(self) -> frozenset[str]:
        """The facts of the customer that are read, as `rules.attributes_needed` names them."""
        ...

    @property
    def questions(self) -> Sequence[Asked]:
        """What else is asked; names of values begin with `points_`."""
        ...

    def preview(self, cart: Cart, quote: Quote, known: BuyerKnown) -> Sequence[PointsPreview]:
        """Say what the cart earns and how many points could pay for it; nothing more is read."""
        ...


PointsSource = Callable[[Buyer], PointsInquiry | None]
CART_PAYMENTS: Registry[CartPayment] = Registry("way of paying")
_points_sources: list[PointsSource] = []


def register_points_source(source: PointsSource) -> PointsSource:
    """Add a function that begins to say what the cart of a buyer earns; None when it has nothing to say now."""
    _points_sources.append(source)
    return source


def register_cart_payment(kind: str, payment: CartPayment) -> CartPayment:
    """Add a way of paying for carts; a second one of the same kind is an error at start."""
    return CART_PAYMENTS.register(kind, payment)


def points_inquiries(buyer: Buyer) -> tuple[PointsInquiry, ...]:
    """Return what every feature that has to say something about points must know of the buyer."""
    return tuple([inquiry for source in _points_sources if (inquiry := source(buyer)) is not None])
