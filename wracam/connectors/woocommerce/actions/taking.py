"""What both ways in share: an order with the details of its refunds, customers, products."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from wracam.commerce import actions as commerce
from wracam.connectors.woocommerce import models
from wracam.connectors.woocommerce.actions.rest import Rest
from wracam.connectors.woocommerce.translate import (
    SOURCE,
    CustomerBody,
    OrderBody,
    ProductBody,
    RefundBody,
    order_snapshot,
    parts_of,
    person_snapshot,
    product_snapshot,
    read,
)
from wracam.customers import actions as customers
from wracam.foundation import transactions
from wracam.shops.contracts import Shop

REFUNDS_PER_ORDER_MAX = 100


def learn_refunds(row: models.Connection, orders: Sequence[OrderBody], rest: Rest) -> None:
    """Ask REST for refunds that we know only by amount, and keep them; one call per order that has such."""
    known = _known_refunds(row, orders)
    for order in orders:
        if any((order.id, link.id) not in known for link in order.refunds):
            page = rest.get(f"orders/{order.id}/refunds", {"per_page": str(REFUNDS_PER_ORDER_MAX)})
            told = [read(part, RefundBody) for part in parts_of(page)]
            models.RefundDetail.objects.bulk_create(
                [
                    models.RefundDetail(
                        connection=row,
                        order_external_id=order.id,
                        refund_external_id=refund.id,
                        body=msgspec.to_builtins(refund),
                    )
                    for refund in told
                ],
                ignore_conflicts=True,
            )


def take_orders(
    row: models.Connection, orders: Sequence[OrderBody], shop: Shop, now: datetime, *, told_at: datetime | None = None
) -> int:
    """Hand orders to commerce, with what we know of their refunds; return how many were orders at all.

    *told_at* lifts the age of the word: a restored order is newer than the deletion before it.
    """
    known = _known_refunds(row, orders)
    snapshots = []
    for order in orders:
        details = {link.id: known[order.id, link.id] for link in order.refunds if (order.id, link.id) in known}
        snapshot = order_snapshot(order, shop_id=shop.id, zone=shop.zone, details=details)
        if snapshot is not None:
            lifted = max(snapshot.modified_at, told_at) if told_at else snapshot.modified_at
            snapshots.append(replace(snapshot, modified_at=lifted))
    if snapshots:
        commerce.take_orders(snapshots, now=now)
    return len(snapshots)


def take_customers(told: Sequence[CustomerBody], shop: Shop, now: datetime) -> int:
    """Hand people with accounts to customers."""
    people = [person_snapshot(customer, zone=shop.zone) for customer in told]
    with transactions.action():
        customers.identify_many(shop_id=shop.id, people=people, source=SOURCE, now=now)
    return len(people)


def take_products(told: Sequence[ProductBody], shop: Shop, now: datetime) -> int:
    """Hand products and variations to commerce."""
    commerce.take_products(
        [product_snapshot(product, shop_id=shop.id, currency=shop.currency, zone=shop.zone) for product in told],
        now=now,
    )
    return len(told)


def _known_refunds(row: models.Connection, orders: Sequence[OrderBody]) -> dict[tuple[int, int], RefundBody]:
    ids = [order.id for order in orders if order.refunds]
    rows = models.RefundDetail.objects.filter(connection=row, order_external_id__in=ids) if ids else ()
    return {
        (item.order_external_id, item.refund_external_id): msgspec.convert(item.body, RefundBody, strict=False)
        for item in rows
    }
