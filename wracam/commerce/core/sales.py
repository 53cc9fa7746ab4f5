"""What counts: the one definition of a valid order, a sale, revenue and a return, used by every figure.

* A **valid order** is one that is not cancelled, failed or deleted.
* A **sale** is a valid order that was paid (whatever came back later) and whose total is not negative.
* **Revenue** is the sum of the totals of sales, gross, less the refunds of these sales.
* A **return document** is a valid, paid order with a negative total, as some shops book returns: it is no order,
  its amount counts as refunded.

`sql/trade_statistics.sql` says the same in SQL by the columns `is_valid` and `is_sale`.
"""

from __future__ import annotations

from wracam.commerce.contracts import OrderStatus, PaymentStatus

VOID = frozenset({OrderStatus.CANCELLED, OrderStatus.FAILED, OrderStatus.DELETED})
PAID = frozenset({PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED})


def is_valid(status: OrderStatus) -> bool:
    """Whether an order of this status stands."""
    return status not in VOID


def is_paid(payment_status: PaymentStatus) -> bool:
    """Whether the money came, even if it went back later."""
    return payment_status in PAID


def is_sale(status: OrderStatus, payment_status: PaymentStatus, total_minor: int) -> bool:
    """Whether an order counts as a sale."""
    return is_valid(status) and is_paid(payment_status) and total_minor >= 0
