"""Work in the background: deliveries as they come, reading by REST, the nightly reconciling."""

from __future__ import annotations

from wracam.connectors.woocommerce import actions, queries
from wracam.foundation import clock, transactions
from wracam.foundation.jobs import Retry, defer, job, periodic

QUEUE = "connectors"
REST_RETRY = Retry(attempts=8, wait_seconds=30)
PAGES_PER_JOB_MAX = 20


@job(queue=QUEUE)
def handle_deliveries(connection_id: int) -> None:
    """Handle all waiting deliveries of a connection."""
    while actions.handle_waiting(connection_id=connection_id, now=clock.now()):
        pass


@job(queue=QUEUE, retry=REST_RETRY)
def read_history(connection_id: int) -> None:
    """Read some pages by REST and go on in another job, so that a long history holds no worker."""
    for _ in range(PAGES_PER_JOB_MAX):
        if not actions.sync_page(connection_id=connection_id, now=clock.now()):
            return
    defer(read_history, key=f"woocommerce.read:{connection_id}", connection_id=connection_id)


@job(queue=QUEUE, retry=REST_RETRY)
def set_up(connection_id: int, delivery_url: str) -> None:
    """Create our webhooks, then begin to read the history."""
    actions.create_webhooks(connection_id=connection_id, delivery_url=delivery_url, now=clock.now())
    begin_reading(connection_id, is_full=True)


def begin_reading(connection_id: int, *, is_full: bool) -> None:
    """Start a sync and its job in one transaction."""
    with transactions.action():
        actions.start_sync(connection_id=connection_id, is_full=is_full, now=clock.now())
        defer(read_history, key=f"woocommerce.read:{connection_id}", connection_id=connection_id)


@periodic("*/5 * * * *", queue=QUEUE)
def handle_leftovers() -> None:
    """Handle deliveries that came in the very moment in which their connection's job ended."""
    for connection_id in queries.connections_with_waiting():
        defer(handle_deliveries, key=f"woocommerce.handle:{connection_id}", connection_id=connection_id)


@periodic("17 2 * * *", queue=QUEUE)
def reconcile() -> None:
    """Read what changed since the last reading: webhooks may be lost, switched off or delayed."""
    for connection_id in queries.ready_connections():
        begin_reading(connection_id, is_full=False)
    actions.forget_old_deliveries(now=clock.now())
