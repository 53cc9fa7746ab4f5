"""Reading a snapshot into the state we keep: cleaned, with stable ids, and with a hash of what it says."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wracam.commerce.contracts import (
    LineSnapshot,
    OrderLine,
    OrderSnapshot,
    OrderStatus,
    PaymentStatus,
    Refund,
    RefundedUnits,
    RefundLineSnapshot,
    RefundSnapshot,
)
from wracam.commerce.core import sales
from wracam.kernel.ids import derived_id
from wracam.kernel.money import AMOUNT_MINOR_MAX, MoneyError, currency_code
from wracam.kernel.text import clean_text

CLOCK_AHEAD_MAX = timedelta(days=2)
QUANTITY_MAX = 10_000_000
LINES_MAX = 5_000
REFUNDS_MAX = 500
KEY_LENGTH_MAX = 200
REST_REFUND = "(rest)"
"""The id of the refund we infer when a shop only says "refunded" and lists less than the total."""
ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """An order without its lines, refunds and customer, as one snapshot said it."""

    number: str
    modified_at: datetime
    content_hash: bytes
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    status: OrderStatus
    payment_status: PaymentStatus
    currency: str
    total_minor: int
    tax_minor: int
    shipping_minor: int
    discount_minor: int
    refunded_minor: int
    units: int
    refunded_units: int
    coupon_codes: tuple[str, ...]
    channel: str
    payment_method: str


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one snapshot said of an order."""

    header: Header
    lines: tuple[OrderLine, ...]
    refunds: tuple[Refund, ...]


class ProductMention(msgspec.Struct, frozen=True):
    """A product as an order line names it, for shops whose product list we have not seen."""

    product_id: UUID
    external_id: str
    sku: str
    name: str
    categories: tuple[str, ...]


def order_id(shop_id: int, source: str, external_id: str) -> UUID:
    """The id of an order, the same whenever and however often the shop tells of it."""
    return derived_id("order", shop_id, source, external_id)


@lru_cache(maxsize=65_536)
def product_id(shop_id: int, source: str, external_id: str) -> UUID:
    """The id of a product, the same whether an order line or the product list told of it first."""
    return derived_id("product", shop_id, source, external_id)


def problems(snapshot: OrderSnapshot) -> list[str]:
    """Return what makes a snapshot impossible to take, each as `field: sentence`; empty when it is fine."""
    found = [*_header_problems(snapshot)]
    amounts = ((f"lines[{index}].total_minor", line.total_minor) for index, line in enumerate(snapshot.lines))
    found += [f"{path}: the amount is too large" for path, amount in amounts if abs(amount) > AMOUNT_MINOR_MAX]
    found += [
        f"lines[{index}].quantity: the quantity is too large"
        for index, line in enumerate(snapshot.lines)
        if abs(line.quantity) > QUANTITY_MAX
    ]
    found += [
        f"refunds[{index}].total_minor: a refund must be a positive amount we can hold"
        for index, refund in enumerate(snapshot.refunds)
        if not 0 <= refund.total_minor <= AMOUNT_MINOR_MAX
    ]
    return found


def _header_problems(snapshot: OrderSnapshot) -> Iterable[str]:
    if not clean_text(snapshot.external_id):
        yield "external_id: an order needs the shop's id"
    try:
        currency_code(snapshot.currency)
    except MoneyError as error:
        yield f"currency: {error}"
    for name in ("modified_at", "placed_at", "paid_at", "shipped_at", "delivered_at", "cancelled_at"):
        moment: datetime | None = getattr(snapshot, name)
        if moment is not None and moment.tzinfo is None:
            yield f"{name}: the moment has no time zone"
    for name in ("total_minor", "tax_minor", "shipping_minor", "discount_minor"):
        if abs(getattr(snapshot, name)) > AMOUNT_MINOR_MAX:
            yield f"{name}: the amount is too large"
    if len(snapshot.lines) > LINES_MAX:
        yield f"lines: an order may have {LINES_MAX} lines"
    if len(snapshot.refunds) > REFUNDS_MAX:
        yield f"refunds: an order may have {REFUNDS_MAX} refunds"


