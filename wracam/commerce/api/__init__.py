"""The API of trade: orders and products in, single and in batches; orders out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.commerce import actions, queries
from wracam.commerce.api.answers import (
    OrderAnswer,
    TakenOrderAnswer,
    TakenOrdersAnswer,
    TakenProductsAnswer,
    order_answer,
)
from wracam.commerce.api.bodies import SOURCE, OrderBody, OrderContent, OrdersBody, ProductsBody
from wracam.commerce.api.reading import product_of, snapshot_of
from wracam.commerce.contracts import OrderSnapshot, OrderStatus
from wracam.commerce.queries import OrderFilter
from wracam.faces.api.endpoints import ApiRequest, Router
from wracam.faces.api.paging import Page, Paging, write_cursor
from wracam.faces.api.problems import INVALID, FieldError, Problem, invalid, not_found
from wracam.foundation import clock
from wracam.shops.ports import register_scope

router = Router(tags=["Orders"])
register_scope("orders:read", pl="czytanie zamówień", en="read orders")
register_scope("orders:write", pl="przysyłanie, zmiany i usuwanie zamówień", en="send, change and delete orders")
register_scope("products:write", pl="przysyłanie produktów", en="send products")


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
        product_of(request.auth.shop_id, one, f"body.products[{index}]", now) for index, one in enumerate(body.products)
    ]
    return TakenProductsAnswer(results=[outcome.value for outcome in actions.take_products(snapshots, now=now)])


def _take_one(request: ApiRequest, external_id: str, body: OrderContent) -> TakenOrderAnswer:
    now = clock.now()
    placed = _placed(request.auth.shop_id, [(external_id, body)])
    snapshot, errors = _sound(request.auth.shop_id, external_id, body, placed, "body", now)
    if snapshot is None:
        raise Problem(INVALID, f"{errors[0].path}: {errors[0].message}", errors=errors)
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
        snapshot = snapshot_of(shop_id, external_id, body, placed.get(external_id), path, now)
    except Problem as problem:
        return None, list(problem.errors)
    wrong = [problem.partition(": ") for problem in queries.problems_of(snapshot)]
    errors = [FieldError(path=f"{path}.{field}", code="invalid", message=message) for field, _, message in wrong]
    return (None, errors) if errors else (snapshot, [])


def _identifier(external_id: str) -> str:
    if not 0 < len(external_id) <= 200:
        raise invalid("path.external_id", "out_of_range", "An order's id has 1 to 200 characters.")
    return external_id
