"""Doing what deliveries say: each in a transaction of its own with its verdict, so that one bad one stops no other."""

from __future__ import annotations

from datetime import datetime, timedelta

from wracam.commerce import actions as commerce
from wracam.commerce.contracts import InvalidSnapshotError
from wracam.connectors.woocommerce import models
from wracam.connectors.woocommerce.actions import taking
from wracam.connectors.woocommerce.actions.rest import Rest, RestError, note_failure
from wracam.connectors.woocommerce.contracts import Verdict
from wracam.connectors.woocommerce.translate import (
    SOURCE,
    CustomerBody,
    OrderBody,
    PayloadError,
    ProductBody,
    Reference,
    read,
)
from wracam.foundation import transactions
from wracam.shops import queries as shops
from wracam.shops.contracts import Shop

BATCH_SIZE_MAX = 200
ERROR_LENGTH_MAX = 500
KEPT_FOR = timedelta(days=30)


def handle_waiting(*, connection_id: int, now: datetime) -> int:
    """Handle the oldest waiting deliveries of a connection; return how many, 0 when none waits."""
    row = models.Connection.objects.get(id=connection_id)
    shop = shops.shop(row.shop_id)
    if shop is None:
        raise LookupError(f"the shop of WooCommerce connection {connection_id} is gone")
    waiting = models.Delivery.objects.filter(connection=row, verdict=Verdict.WAITING).order_by("id")
    ids = list(waiting.values_list("id", flat=True)[:BATCH_SIZE_MAX])
    for delivery_id in ids:
        _handle_one(row, shop, delivery_id, now)
    return len(ids)


def retry_failed(*, connection_id: int) -> int:
    """Let failed deliveries be handled again; return how many."""
    failed = models.Delivery.objects.filter(connection_id=connection_id, verdict=Verdict.FAILED)
    return failed.update(verdict=Verdict.WAITING, error="")


def forget_old_deliveries(*, now: datetime) -> int:
    """Drop handled deliveries after `KEPT_FOR`: they hold personal data and have done their work."""
    old = models.Delivery.objects.filter(received_at__lt=now - KEPT_FOR).exclude(verdict=Verdict.WAITING)
    return old.delete()[0]


def _handle_one(row: models.Connection, shop: Shop, delivery_id: int, now: datetime) -> None:
    delivery = models.Delivery.objects.get(id=delivery_id)
    try:
        if delivery.topic.startswith("order.") and delivery.topic != "order.deleted":
            _learn_refunds(row, read(bytes(delivery.body), OrderBody), now)
        with transactions.action():
            locked = models.Delivery.objects.select_for_update().get(id=delivery_id)
            if locked.verdict == Verdict.WAITING:
                _settle(locked, _do(row, shop, locked, now), "", now)
    except (PayloadError, InvalidSnapshotError) as error:
        _settle(delivery, Verdict.FAILED, str(error), now)


def _learn_refunds(row: models.Connection, order: OrderBody, now: datetime) -> None:
    """Ask for refunds in detail; when the shop does not answer, the amounts must do until the nightly reading."""
    if not order.refunds or not row.consumer_secret_sealed:
        return
    try:
        with Rest(row, now=now) as rest:
            taking.learn_refunds(row, [order], rest)
    except RestError as error:
        note_failure(row, error, now)


def _do(row: models.Connection, shop: Shop, delivery: models.Delivery, now: datetime) -> Verdict:
    """Do what one delivery says; its topic names what its body is."""
    body = bytes(delivery.body)
    resource, _, event = delivery.topic.partition(".")
    if resource == "order" and event == "deleted":
        return _delete_order(shop, read(body, Reference), delivery.received_at, now)
    if event == "deleted" or resource not in {"order", "customer", "product"}:
        return Verdict.IGNORED
    if resource == "order":
        told_at = delivery.received_at if event == "restored" else None
        return _verdict(taking.take_orders(row, [read(body, OrderBody)], shop, now, told_at=told_at))
    if resource == "customer":
        return _verdict(taking.take_customers([read(body, CustomerBody)], shop, now))
    return _verdict(taking.take_products([read(body, ProductBody)], shop, now))


def _delete_order(shop: Shop, order: Reference, received_at: datetime, now: datetime) -> Verdict:
    """A deletion tells no time of its own; it came when it came."""
    commerce.delete_order(shop_id=shop.id, source=SOURCE, external_id=str(order.id), modified_at=received_at, now=now)
    return Verdict.DONE


def _verdict(count: int) -> Verdict:
    return Verdict.DONE if count else Verdict.IGNORED


def _settle(delivery: models.Delivery, verdict: Verdict, error: str, now: datetime) -> None:
    delivery.verdict, delivery.error, delivery.handled_at = verdict, error[:ERROR_LENGTH_MAX], now
    delivery.save(update_fields=["verdict", "error", "handled_at"])