def content_hash(snapshot: OrderSnapshot) -> bytes:
    """Return a hash of what a snapshot says of the order itself, whoever bought and whenever it was said."""
    bare = replace(snapshot, shop_id=0, source="", external_id="", person=None, modified_at=ANY_TIME)
    return hashlib.blake2b(msgspec.json.encode(bare), digest_size=16).digest()


def person_hash(snapshot: OrderSnapshot) -> bytes:
    """Return a hash of what a snapshot says of the buyer."""
    return hashlib.blake2b(msgspec.json.encode(snapshot.person), digest_size=16).digest()


def sane_moment(told_at: datetime, now: datetime) -> datetime:
    """Return the shop's moment, or *now* when its clock is absurdly ahead."""
    return told_at if told_at <= now + CLOCK_AHEAD_MAX else now


def content(snapshot: OrderSnapshot, now: datetime) -> Content:
    """Return the state of an order as *snapshot* says it."""
    own_id = order_id(snapshot.shop_id, snapshot.source, snapshot.external_id)
    told = _numbered(snapshot.lines)
    refunds = tuple(_refund(own_id, refund) for refund in _with_the_rest(snapshot, told))
    lines = _lines(own_id, snapshot, told, refunds)
    return Content(header=_header(snapshot, lines, refunds, now), lines=lines, refunds=refunds)


def mentions(snapshot: OrderSnapshot, lines: Sequence[OrderLine]) -> Iterable[ProductMention]:
    """Return the products that the lines name."""
    for told, line in zip(snapshot.lines, lines, strict=True):
        if line.product_id is not None:
            yield ProductMention(line.product_id, _product_key(told), line.sku, line.name, line.categories)


def _header(
    snapshot: OrderSnapshot, lines: tuple[OrderLine, ...], refunds: tuple[Refund, ...], now: datetime
) -> Header:
    placed_at = min(snapshot.placed_at, now)
    is_paid = sales.is_paid(snapshot.payment_status)
    return Header(
        number=clean_text(snapshot.number, length_max=KEY_LENGTH_MAX) or snapshot.external_id,
        modified_at=sane_moment(snapshot.modified_at, now),
        content_hash=content_hash(snapshot),
        placed_at=placed_at,
        paid_at=min(snapshot.paid_at or placed_at, now) if is_paid else None,
        shipped_at=_at_most(snapshot.shipped_at, now),
        delivered_at=_at_most(snapshot.delivered_at, now),
        cancelled_at=_at_most(snapshot.cancelled_at, now),
        status=snapshot.status,
        payment_status=snapshot.payment_status,
        currency=currency_code(snapshot.currency),
        total_minor=snapshot.total_minor,
        tax_minor=snapshot.tax_minor,
        shipping_minor=snapshot.shipping_minor,
        discount_minor=snapshot.discount_minor,
        refunded_minor=sum(refund.total_minor for refund in refunds),
        units=sum(line.quantity for line in lines),
        refunded_units=sum(line.refunded_quantity for line in lines),
        coupon_codes=_codes(snapshot.coupon_codes),
        channel=clean_text(snapshot.channel, length_max=60) or "web",
        payment_method=clean_text(snapshot.payment_method, length_max=100),
    )


def _at_most(moment: datetime | None, now: datetime) -> datetime | None:
    return min(moment, now) if moment else None


def _codes(codes: Iterable[str]) -> tuple[str, ...]:
    """Coupon codes are compared without case: shops do not agree on theirs."""
    cleaned = (clean_text(code, length_max=KEY_LENGTH_MAX).upper() for code in codes)
    return tuple(sorted({code for code in cleaned if code}))


def _numbered(lines: Sequence[LineSnapshot]) -> list[tuple[str, LineSnapshot]]:
    """Give every line an id unique in its order: the shop's, with `#2` for a repeat."""
    seen: Counter[str] = Counter()
    numbered = []
    for line in lines:
        key = clean_text(line.external_id, length_max=KEY_LENGTH_MAX) or clean_text(line.sku) or "line"
        seen[key] += 1
        numbered.append((key if seen[key] == 1 else f"{key}#{seen[key]}", line))
    return numbered


