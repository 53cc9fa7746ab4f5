"""Everything that changes what we know of trade."""

from wracam.commerce.actions.merging import follow_merges
from wracam.commerce.actions.products import take_products
from wracam.commerce.actions.statistics import rewrite_statistics
from wracam.commerce.actions.taking import delete_order, take_order, take_orders

__all__ = [
    "delete_order",
    "follow_merges",
    "rewrite_statistics",
    "take_order",
    "take_orders",
    "take_products",
]
