"""How the console names states of orders."""

from __future__ import annotations

from wracam.commerce.contracts import Order, OrderStatus, PaymentStatus
from wracam.faces.console.ports import Status, Tone, say
from wracam.kernel.language import Language, Words

STATUS_TITLES: dict[OrderStatus, tuple[Words, Tone]] = {
    OrderStatus.PENDING: (Words(pl="Złożone", en="Placed"), "look"),
    OrderStatus.PROCESSING: (Words(pl="W realizacji", en="Processing"), "plain"),
    OrderStatus.SHIPPED: (Words(pl="Wysłane", en="Shipped"), "plain"),
    OrderStatus.DELIVERED: (Words(pl="Dostarczone", en="Delivered"), "good"),
    OrderStatus.CANCELLED: (Words(pl="Anulowane", en="Cancelled"), "bad"),
    OrderStatus.FAILED: (Words(pl="Nieudane", en="Failed"), "bad"),
    OrderStatus.DELETED: (Words(pl="Usunięte", en="Deleted"), "bad"),
}
PAYMENT_TITLES: dict[PaymentStatus, tuple[Words, Tone]] = {
    PaymentStatus.UNPAID: (Words(pl="Nieopłacone", en="Unpaid"), "look"),
    PaymentStatus.PAID: (Words(pl="Opłacone", en="Paid"), "good"),
    PaymentStatus.PARTIALLY_REFUNDED: (Words(pl="Zwrócone w części", en="Partly refunded"), "look"),
    PaymentStatus.REFUNDED: (Words(pl="Zwrócone", en="Refunded"), "bad"),
}


def order_status(order: Order) -> Status:
    """Return where an order stands."""
    title, tone = STATUS_TITLES[order.status]
    return Status(title=say(title), tone=tone)


def payment_status(order: Order) -> Status:
    """Return what is known of the money."""
    title, tone = PAYMENT_TITLES[order.payment_status]
    return Status(title=say(title), tone=tone)


def language() -> Language:
    """Return the language of the screen."""
    return "pl" if say(Words(pl="pl", en="en")) == "pl" else "en"
