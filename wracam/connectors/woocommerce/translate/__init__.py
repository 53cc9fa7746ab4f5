"""From WooCommerce's payloads to snapshots of ours; pure."""

from wracam.connectors.woocommerce.translate.bodies import (
    CustomerBody,
    OrderBody,
    PayloadError,
    ProductBody,
    Reference,
    RefundBody,
    parts_of,
    read,
)
from wracam.connectors.woocommerce.translate.snapshots import (
    SOURCE,
    order_snapshot,
    parts_adding_up,
    person_snapshot,
    product_snapshot,
)

__all__ = [
    "SOURCE",
    "CustomerBody",
    "OrderBody",
    "PayloadError",
    "ProductBody",
    "Reference",
    "RefundBody",
    "order_snapshot",
    "parts_adding_up",
    "parts_of",
    "person_snapshot",
    "product_snapshot",
    "read",
]
