"""Which events of a batch may be handled together: as few rounds as the order of each customer's events allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from wracam.events.contracts import RecordedEvent

PAID = "order.paid"
DELIVERED = "order.delivered"
LIFE = (
    "customer.registered", "member.joined", "cart.committed", PAID, DELIVERED, "order.refunded", "order.cancelled",
)  # fmt: skip
"""The order in which most customers live, so that most lives need each name once; every order would be right."""


@dataclass(slots=True)
class _Customer:
    """In which rounds a customer's events stand so far."""

    barrier: int = -1
    last: int = -1
    paid: int = -1
    orders: dict[str, int] = field(default_factory=dict)


def rounds(batch: Sequence[RecordedEvent]) -> list[list[RecordedEvent]]:
    """Split a batch into rounds of one name each, which may be handled as a set, in their order.

    Paid and delivered orders of one customer commute unless they are the same order: one adds lots, the other dates
    them. Every other event keeps its place among the events of its customer. The names take turns, again and again,
    and each event takes the next turn of its name: so the same names of different customers meet.
    """
    turns = _turns(batch)
    result: dict[int, list[RecordedEvent]] = {}
    customers: dict[UUID, _Customer] = {}
    for happened in batch:
        customer = customers.setdefault(happened.customer_id or happened.id, _Customer())
        result.setdefault(_place(customer, happened, turns), []).append(happened)
    return [result[number] for number in sorted(result)]


def _turns(batch: Sequence[RecordedEvent]) -> dict[str, int]:
    """Return the turn of each name of a batch."""
    names = dict.fromkeys([happened.name for happened in batch])
    ordered = [*(name for name in LIFE if name in names), *(name for name in names if name not in LIFE)]
    return {name: turn for turn, name in enumerate(ordered)}


def _place(customer: _Customer, happened: RecordedEvent, turns: dict[str, int]) -> int:
    order = str(happened.data.get("order_id", ""))
    if happened.name == PAID:
        earliest = max(customer.barrier + 1, customer.paid, customer.orders.get(order, -1) + 1)
    elif happened.name == DELIVERED:
        earliest = max(customer.barrier, customer.orders.get(order, -1)) + 1
    else:
        earliest = customer.last + 1
    number = earliest + (turns[happened.name] - earliest) % len(turns)
    if happened.name == PAID:
        customer.paid = number
    elif happened.name != DELIVERED:
        customer.barrier = number
    customer.orders[order] = number
    customer.last = max(customer.last, number)
    return number
