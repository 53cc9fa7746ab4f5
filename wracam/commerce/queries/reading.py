"""Lines and refunds of many orders at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from wracam.commerce.contracts import OrderLine, Refund, RefundedUnits
from wracam.foundation.bulk import fetch

_LINES = """
    SELECT line.order_id, line.id, line.external_id, line.sku, line.name, line.product,
           CASE WHEN line.categories = '{}' THEN coalesce(product.categories, '{}') ELSE line.categories END,
           line.quantity, line.total_minor, line.tax_minor, line.discount_minor, line.refunded_quantity,
           line.refunded_minor
    FROM order_line AS line LEFT JOIN product ON product.id = line.product AND line.categories = '{}'
    WHERE line.order_id = ANY(%s) ORDER BY line.order_id, line.position
"""
_REFUNDS = """
    SELECT refund.order_id, refund.id, refund.external_id, refund.refunded_at, refund.total_minor,
           refund.shipping_minor, refund.reason, line.line, line.quantity, line.total_minor
    FROM refund LEFT JOIN refund_line AS line ON line.refund_id = refund.id
    WHERE refund.order_id = ANY(%s) ORDER BY refund.order_id, refund.refunded_at, refund.id, line.id
"""


def lines_of(order_ids: Sequence[UUID]) -> dict[UUID, list[OrderLine]]:
    """Return the lines of these orders; a line without categories has those of its product."""
    found: dict[UUID, list[OrderLine]] = {}
    last: UUID | None = None
    for order_id, line_id, external_id, sku, name, product, categories, *figures in fetch(_LINES, list(order_ids)):
        quantity, total_minor, tax_minor, discount_minor, refunded_quantity, refunded_minor = figures
        if order_id != last:
            last, lines = order_id, found.setdefault(order_id, [])
        lines.append(
            OrderLine(
                id=line_id,
                external_id=external_id,
                sku=sku,
                name=name,
                product_id=product,
                categories=tuple(categories),
                quantity=quantity,
                total_minor=total_minor,
                tax_minor=tax_minor,
                discount_minor=discount_minor,
                refunded_quantity=refunded_quantity,
                refunded_minor=refunded_minor,
            )
        )
    return found


def refunds_of(order_ids: Sequence[UUID]) -> dict[UUID, list[Refund]]:
    """Return the refunds of these orders, oldest first."""
    units: dict[UUID, list[RefundedUnits]] = defaultdict(list)
    heads = {}
    for order_id, refund_id, *head, line_id, quantity, total_minor in fetch(_REFUNDS, list(order_ids)):
        heads[refund_id] = (order_id, head)
        if line_id is not None:
            units[refund_id].append(RefundedUnits(line_id=line_id, quantity=quantity, total_minor=total_minor))
    found: dict[UUID, list[Refund]] = defaultdict(list)
    for refund_id, (order_id, (external_id, refunded_at, total_minor, shipping_minor, reason)) in heads.items():
        found[order_id].append(
            Refund(
                id=refund_id,
                external_id=external_id,
                refunded_at=refunded_at,
                total_minor=total_minor,
                shipping_minor=shipping_minor,
                reason=reason,
                units=tuple(units[refund_id]),
            )
        )
    return found
