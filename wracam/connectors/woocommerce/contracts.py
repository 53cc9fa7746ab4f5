"""The public language of the WooCommerce connector: connections, deliveries and syncs as people see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    DONE = "done"
    IGNORED = "ignored"
    """Signed, understood, and nothing that we keep."""
    FAILED = "failed"


class Resource(StrEnum):
    """What is read by REST, in this order, so that orders find their products and buyers."""

    PRODUCTS = "products"
    CUSTOMERS = "customers"
    ORDERS = "orders"


class SyncState(StrEnum):
    """How far the reading of one resource is."""

    NEVER = "never"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """The reading of one resource."""

    resource: Resource
    state: SyncState
    taken: int
    refused: int
    finished_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A shop's WooCommerce, without its secrets."""

    id: int
    shop_id: int
    url: str
    hook_token: str
    has_keys: bool
    has_webhooks: bool
    last_delivery_at: datetime | None
    waiting_deliveries: int
    failed_deliveries: int
    refused_count: int
    last_refused_at: datetime | None
    last_error: str
    last_error_at: datetime | None
    syncs: tuple[Sync, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The answer to a call of our hook: the HTTP status, and whether it was stored just now."""

    status: int
    is_new: bool = False
    connection_id: int | None = None
