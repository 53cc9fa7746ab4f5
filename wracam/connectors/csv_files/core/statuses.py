"""What the words in status columns mean, in the languages of the shops' exports."""

from __future__ import annotations

from wracam.commerce.contracts import OrderStatus, PaymentStatus
from wracam.kernel.text import search_key

_ORDER_WORDS = {
    OrderStatus.PENDING: (
        "pending", "pending payment", "on hold", "on-hold", "new", "awaiting payment", "awaiting bank wire payment",
        "awaiting check payment", "checkout-draft", "draft", "nowe", "oczekujące", "oczekuje na płatność",
        "oczekujące na płatność", "wstrzymane", "czeka na wpłatę", "oczekiwanie na płatność przelewem",
        "pending_payment",
        "nieopłacone", "authorized",
    ),
    OrderStatus.PROCESSING: (
        "processing", "paid", "payment accepted", "processing in progress", "confirmed", "unfulfilled", "partial",
        "w trakcie realizacji", "w realizacji", "opłacone", "przyjęte do realizacji", "płatność zaakceptowana",
        "potwierdzone", "przygotowanie w toku", "accepted", "in progress",
    ),
    OrderStatus.SHIPPED: ("shipped", "sent", "fulfilled", "wysłane", "wysłano", "nadane", "w drodze"),
    OrderStatus.DELIVERED: (
        "delivered", "completed", "complete", "closed", "done", "zrealizowane", "zakończone", "dostarczone",
        "dostarczono", "ukończone", "odebrane",
    ),
    OrderStatus.CANCELLED: (
        "cancelled", "canceled", "voided", "anulowane", "anulowano", "odrzucone",
    ),
    OrderStatus.FAILED: ("failed", "payment error", "błąd płatności", "nieudane", "expired"),
    OrderStatus.DELETED: ("trash", "deleted", "usunięte", "kosz"),
}  # fmt: skip
_PAYMENT_WORDS = {
    PaymentStatus.UNPAID: (
        "pending", "unpaid", "authorized", "voided", "expired", "no", "nie", "0", "false", "nieopłacone",
        "oczekuje", "oczekujące", "partially_paid", "partially paid", "not paid",
    ),
    PaymentStatus.PAID: ("paid", "yes", "tak", "1", "true", "opłacone", "zapłacone", "complete", "completed"),
    PaymentStatus.PARTIALLY_REFUNDED: ("partially_refunded", "partially refunded", "częściowo zwrócone"),
    PaymentStatus.REFUNDED: ("refunded", "zwrócone", "zwrot", "refund"),
}  # fmt: skip
ORDER_STATUSES = {search_key(word): status for status, words in _ORDER_WORDS.items() for word in words}
PAYMENT_STATUSES = {search_key(word): status for status, words in _PAYMENT_WORDS.items() for word in words}
_REFUNDED_WORDS = frozenset(search_key(word) for word in _PAYMENT_WORDS[PaymentStatus.REFUNDED])

_ADVANCE = (
    OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.SHIPPED, OrderStatus.DELIVERED,
    OrderStatus.FAILED, OrderStatus.CANCELLED, OrderStatus.DELETED,
)  # fmt: skip
_PAYMENT_ADVANCE = (
    PaymentStatus.UNPAID, PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED,
)  # fmt: skip


def order_status(text: str) -> OrderStatus | None:
    """Return what *text* says of the order; a refunded order was delivered; None for words we do not know."""
    key = search_key(text).removeprefix("wc-")
    if key in _REFUNDED_WORDS:
        return OrderStatus.DELIVERED
    return ORDER_STATUSES.get(key)


def payment_status(text: str) -> PaymentStatus | None:
    """Return what *text* says of the money; a number above zero is an amount that was paid (BaseLinker)."""
    key = search_key(text).removeprefix("wc-")
    found = PAYMENT_STATUSES.get(key)
    if found is None and key.replace(".", "", 1).isdigit():
        return PaymentStatus.PAID if float(key) > 0 else PaymentStatus.UNPAID
    return found


def refunded_by_status(text: str) -> bool:
    """Say whether an order's status means that all its money went back."""
    return search_key(text).removeprefix("wc-") in _REFUNDED_WORDS


def advancement(status: OrderStatus, payment: PaymentStatus) -> int:
    """Rank how far an order has come, so that a later export of it wins even when its dates say nothing."""
    return _ADVANCE.index(status) * len(_PAYMENT_ADVANCE) + _PAYMENT_ADVANCE.index(payment)
