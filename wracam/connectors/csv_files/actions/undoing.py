"""Undoing an import: the orders it created are deleted, unless something newer changed them.

Commerce announces each deletion, so points and whatever else the orders gave are taken back by those who gave them.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.commerce import actions as commerce
from wracam.commerce import queries as orders
from wracam.connectors.csv_files import models, queries
from wracam.connectors.csv_files.actions.starting import ImportRefusedError
from wracam.connectors.csv_files.contracts import ImportReport, ImportState, Outcome, ProgressCallback
from wracam.foundation import transactions
from wracam.shops import actions as shops
from wracam.shops.contracts import Actor

CHUNK_ORDERS = 200


def undo(*, import_id: UUID, actor: Actor, now: datetime, progress: ProgressCallback | None = None) -> ImportReport:
    """Take back what the import created, or go on where a killed undo stopped.

    Raises `ImportRefusedError` while the import runs.

    An order that we knew before, or that something newer has changed since, stays as it is and is counted as kept.
    """
    begin_undo(import_id=import_id, actor=actor, now=now)
    while _withdraw_some(import_id, now):
        if progress and (report := queries.report(import_id)):
            progress(report)
    report = queries.report(import_id)
    if report is None:
        raise LookupError(f"there is no import {import_id}")
    return report


def begin_undo(*, import_id: UUID, actor: Actor, now: datetime) -> None:
    """Mark the import as being undone; raises `ImportRefusedError` while it runs. `undo` does the work."""
    with transactions.action():
        locked = models.Import.objects.select_for_update().get(id=import_id)
        if locked.state in {ImportState.WAITING, ImportState.RUNNING}:
            raise ImportRefusedError(
                pl="Ten import jeszcze trwa; poczekaj, aż się skończy, i wtedy go cofnij.",
                en="This import is still running; wait until it is done, then undo it.",
            )
        if locked.state != ImportState.DONE:
            return
        locked.state = ImportState.UNDOING
        locked.save(update_fields=["state"])
        shops.audit(
            actor=actor,
            verb="import.undone",
            object_kind="import",
            object_id=import_id,
            summary=locked.file_name,
            now=now,
        )


def _withdraw_some(import_id: UUID, now: datetime) -> bool:
    """Withdraw the next orders in one transaction; say whether there may be more."""
    with transactions.action():
        locked = models.Import.objects.select_for_update().get(id=import_id)
        if locked.state != ImportState.UNDOING:
            return False
        created = models.ImportOrder.objects.filter(import_id=import_id, outcome=Outcome.CREATED)
        rows = list(created.order_by("id")[:CHUNK_ORDERS])
        if not rows:
            locked.state = ImportState.UNDONE
            locked.finished_at = now
            locked.save(update_fields=["state", "finished_at"])
            return False
        _withdraw(locked, rows, now)
        return True


def _withdraw(locked: models.Import, rows: list[models.ImportOrder], now: datetime) -> None:
    known = {order.id: order for order in orders.orders([row.order_id for row in rows if row.order_id])}
    for row in rows:
        order = known.get(row.order_id) if row.order_id else None
        if order is None or order.modified_at != row.modified_at:
            row.outcome = Outcome.KEPT
            continue
        commerce.delete_order(
            shop_id=locked.shop_id,
            source=locked.source,
            external_id=row.external_id,
            modified_at=row.modified_at,
            now=now,
        )
        row.outcome = Outcome.WITHDRAWN
    models.ImportOrder.objects.bulk_update(rows, ["outcome"])
