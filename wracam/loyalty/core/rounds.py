"""Which events of a batch may be handled together: as few rounds as the order of each customer's events allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from wracam.events.contracts import RecordedEvent

PAID = "order.paid"
DELIVERED = "order.delivered"


@dataclass(slots=True)
class _Customer:
    """In which rounds a customer's events stand so far."""

    barrier: int = -1
    last: int = -1
    paid: int = -1
    orders: dict[str, int] = field(default_factory=dict)


def rounds(batch: Sequence[RecordedEvent]) -> list[list[RecordedEvent]]:
    """Split a batch into rounds; within one, events of the same name may be handled as a set, in their order.

    Paid and delivered orders of one customer commute unless they are the same order: one adds lots, the other dates
    them. Every other event keeps its place among the events of its customer.
    """
    result: list[list[RecordedEvent]] = []
    customers: dict[UUID, _Customer] = {}
    for happened in batch:
        number = _place(customers.setdefault(happened.customer_id or happened.id, _Customer()), happened)
        while len(result) <= number:
            result.append([])
        result[number].append(happened)
    return result


def _place(customer: _Customer, happened: RecordedEvent) -> int:
    order = str(happened.data.get("order_id", ""))
    if happened.name == PAID:
        number = max(customer.barrier + 1, customer.paid, customer.orders.get(order, -1) + 1)
        customer.paid = number
    elif happened.name == DELIVERED:
        number = max(customer.barrier, customer.orders.get(order, -1)) + 1
    else:
        number = customer.last + 1
        customer.barrier = number
    customer.orders[order] = number
    customer.last = max(customer.last, number)
    return number
