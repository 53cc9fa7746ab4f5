"""WooCommerce's payloads (REST v3, and webhooks, which carry the same) as snapshots of ours.

What is peculiar and was seen live: line totals are net even where prices include tax; the order's `total` alone is
gross and true; refunds in an order are only id and amount; coupon codes are lower-case; an order's body is its state
when it was sent, not when the event happened; a deletion is only `{"id": 15}`.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from wracam.commerce.contracts import (
    LineSnapshot,
    OrderSnapshot,
    OrderStatus,
    PaymentStatus,
    ProductSnapshot,
    RefundLineSnapshot,
    RefundSnapshot,
)
from wracam.connectors.woocommerce.translate.bodies import (
    ChargeLine,
    CustomerBody,
    LineItem,
    OrderBody,
    PayloadError,
    ProductBody,
    RefundBody,
    RefundLink,
)
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.kernel.money import MoneyError, currency_code, exponent, to_minor

SOURCE = "woocommerce"
DRAFT = "checkout-draft"
CASH_ON_DELIVERY = "cod"
PRECISION = 6
"""Decimals of a minor unit that are looked at when parts are rounded; WooCommerce keeps up to six in all."""
STATUSES = {
    "pending": OrderStatus.PENDING,
    "on-hold": OrderStatus.PENDING,
    "processing": OrderStatus.PROCESSING,
    "completed": OrderStatus.DELIVERED,
    "refunded": OrderStatus.DELIVERED,
    "cancelled": OrderStatus.CANCELLED,
    "failed": OrderStatus.FAILED,
    "trash": OrderStatus.DELETED,
}


def order_snapshot(
    order: OrderBody, *, shop_id: int, zone: tzinfo, details: Mapping[int, RefundBody]
) -> OrderSnapshot | None:
    """Return the order's state; None for a checkout that is no order yet. *details* are refunds that REST told us."""
    if order.status == DRAFT:
        return None
    currency = _currency(order.currency)
    created_at = _moment(order.date_created_gmt, order.date_created, zone)
    modified_at = _moment(order.date_modified_gmt, order.date_modified, zone) or created_at
    if created_at is None or modified_at is None:
        raise PayloadError("the order has no date")
    total_minor = _minor(order.total, currency)
    refunds = tuple(_refund(link, details.get(link.id), currency, modified_at, zone) for link in order.refunds)
    lines, shipping_minor = _lines_and_shipping(order, currency, total_minor)
    paid_at = _moment(order.date_paid_gmt, order.date_paid, zone)
    return OrderSnapshot(
        shop_id=shop_id,
        source=SOURCE,
        external_id=str(order.id),
        number=order.number or str(order.id),
        modified_at=modified_at,
        placed_at=created_at,
        status=_status(order.status, is_paid=paid_at is not None),
        payment_status=_payment_status(order, paid_at, total_minor, sum(refund.total_minor for refund in refunds)),
        currency=currency,
        total_minor=total_minor,
        tax_minor=_minor(order.total_tax, currency),
        shipping_minor=shipping_minor,
        discount_minor=_minor(order.discount_total + order.discount_tax, currency),
        paid_at=paid_at,
        delivered_at=_moment(order.date_completed_gmt, order.date_completed, zone),
        person=_buyer(order, created_at),
        lines=lines,
        refunds=refunds,
        coupon_codes=tuple(line.code for line in order.coupon_lines if line.code),
        channel=order.created_via or "web",
        payment_method=order.payment_method,
    )


def person_snapshot(customer: CustomerBody, *, zone: tzinfo) -> PersonSnapshot:
    """Return what the shop says of a customer with an account."""
    created_at = _moment(customer.date_created_gmt, customer.date_created, zone)
    modified_at = _moment(customer.date_modified_gmt, customer.date_modified, zone) or created_at
    if modified_at is None:
        raise PayloadError("the customer has no date")
    billing = customer.billing
    return PersonSnapshot(
        identities=_identities(customer.id, customer.email or billing.email, billing.phone),
        modified_at=modified_at,
        first_name=customer.first_name or billing.first_name or None,
        last_name=customer.last_name or billing.last_name or None,
        company=billing.company or None,
        city=billing.city or None,
        postcode=billing.postcode or None,
        country=billing.country or None,
        is_guest=False,
        registered_at=created_at,
    )


