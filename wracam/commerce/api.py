"""The API of trade: orders and products in, single and in batches; orders out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from wracam.commerce import actions, queries
from wracam.commerce.contracts import (
    LineSnapshot,
    Order,
    OrderSnapshot,
    OrderStatus,
    PaymentStatus,
    ProductSnapshot,
    RefundLineSnapshot,
    RefundSnapshot,
)
from wracam.commerce.queries import OrderFilter
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.faces.api.endpoints import ApiRequest, Router
from wracam.faces.api.paging import Page, Paging, write_cursor
from wracam.faces.api.problems import INVALID as INVALID_PROBLEM
from wracam.faces.api.problems import FieldError, Problem, invalid, not_found
from wracam.faces.api.values import (
    AmountText,
    Answer,
    Body,
    CurrencyCode,
    Identifier,
    Moment,
    Name,
    Quantity,
    major,
    minor,
)
from wracam.foundation import clock
from wracam.shops.ports import register_scope

router = Router(tags=["Orders"])
register_scope("orders:read", pl="czytanie zamówień", en="read orders")
register_scope("orders:write", pl="zapis zamówień", en="write orders")
register_scope("products:write", pl="zapis produktów", en="write products")
BATCH_SIZE_MAX = 500
LINES_MAX = 1_000
SOURCE = "api"
SourceName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9_]{1,40}$",
        description="The system that numbers your orders; keep the default unless you have several.",
    ),
]


class BuyerBody(Body):
    """Who bought. At least one of `account_id`, `email`, `phone`, `loyalty_card`."""

    account_id: Identifier | None = None
    email: Name | None = None
    phone: Name | None = None
    loyalty_card: Identifier | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    company: Name | None = None
    tax_number: Annotated[str, Meta(max_length=40)] | None = None
    city: Name | None = None
    postcode: Annotated[str, Meta(max_length=20)] | None = None
    country: Annotated[str, Meta(pattern="^[A-Za-z]{2}$")] | None = None
    language: Annotated[str, Meta(max_length=10)] | None = None
    is_guest: bool | None = None
    accepts_email: bool | None = None
    accepts_sms: bool | None = None


class LineBody(Body):
    """One line. `total` is what the customer pays for it, tax included, after `discount`."""

    total: AmountText
    id: Identifier | None = None
    sku: Annotated[str, Meta(max_length=200)] = ""
    name: Name = ""
    quantity: Quantity = 1
    tax: AmountText = "0"
    discount: AmountText = "0"
    product_id: Annotated[str, Meta(max_length=200)] = ""
    variant_id: Annotated[str, Meta(max_length=200)] = ""
    categories: Annotated[list[Name], Meta(max_length=50)] = []


class RefundedLineBody(Body):
    """Units of one line that came back."""

    line_id: Identifier
    quantity: Annotated[int, Meta(ge=0, le=1_000_000)]
    total: AmountText


class RefundBody(Body):
    """One refund; without lines when only money was returned."""

    id: Identifier
    refunded_at: Moment
    total: AmountText
    lines: Annotated[list[RefundedLineBody], Meta(max_length=LINES_MAX)] = []
    shipping: AmountText = "0"
    reason: Name = ""


class OrderContent(Body):
    """The whole state of an order. What is left out counts as absent, except `customer` and `placed_at`."""

    total: AmountText
    currency: CurrencyCode
    number: Annotated[str, Meta(max_length=200)] | None = None
    status: OrderStatus = OrderStatus.PROCESSING
    payment_status: PaymentStatus = PaymentStatus.PAID
    modified_at: Moment | None = None
    placed_at: Moment | None = None
    paid_at: Moment | None = None
    shipped_at: Moment | None = None
    delivered_at: Moment | None = None
    cancelled_at: Moment | None = None
    tax: AmountText = "0"
    shipping: AmountText = "0"
    discount: AmountText = "0"
    customer: BuyerBody | None = None
    lines: Annotated[list[LineBody], Meta(max_length=LINES_MAX)] = []
    refunds: Annotated[list[RefundBody], Meta(max_length=500)] = []
    coupon_codes: Annotated[list[Name], Meta(max_length=50)] = []
    channel: Annotated[str, Meta(max_length=60)] = "web"
    payment_method: Annotated[str, Meta(max_length=100)] = ""
    source: SourceName = SOURCE


class OrderBody(OrderContent, kw_only=True):
    """An order with your id of it."""

    id: Identifier


class OrdersBody(Body):
    """Up to 500 orders."""

    orders: Annotated[list[OrderBody], Meta(min_length=1, max_length=BATCH_SIZE_MAX)]


class ProductBody(Body):
    """One product or variant. `regular_price` is the price before a reduction."""

    id: Identifier
    name: Name
    currency: CurrencyCode
    price: AmountText | None = None
    regular_price: AmountText | None = None
    sku: Annotated[str, Meta(max_length=200)] = ""
    parent_id: Annotated[str, Meta(max_length=200)] = ""
    categories: Annotated[list[Name], Meta(max_length=50)] = []
    is_active: bool = True
    stock: Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)] | None = None
    url: Annotated[str, Meta(max_length=2_000)] = ""
    image_url: Annotated[str, Meta(max_length=2_000)] = ""
    modified_at: Moment | None = None
    source: SourceName = SOURCE


class ProductsBody(Body):
    """Up to 500 products."""

    products: Annotated[list[ProductBody], Meta(min_length=1, max_length=BATCH_SIZE_MAX)]


class TakenOrderAnswer(Answer):
    """What an order did: `created`, `changed`, `unchanged`, `stale` (we know something newer) or `refused`."""

    outcome: str
    id: UUID | None = None
    customer_id: UUID | None = None
    errors: list[str] = []


class TakenOrdersAnswer(Answer):
    """One answer per order, in the order sent."""

    results: list[TakenOrderAnswer]


class TakenProductsAnswer(Answer):
    """What each product did, in the order sent."""

    results: list[str]


class LineAnswer(Answer):
    """One line of an order."""

    id: UUID
    external_id: str
    sku: str
    name: str
    categories: list[str]
    quantity: int
    total: str
    tax: str
    discount: str
    refunded_quantity: int
    refunded: str


class RefundAnswer(Answer):
    """One refund of an order."""

    id: UUID
    external_id: str
    refunded_at: datetime
    total: str
    reason: str


class OrderAnswer(Answer):
    """An order as we hold it."""

    id: UUID
    customer_id: UUID | None
    source: str
    external_id: str
    number: str
    status: str
    payment_status: str
    currency: str
    total: str
    tax: str
    shipping: str
    discount: str
    refunded: str
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    channel: str
    coupon_codes: list[str]
    lines: list[LineAnswer]
    refunds: list[RefundAnswer]


@router.endpoint("POST", "/orders", scope="orders:write")
def post_order(request: ApiRequest, body: OrderBody) -> TakenOrderAnswer:
    """Take one order: its whole state, as often as it changes.

    The newest `modified_at` wins, whatever arrives first; sending the same again changes nothing. The buyer is
    recognised, points are earned and taken back by themselves.
    """
    return _take_one(request, body.id, body)


@router.endpoint("POST", "/orders/batch", scope="orders:write")
def post_orders(request: ApiRequest, body: OrdersBody) -> TakenOrdersAnswer:
    """Take up to 500 orders at once. Refused ones say why; the others are taken."""
    now = clock.now()
    placed = _placed(request.auth.shop_id, [(one.id, one) for one in body.orders])
    results: list[TakenOrderAnswer] = []
    sound: list[tuple[int, OrderSnapshot]] = []
    for index, one in enumerate(body.orders):
        snapshot, errors = _sound(request.auth.shop_id, one.id, one, placed, f"body.orders[{index}]", now)
        results.append(
            TakenOrderAnswer(outcome="refused", errors=[error.path + ": " + error.message for error in errors])
        )
        if snapshot is not None:
            sound.append((index, snapshot))
    for (index, _), taken in zip(sound, actions.take_orders([one for _, one in sound], now=now), strict=True):
        results[index] = TakenOrderAnswer(id=taken.order_id, customer_id=taken.customer_id, outcome=taken.outcome.value)
    return TakenOrdersAnswer(results=results)


@router.endpoint("PUT", "/orders/{external_id}", scope="orders:write")
def put_order(request: ApiRequest, external_id: str, body: OrderContent) -> TakenOrderAnswer:
    """Take one order under your id of it; the same as `POST /orders`."""
    return _take_one(request, _identifier(external_id), body)


@router.endpoint("DELETE", "/orders/{external_id}", scope="orders:write")
def delete_order(request: ApiRequest, external_id: str, source: str = SOURCE) -> TakenOrderAnswer:
    """Say that the shop deleted an order; whatever it gave is taken back."""
    taken = actions.delete_order(
        shop_id=request.auth.shop_id,
        source=source[:40],
        external_id=_identifier(external_id),
        modified_at=None,
        now=clock.now(),
    )
    return TakenOrderAnswer(id=taken.order_id, customer_id=taken.customer_id, outcome=taken.outcome.value)


@router.endpoint("GET", "/orders", scope="orders:read")
def list_orders(
    request: ApiRequest,
    paging: Paging,
    customer_id: UUID | None = None,
    status: OrderStatus | None = None,
    number: str = "",
) -> Page[OrderAnswer]:
    """List orders, newest first; `number` finds order numbers from their beginning."""
    wanted = OrderFilter(text=number[:200], status=status, customer_id=customer_id)
    found = queries.search_orders(
        shop_id=request.auth.shop_id,
        wanted=wanted,
        cursor=str(paging.position[0]) if paging.position else None,
        limit=paging.limit,
    )
    more = write_cursor(paging.scope, (found.next_cursor,)) if found.next_cursor else None
    return Page(items=[order_answer(one) for one in found.orders], next_cursor=more)


@router.endpoint("GET", "/orders/{external_id}", scope="orders:read")
def get_order(request: ApiRequest, external_id: str, source: str = SOURCE) -> OrderAnswer:
    """Show an order by your id of it."""
    order_id = queries.order_id_of(
        shop_id=request.auth.shop_id, source=source[:40], external_id=_identifier(external_id)
    )
    order = queries.order(order_id)
    if order is None:
        raise not_found("order")
    return order_answer(order)


@router.endpoint("POST", "/products/batch", scope="products:write")
def post_products(request: ApiRequest, body: ProductsBody) -> TakenProductsAnswer:
    """Take up to 500 products at once: categories, stock, and prices, whose history is kept."""
    now = clock.now()
    snapshots = [
        _product(request.auth.shop_id, one, f"body.products[{index}]", now) for index, one in enumerate(body.products)
    ]
    return TakenProductsAnswer(results=[outcome.value for outcome in actions.take_products(snapshots, now=now)])


def order_answer(order: Order) -> OrderAnswer:
    """Return an order as the API shows it."""

    def text(amount_minor: int) -> str:
        return major(amount_minor, order.currency)

    return OrderAnswer(
        id=order.id,
        customer_id=order.customer_id,
        source=order.source,
        external_id=order.external_id,
        number=order.number,
        status=order.status.value,
        payment_status=order.payment_status.value,
        currency=order.currency,
        total=text(order.total_minor),
        tax=text(order.tax_minor),
        shipping=text(order.shipping_minor),
        discount=text(order.discount_minor),
        refunded=text(order.refunded_minor),
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        shipped_at=order.shipped_at,
        delivered_at=order.delivered_at,
        channel=order.channel,
        coupon_codes=list(order.coupon_codes),
        lines=[
            LineAnswer(
                id=line.id,
                external_id=line.external_id,
                sku=line.sku,
                name=line.name,
                categories=list(line.categories),
                quantity=line.quantity,
                total=text(line.total_minor),
                tax=text(line.tax_minor),
                discount=text(line.discount_minor),
                refunded_quantity=line.refunded_quantity,
                refunded=text(line.refunded_minor),
            )
            for line in order.lines
        ],
        refunds=[
            RefundAnswer(
                id=refund.id,
                external_id=refund.external_id,
                refunded_at=refund.refunded_at,
                total=text(refund.total_minor),
                reason=refund.reason,
            )
            for refund in order.refunds
        ],
    )


def _take_one(request: ApiRequest, external_id: str, body: OrderContent) -> TakenOrderAnswer:
    now = clock.now()
    placed = _placed(request.auth.shop_id, [(external_id, body)])
    snapshot, errors = _sound(request.auth.shop_id, external_id, body, placed, "body", now)
    if snapshot is None:
        raise Problem(INVALID_PROBLEM, f"{errors[0].path}: {errors[0].message}", errors=errors)
    taken = actions.take_order(snapshot, now=now)
    return TakenOrderAnswer(id=taken.order_id, customer_id=taken.customer_id, outcome=taken.outcome.value)


def _placed(shop_id: int, bodies: Sequence[tuple[str, OrderContent]]) -> dict[str, datetime]:
    """Return when orders known already were placed, for bodies that do not say it."""
    silent = {
        queries.order_id_of(shop_id=shop_id, source=body.source, external_id=external_id): external_id
        for external_id, body in bodies
        if body.placed_at is None
    }
    return {silent[order.id]: order.placed_at for order in queries.orders(list(silent))} if silent else {}


def _sound(
    shop_id: int, external_id: str, body: OrderContent, placed: dict[str, datetime], path: str, now: datetime
) -> tuple[OrderSnapshot | None, list[FieldError]]:
    """Return the snapshot a body means, or everything that is wrong with it."""
    try:
        snapshot = _snapshot(shop_id, external_id, body, placed.get(external_id), path, now)
    except Problem as problem:
        return None, list(problem.errors)
    wrong = [problem.partition(": ") for problem in queries.problems_of(snapshot)]
    errors = [FieldError(path=f"{path}.{field}", code="invalid", message=message) for field, _, message in wrong]
    return (None, errors) if errors else (snapshot, [])


def _snapshot(
    shop_id: int, external_id: str, body: OrderContent, placed_at: datetime | None, path: str, now: datetime
) -> OrderSnapshot:
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


def _product(shop_id: int, one: ProductBody, path: str, now: datetime) -> ProductSnapshot:
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


def _identifier(external_id: str) -> str:
    if not 0 < len(external_id) <= 200:
        raise invalid("path.external_id", "out_of_range", "An order's id has 1 to 200 characters.")
    return external_id
