"""Orders with a life: placed, paid, some sent back; what a shop tells about them, and what must come of it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

SHARE_RETURNED = 0.3
SHARE_REPEATED = 0.2


@dataclass
class Order:
    """One order of a customer and the states its shop tells, oldest first."""

    id: str
    account: str
    total: int
    states: list[dict] = field(default_factory=list)

    @property
    def last(self) -> dict:
        return self.states[-1]

    @property
    def points_due(self) -> int:
        """A point for every złoty of an order that was paid and not sent back."""
        return 0 if self.last["payment_status"] == "refunded" else self.total


def new_order(number: str, account: str, chance: random.Random, clock_error: timedelta) -> Order:
    """Invent an order; its shop's clock is wrong by *clock_error*, always the same."""
    order = Order(id=number, account=account, total=chance.randint(1, 900))
    now = datetime.now(UTC)
    told_at = now + clock_error - timedelta(minutes=10)
    order.states.append(_state(order, "pending", "unpaid", told_at, now))
    order.states.append(_state(order, "processing", "paid", told_at + timedelta(minutes=1), now))
    if chance.random() < SHARE_RETURNED:
        order.states.append(_state(order, "processing", "refunded", told_at + timedelta(minutes=2), now))
    return order


def tellings(order: Order, chance: random.Random) -> list[dict]:
    """Return the states as they will be told: some twice, in any order."""
    told = [*order.states, *(state for state in order.states if chance.random() < SHARE_REPEATED)]
    chance.shuffle(told)
    return told


def _state(order: Order, status: str, payment: str, told_at: datetime, now: datetime) -> dict:
    total = f"{order.total}.00"
    state = {
        "id": order.id,
        "number": order.id,
        "total": total,
        "currency": "PLN",
        "status": status,
        "payment_status": payment,
        "modified_at": told_at.isoformat(),
        "placed_at": now.isoformat(),
        "customer": {"account_id": order.account},
        "lines": [{"id": "1", "name": "monstera", "quantity": 1, "total": total}],
    }
    if payment != "unpaid":
        state["paid_at"] = now.isoformat()
    if payment == "refunded":
        line = {"line_id": "1", "quantity": 1, "total": total}
        state["refunds"] = [{"id": "r1", "refunded_at": now.isoformat(), "total": total, "lines": [line]}]
    return state