def product_snapshot(product: ProductBody, *, shop_id: int, currency: str, zone: tzinfo) -> ProductSnapshot:
    """Return the product's state; WooCommerce says no currency, so it is the shop's."""
    modified_at = _moment(product.date_modified_gmt, product.date_modified, zone) or _moment(
        product.date_created_gmt, product.date_created, zone
    )
    if modified_at is None:
        raise PayloadError("the product has no date")
    return ProductSnapshot(
        shop_id=shop_id,
        source=SOURCE,
        external_id=str(product.id),
        modified_at=modified_at,
        name=html.unescape(product.name),
        currency=_currency(currency),
        price_minor=_price(product.price, currency),
        regular_minor=_price(product.regular_price, currency),
        sku=product.sku or "",
        parent_external_id=str(product.parent_id) if product.parent_id else "",
        categories=tuple(html.unescape(name) for item in product.categories if (name := _inner(item, "name"))),
        is_active=product.status == "publish",
        stock_quantity=int(product.stock_quantity) if product.stock_quantity is not None else None,
        url=product.permalink,
        image_url=next((src for item in [*product.images, product.image] if (src := _inner(item, "src"))), ""),
    )


def _inner(item: Any, key: str) -> str:
    """Read a text out of what PHP may send as an object, an empty list, false or null."""
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, str) else ""


def _moment(in_utc: str | None, local: str | None, zone: tzinfo) -> datetime | None:
    """Read a moment: `_gmt` where it is given, else the shop's local time; zeros mean none."""
    for text, of_zone in ((in_utc, UTC), (local, zone)):
        if text and not text.startswith("0000"):
            try:
                moment = datetime.fromisoformat(text)
            except ValueError as error:
                raise PayloadError(f"{text!r} is not a moment") from error
            return (moment if moment.tzinfo else moment.replace(tzinfo=of_zone)).astimezone(UTC)
    return None


def _currency(text: str) -> str:
    try:
        return currency_code(text)
    except MoneyError as error:
        raise PayloadError(str(error)) from error


def _minor(amount: Decimal, currency: str) -> int:
    try:
        return to_minor(amount, currency)
    except MoneyError as error:
        raise PayloadError(str(error)) from error


def _price(text: str | None, currency: str) -> int | None:
    if not text:
        return None
    try:
        return _minor(Decimal(text), currency)
    except InvalidOperation as error:
        raise PayloadError(f"{text!r} is not a price") from error


def _status(word: str, *, is_paid: bool) -> OrderStatus:
    """Translate a status; a plugin's own is read by whether the money came."""
    return STATUSES.get(word) or (OrderStatus.PROCESSING if is_paid else OrderStatus.PENDING)


def _payment_status(order: OrderBody, paid_at: datetime | None, total_minor: int, refunded_minor: int) -> PaymentStatus:
    if order.status == "refunded" or (refunded_minor and refunded_minor >= total_minor):
        return PaymentStatus.REFUNDED
    accepted = order.status == "completed" or (
        order.status == "processing" and order.payment_method != CASH_ON_DELIVERY
    )
    if paid_at is None and not accepted:
        return PaymentStatus.UNPAID
    return PaymentStatus.PARTIALLY_REFUNDED if refunded_minor else PaymentStatus.PAID


def _lines_and_shipping(order: OrderBody, currency: str, total_minor: int) -> tuple[tuple[LineSnapshot, ...], int]:
    """Make lines, shipping and fees gross so that together they are the order's total, to the last grosz."""
    items: list[LineItem | ChargeLine] = [*order.line_items, *order.shipping_lines, *order.fee_lines]
    exact = [item.total + item.total_tax for item in items]
    parts = parts_adding_up(exact, total_minor, currency)
    count = len(order.line_items)
    lines = tuple(_line(item, part, currency) for item, part in zip(order.line_items, parts, strict=False))
    return lines, sum(parts[count : count + len(order.shipping_lines)])