def _with_the_rest(snapshot: OrderSnapshot, told: list[tuple[str, LineSnapshot]]) -> list[RefundSnapshot]:
    """Return the refunds, and the missing one when the shop says "refunded" but lists less than the total."""
    refunds = list(snapshot.refunds)
    rest_minor = snapshot.total_minor - sum(refund.total_minor for refund in refunds)
    if snapshot.payment_status is not PaymentStatus.REFUNDED or rest_minor <= 0:
        return refunds
    quantities: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    for refund in refunds:
        for unit in refund.lines:
            quantities[unit.line_external_id] += unit.quantity
            amounts[unit.line_external_id] += unit.total_minor
    lines = tuple(
        RefundLineSnapshot(
            line_external_id=key,
            quantity=max(0, line.quantity - quantities[key]),
            total_minor=max(0, line.total_minor - amounts[key]),
        )
        for key, line in told
        if line.quantity > quantities[key] or line.total_minor > amounts[key]
    )
    rest = RefundSnapshot(
        external_id=REST_REFUND, refunded_at=snapshot.modified_at, total_minor=rest_minor, lines=lines
    )
    return [*refunds, rest]


def _refund(own_id: UUID, refund: RefundSnapshot) -> Refund:
    """Return a refund under an id that changes with what it says: an edited refund is another refund."""
    units = tuple(
        RefundedUnits(
            line_id=derived_id("line", own_id, line.line_external_id),
            quantity=min(line.quantity, QUANTITY_MAX),
            total_minor=line.total_minor,
        )
        for line in refund.lines
    )
    said = [(line.line_external_id, line.quantity, line.total_minor) for line in refund.lines]
    return Refund(
        id=derived_id("refund", own_id, refund.external_id, refund.total_minor, refund.shipping_minor, said),
        external_id=clean_text(refund.external_id, length_max=KEY_LENGTH_MAX),
        refunded_at=refund.refunded_at,
        total_minor=refund.total_minor,
        shipping_minor=refund.shipping_minor,
        reason=clean_text(refund.reason, length_max=500),
        units=units,
    )


def _lines(
    own_id: UUID, snapshot: OrderSnapshot, told: list[tuple[str, LineSnapshot]], refunds: tuple[Refund, ...]
) -> tuple[OrderLine, ...]:
    quantities: Counter[UUID] = Counter()
    amounts: Counter[UUID] = Counter()
    for refund in refunds:
        for unit in refund.units:
            quantities[unit.line_id] += unit.quantity
            amounts[unit.line_id] += unit.total_minor
    products: dict[str, UUID] = {}
    lines = []
    for key, line in told:
        line_id = derived_id("line", own_id, key)
        product_key = _product_key(line)
        if product_key and product_key not in products:
            products[product_key] = product_id(snapshot.shop_id, snapshot.source, product_key)
        lines.append(
            OrderLine(
                id=line_id,
                external_id=key,
                sku=clean_text(line.sku, length_max=KEY_LENGTH_MAX),
                name=clean_text(line.name, length_max=500),
                product_id=products.get(product_key),
                categories=tuple(clean_text(name, length_max=KEY_LENGTH_MAX) for name in line.categories),
                quantity=line.quantity,
                total_minor=line.total_minor,
                tax_minor=line.tax_minor,
                discount_minor=line.discount_minor,
                refunded_quantity=quantities[line_id],
                refunded_minor=amounts[line_id],
            )
        )
    return tuple(lines)


def _product_key(line: LineSnapshot) -> str:
    """The shop's id of what was bought: the variant, else the product, else what the sku names."""
    key = line.variant_external_id or line.product_external_id
    if not key and line.sku:
        key = f"sku:{line.sku}"
    return clean_text(key, length_max=KEY_LENGTH_MAX)
