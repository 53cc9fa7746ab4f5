"""What conditions can ask about an order and its lines: facts by attribute name."""

from __future__ import annotations

from typing import Any

from wracam.commerce.contracts import Order, OrderLine
from wracam.kernel.money import Money


def order_facts(order: Order) -> dict[str, Any]:
    """Return the facts of an order."""
    goods = order.total_minor - order.shipping_minor
    categories = sorted({category for line in order.lines for category in line.categories})
    return {
        "order.total": Money(order.total_minor, order.currency),
        "order.goods_total": Money(goods, order.currency),
        "order.currency": order.currency,
        "order.channel": order.channel,
        "order.status": order.status.value,
        "order.payment_method": order.payment_method,
        "order.unit_count": sum(line.quantity for line in order.lines),
        "order.line_count": len(order.lines),
        "order.categories": categories,
        "order.coupon_codes": list(order.coupon_codes),
        "order.skus": sorted({line.sku for line in order.lines if line.sku}),
        "order.is_first": order.is_first_sale,
        "order.placed_at": order.placed_at,
        "lines": [line_facts(line, order) for line in order.lines],
    }


def line_facts(line: OrderLine, order: Order) -> dict[str, Any]:
    """Return the facts of one line."""
    return {
        "line.sku": line.sku,
        "line.name": line.name,
        "line.categories": list(line.categories),
        "line.quantity": line.quantity,
        "line.total": Money(line.total_minor, order.currency),
        "line.discount": Money(line.discount_minor, order.currency),
    }
