"""What is stored of a cart: asked, gathered, answered; and reading it back into the same values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from wracam.promotions.contracts import Cart, Evaluation, Payment
from wracam.promotions.queries.evaluating import Gathered
from wracam.promotions.queries.looking import Visit

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class CartRecord:
    """A priced cart with everything that decided its price."""

    cart: Cart
    visit: Visit
    gathered: Gathered
    evaluation: Evaluation
    payments: tuple[Payment, ...] = ()
    claimed: dict[str, int] | None = None
    """What of each counter is held or used, by key."""

    @property
    def due_minor(self) -> int:
        """What is to be paid with money."""
        return self.evaluation.quote.gross_minor - sum(payment.amount_minor for payment in self.payments)


def stored(value: Any) -> Any:
    """Return a value as JSON values."""
    return msgspec.to_builtins(value, str_keys=True)


def restored(kind: type[Value], value: Any) -> Value:
    """Return the value that was stored."""
    return msgspec.convert(value, kind, strict=False)