def parts_adding_up(exact: Sequence[Decimal], total_minor: int, currency: str) -> list[int]:
    """Round *exact* amounts to minor units so that they add up to *total_minor*, each by less than one unit.

    The largest remainders are rounded up (Hamilton). Where rounding cannot explain the total (a gift card was taken off
    by a plugin), each part is rounded by itself and the total stays the truth.
    """
    if not all(part.is_finite() and abs(part) < Decimal(10) ** 15 for part in exact):
        raise PayloadError("an amount is too large")
    scale = 10**PRECISION
    scaled = [int((part.scaleb(exponent(currency)) * scale).to_integral_value()) for part in exact]
    floors = [value // scale for value in scaled]
    remainders = [value % scale for value in scaled]
    missing = total_minor - sum(floors)
    if not 0 <= missing <= len(floors):
        return [_minor(part, currency) for part in exact]
    by_remainder = sorted(range(len(floors)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[:missing]:
        floors[index] += 1
    return floors


def _line(item: LineItem, total_minor: int, currency: str) -> LineSnapshot:
    """Return a line; goods sold by measure are one unit with their full price."""
    before = _minor(item.subtotal + item.subtotal_tax, currency)
    return LineSnapshot(
        external_id=str(item.id),
        sku=item.sku or "",
        name=html.unescape(item.name or item.sku or f"#{item.product_id}"),
        quantity=_units(item.quantity),
        total_minor=total_minor,
        tax_minor=_minor(item.total_tax, currency),
        discount_minor=max(0, before - total_minor) if before else 0,
        product_external_id=str(item.product_id) if item.product_id else "",
        variant_external_id=str(item.variation_id) if item.variation_id else "",
    )


def _units(quantity: Decimal) -> int:
    return int(quantity) if quantity == quantity.to_integral_value() else 1


def _refund(
    link: RefundLink, detail: RefundBody | None, currency: str, modified_at: datetime, zone: tzinfo
) -> RefundSnapshot:
    """Return a refund: with its own moment and lines where REST told them, else its amount alone."""
    if detail is None:
        return RefundSnapshot(
            external_id=str(link.id),
            refunded_at=modified_at,
            total_minor=abs(_minor(link.total, currency)),
            reason=link.reason or "",
        )
    return RefundSnapshot(
        external_id=str(link.id),
        refunded_at=_moment(detail.date_created_gmt, detail.date_created, zone) or modified_at,
        total_minor=abs(_minor(detail.amount, currency)),
        lines=tuple(
            RefundLineSnapshot(
                line_external_id=line_id,
                quantity=abs(_units(item.quantity)),
                total_minor=abs(_minor(item.total + item.total_tax, currency)),
            )
            for item in detail.line_items
            if (line_id := _refunded_line(item))
        ),
        shipping_minor=abs(_minor(_charged(detail.shipping_lines), currency)),
        reason=detail.reason or link.reason or "",
    )


def _charged(lines: Sequence[ChargeLine]) -> Decimal:
    return sum((line.total + line.total_tax for line in lines), Decimal(0))


def _refunded_line(item: LineItem) -> str:
    for meta in item.meta_data:
        if isinstance(meta, dict) and meta.get("key") == "_refunded_item_id":
            return str(meta.get("value") or "")
    return ""


def _buyer(order: OrderBody, created_at: datetime) -> PersonSnapshot | None:
    """Return who bought, as they said it when they bought; None where nothing identifies anybody."""
    billing = order.billing
    identities = _identities(order.customer_id, billing.email, billing.phone)
    if not identities:
        return None
    return PersonSnapshot(
        identities=identities,
        modified_at=created_at,
        first_name=billing.first_name or None,
        last_name=billing.last_name or None,
        company=billing.company or None,
        city=billing.city or None,
        postcode=billing.postcode or None,
        country=billing.country or None,
        is_guest=True if order.customer_id == 0 else None,
    )


def _identities(account_id: int, email: str, phone: str) -> tuple[Identity, ...]:
    marks = (
        (IdentityKind.SHOP_ACCOUNT, str(account_id) if account_id else ""),
        (IdentityKind.EMAIL, email),
        (IdentityKind.PHONE, phone),
    )
    return tuple(Identity(kind=kind, value=value) for kind, value in marks if value)
