"""Reading bodies into snapshots: amounts become minor units, exactly, or a problem that names the place."""

from __future__ import annotations

from datetime import datetime

from wracam.commerce.api.bodies import BuyerBody, LineBody, OrderContent, ProductBody, RefundBody
from wracam.commerce.contracts import (
    LineSnapshot,
    OrderSnapshot,
    ProductSnapshot,
    RefundLineSnapshot,
    RefundSnapshot,
)
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.faces.api.values import minor


def snapshot_of(
    shop_id: int, external_id: str, body: OrderContent, placed_at: datetime | None, path: str, now: datetime
) -> OrderSnapshot:
    """Return the snapshot that a body means; *placed_at* is when the order was placed as far as we know already."""
    currency = body.currency
    modified_at = body.modified_at or now
    return OrderSnapshot(
        shop_id=shop_id,
        source=body.source,
        external_id=external_id,
        number=body.number or external_id,
        modified_at=modified_at,
        placed_at=body.placed_at or placed_at or modified_at,
        status=body.status,
        payment_status=body.payment_status,
        currency=currency,
        total_minor=minor(body.total, currency, f"{path}.total"),
        tax_minor=minor(body.tax, currency, f"{path}.tax"),
        shipping_minor=minor(body.shipping, currency, f"{path}.shipping"),
        discount_minor=minor(body.discount, currency, f"{path}.discount"),
        paid_at=body.paid_at,
        shipped_at=body.shipped_at,
        delivered_at=body.delivered_at,
        cancelled_at=body.cancelled_at,
        person=_buyer(body.customer, modified_at) if body.customer else None,
        lines=tuple(_line(line, index, currency, f"{path}.lines[{index}]") for index, line in enumerate(body.lines)),
        refunds=tuple(
            _refund(refund, currency, f"{path}.refunds[{index}]") for index, refund in enumerate(body.refunds)
        ),
        coupon_codes=tuple(body.coupon_codes),
        channel=body.channel,
        payment_method=body.payment_method,
    )


def _buyer(body: BuyerBody, modified_at: datetime) -> PersonSnapshot:
    marks = (
        (IdentityKind.SHOP_ACCOUNT, body.account_id),
        (IdentityKind.EMAIL, body.email),
        (IdentityKind.PHONE, body.phone),
        (IdentityKind.LOYALTY_CARD, body.loyalty_card),
    )
    return PersonSnapshot(
        identities=tuple(Identity(kind=kind, value=value) for kind, value in marks if value),
        modified_at=modified_at,
        first_name=body.first_name,
        last_name=body.last_name,
        company=body.company,
        tax_number=body.tax_number,
        city=body.city,
        postcode=body.postcode,
        country=body.country,
        language=body.language,
        is_guest=body.is_guest,
        accepts_email=body.accepts_email,
        accepts_sms=body.accepts_sms,
    )


def _line(line: LineBody, index: int, currency: str, path: str) -> LineSnapshot:
    return LineSnapshot(
        external_id=line.id or str(index + 1),
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        total_minor=minor(line.total, currency, f"{path}.total"),
        tax_minor=minor(line.tax, currency, f"{path}.tax"),
        discount_minor=minor(line.discount, currency, f"{path}.discount"),
        product_external_id=line.product_id,
        variant_external_id=line.variant_id,
        categories=tuple(line.categories),
    )


def _refund(refund: RefundBody, currency: str, path: str) -> RefundSnapshot:
    return RefundSnapshot(
        external_id=refund.id,
        refunded_at=refund.refunded_at,
        total_minor=minor(refund.total, currency, f"{path}.total"),
        lines=tuple(
            RefundLineSnapshot(
                line_external_id=line.line_id,
                quantity=line.quantity,
                total_minor=minor(line.total, currency, f"{path}.lines[{index}].total"),
            )
            for index, line in enumerate(refund.lines)
        ),
        shipping_minor=minor(refund.shipping, currency, f"{path}.shipping"),
        reason=refund.reason,
    )


def product_of(shop_id: int, one: ProductBody, path: str, now: datetime) -> ProductSnapshot:
    """Return the snapshot that a body means."""
    return ProductSnapshot(
        shop_id=shop_id,
        source=one.source,
        external_id=one.id,
        modified_at=one.modified_at or now,
        name=one.name,
        currency=one.currency,
        price_minor=minor(one.price, one.currency, f"{path}.price") if one.price else None,
        regular_minor=minor(one.regular_price, one.currency, f"{path}.regular_price") if one.regular_price else None,
        sku=one.sku,
        parent_external_id=one.parent_id,
        categories=tuple(one.categories),
        is_active=one.is_active,
        stock_quantity=one.stock,
        url=one.url,
        image_url=one.image_url,
    )
