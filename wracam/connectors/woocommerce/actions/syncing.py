"""Reading a shop by REST, page by page: each page is taken in one transaction that also moves the cursor.

Orders and products are read in the order of their last change. The cursor is that moment, not a page number, because
whatever changes while we read moves to the end and would push something else out of sight.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from wracam.commerce.contracts import InvalidSnapshotError
from wracam.connectors.woocommerce import models
from wracam.connectors.woocommerce.actions import taking
from wracam.connectors.woocommerce.actions.rest import Rest, RestError, note_failure, note_success
from wracam.connectors.woocommerce.contracts import Resource, SyncState
from wracam.connectors.woocommerce.translate import CustomerBody, OrderBody, PayloadError, ProductBody, parts_of, read
from wracam.foundation import transactions
from wracam.shops import queries as shops
from wracam.shops.contracts import Shop

PAGE_SIZE = 100
VARIABLE = "variable"
OVERLAP = timedelta(seconds=1)
"""`modified_after` is exclusive and moments have whole seconds: one second back repeats a few, and misses none."""
BODIES: dict[Resource, type[Any]] = {
    Resource.PRODUCTS: ProductBody,
    Resource.CUSTOMERS: CustomerBody,
    Resource.ORDERS: OrderBody,
}


def start_sync(*, connection_id: int, is_full: bool, now: datetime) -> None:
    """Begin to read everything (*is_full*), or what changed since the last reading; one that runs goes on.

    WooCommerce cannot say which customers changed, so they are only read in full; between, webhooks and orders tell.
    """
    with transactions.action():
        for resource in Resource:
            sync, _ = models.Sync.objects.select_for_update().get_or_create(
                connection_id=connection_id, resource=resource, defaults={"state": SyncState.NEVER}
            )
            was_never_read = sync.state == SyncState.NEVER
            if sync.state == SyncState.RUNNING or (
                resource is Resource.CUSTOMERS and not is_full and not was_never_read
            ):
                continue
            sync.state, sync.page, sync.error = SyncState.RUNNING, 1, ""
            sync.taken = sync.refused = 0
            if is_full:
                sync.modified_after = None
            sync.save()


def sync_page(*, connection_id: int, now: datetime) -> bool:
    """Read the next page of whatever is being read; say whether there is more. Raises `RestError` to be retried."""
    sync = _next(connection_id)
    if sync is None:
        return False
    row = models.Connection.objects.get(id=connection_id)
    shop = shops.shop(row.shop_id)
    if shop is None:
        raise LookupError(f"the shop of WooCommerce connection {connection_id} is gone")
    try:
        with Rest(row, now=now) as rest:
            page = _Page(row, shop, sync, rest)
            page.take(now)
    except RestError as error:
        note_failure(row, error, now)
        if error.is_retryable:
            raise
        models.Sync.objects.filter(id=sync.id).update(state=SyncState.FAILED, error=error.failure.value)
        return _next(connection_id) is not None
    note_success(row)
    return _next(connection_id) is not None


def _next(connection_id: int) -> models.Sync | None:
    running = {
        sync.resource: sync for sync in models.Sync.objects.filter(connection_id=connection_id, state=SyncState.RUNNING)
    }
    return next((running[resource] for resource in Resource if resource.value in running), None)


class _Page:
    """One page of one resource: fetched, read item by item, taken, and the cursor moved."""

    def __init__(self, row: models.Connection, shop: Shop, sync: models.Sync, rest: Rest) -> None:
        self._row, self._shop, self._sync, self._rest = row, shop, sync, rest
        self._resource = Resource(sync.resource)

    def take(self, now: datetime) -> None:
        """Fetch and take the page."""
        parts = self._fetched(self._sync.resource, self._query())
        items, refused = _read_all(parts, BODIES[self._resource])
        if self._resource is Resource.ORDERS:
            taking.learn_refunds(self._row, items, self._rest)
        more = self._variations(items) if self._resource is Resource.PRODUCTS else []
        with transactions.action():
            locked = models.Sync.objects.select_for_update().get(id=self._sync.id)
            if (locked.state, locked.page, locked.modified_after) != (
                SyncState.RUNNING, self._sync.page, self._sync.modified_after,
            ):  # fmt: skip
                return
            refused += self._take([*items, *more], now)
            locked.taken += len(items) + len(more)
            locked.refused += refused
            self._move(locked, items, is_last=len(parts) < PAGE_SIZE, now=now)
            locked.save()

    def _fetched(self, path: str, query: dict[str, str]) -> list[Any]:
        try:
            return parts_of(self._rest.get(path, query))
        except PayloadError:
            return []

    def _query(self) -> dict[str, str]:
        query = {"per_page": str(PAGE_SIZE), "page": str(self._sync.page), "order": "asc"}
        if self._resource is Resource.CUSTOMERS:
            return query | {"orderby": "registered_date", "role": "all"}
        query["orderby"] = "modified"
        if self._sync.modified_after:
            after = self._sync.modified_after.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
            query |= {"modified_after": after, "dates_are_gmt": "true"}
        return query

    def _variations(self, products: Sequence[ProductBody]) -> list[ProductBody]:
        """Read the variations of variable products; they carry the prices and codes that orders name."""
        found: list[ProductBody] = []
        for product in products:
            page = 1
            while product.type == VARIABLE:
                query = {"per_page": str(PAGE_SIZE), "page": str(page)}
                parts = self._fetched(f"products/{product.id}/variations", query)
                found += _read_all(parts, ProductBody)[0]
                page += 1
                if len(parts) < PAGE_SIZE:
                    break
        return found

    def _take(self, items: Sequence[Any], now: datetime) -> int:
        """Take the items; when one is refused, one by one, so that the others come in. Returns how many were not."""
        takers: dict[Resource, Callable[[Sequence[Any]], int]] = {
            Resource.ORDERS: lambda told: taking.take_orders(self._row, told, self._shop, now),
            Resource.CUSTOMERS: lambda told: taking.take_customers(told, self._shop, now),
            Resource.PRODUCTS: lambda told: taking.take_products(told, self._shop, now),
        }
        take = takers[self._resource]
        try:
            take(items)
        except (PayloadError, InvalidSnapshotError):
            return sum(_is_refused(take, item) for item in items)
        return 0

    def _move(self, locked: models.Sync, items: Sequence[Any], *, is_last: bool, now: datetime) -> None:
        changed = [item.date_modified_gmt for item in items if item.date_modified_gmt]
        after = locked.modified_after
        if changed and self._resource is not Resource.CUSTOMERS:
            after = datetime.fromisoformat(changed[-1]).replace(tzinfo=UTC) - OVERLAP
        if is_last:
            locked.state, locked.page, locked.finished_at = SyncState.DONE, 1, now
        elif after is not None and (locked.modified_after is None or after > locked.modified_after):
            locked.page = 1
        else:
            locked.page += 1
        locked.modified_after = after


def _read_all(parts: Sequence[Any], kind: type[Any]) -> tuple[list[Any], int]:
    items, refused = [], 0
    for part in parts:
        try:
            items.append(read(part, kind))
        except PayloadError:
            refused += 1
    return items, refused


def _is_refused(take: Callable[[Sequence[Any]], int], item: Any) -> bool:
    try:
        take([item])
    except (PayloadError, InvalidSnapshotError):
        return True
    return False
