"""Trade as personal data: what a person may take away, and how orders read in their story.

Orders stay after an erasure, under the bare customer id: the shop must keep its books. They hold no names or addresses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from wracam.commerce import queries
from wracam.commerce.contracts import Order
from wracam.customers.ports import PersonalData, Telling, register_personal_data, register_teller
from wracam.events.contracts import RecordedEvent
from wracam.kernel.language import Words, money_text

EXPORTED_ORDERS_MAX = 10_000
ICONS = {
    "order.placed": "shopping-cart",
    "order.paid": "receipt",
    "order.shipped": "package",
    "order.delivered": "circle-check",
    "order.cancelled": "x",
    "order.restored": "rotate-ccw",
    "order.refunded": "undo-2",
    "order.refund_cancelled": "rotate-ccw",
    "order.corrected": "pencil",
    "order.claimed": "user-plus",
}
SENTENCES = {
    "order.placed": Words(pl="Złożenie zamówienia {number} na {total}", en="Placed order {number} for {total}"),
    "order.paid": Words(pl="Opłacenie zamówienia {number} na {total}", en="Paid for order {number}, {total}"),
    "order.shipped": Words(pl="Wysłano zamówienie {number}", en="Order {number} was shipped"),
    "order.delivered": Words(pl="Dostarczono zamówienie {number}", en="Order {number} was delivered"),
    "order.cancelled": Words(pl="Anulowano zamówienie {number}", en="Order {number} was cancelled"),
    "order.restored": Words(pl="Przywrócono zamówienie {number}", en="Order {number} was restored"),
    "order.refunded": Words(pl="Zwrot do zamówienia {number}: {total}", en="Refund of {total} for order {number}"),
    "order.refund_cancelled": Words(
        pl="Wycofano zwrot do zamówienia {number}", en="A refund of order {number} was withdrawn"
    ),
    "order.corrected": Words(
        pl="Poprawiono zamówienie {number}, teraz {total}", en="Order {number} was corrected, now {total}"
    ),
    "order.claimed": Words(
        pl="Przypisano zamówienie {number} do tej osoby", en="Order {number} was assigned to this person"
    ),
}


def export(customer_ids: Sequence[UUID]) -> list[Any]:
    """Return the person's orders."""
    found = queries.orders_of(customer_ids[0], limit=EXPORTED_ORDERS_MAX)
    return [msgspec.to_builtins(order) for order in found]


def erase(customer_ids: Sequence[UUID], now: datetime) -> None:
    """Keep the orders: under a bare id they are nobody's, and the books need them."""


register_personal_data("commerce", PersonalData(export=export, erase=erase))


@register_teller(*SENTENCES)
def tell(batch: Sequence[RecordedEvent]) -> Mapping[UUID, Telling | None]:
    """Tell events of orders with number and amount."""
    ids = list({UUID(one.data["order_id"]) for one in batch})
    known = {order.id: order for order in queries.orders(ids)}
    return {
        one.id: _telling(one, order) for one in batch if (order := known.get(UUID(one.data["order_id"]))) is not None
    }


def _telling(one: RecordedEvent, order: Order) -> Telling:
    amount_minor = one.data.get("total_minor", order.total_minor)
    currency = one.data.get("currency", order.currency)
    sentence = SENTENCES[one.name]
    return Telling(
        sentence=Words(
            pl=sentence.pl.format(number=order.number, total=money_text(amount_minor, currency, "pl")),
            en=sentence.en.format(number=order.number, total=money_text(amount_minor, currency, "en")),
        ),
        icon=ICONS[one.name],
        link=f"/console/orders/{order.id}/",
    )
