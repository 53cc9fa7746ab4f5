"""Imports in the background. A killed worker's job runs again and goes on at the import's cursor."""

from __future__ import annotations

from uuid import UUID

from wracam.connectors.csv_files import actions
from wracam.foundation import clock
from wracam.foundation.jobs import job
from wracam.shops.contracts import Actor

QUEUE = "imports"


@job(queue=QUEUE)
def run_import(import_id: str) -> None:
    """Import a file, or go on with it."""
    actions.run(import_id=UUID(import_id), now=clock.now())


@job(queue=QUEUE)
def undo_import(import_id: str, actor_kind: str, actor_id: str, actor_name: str) -> None:
    """Undo an import, or go on with it."""
    actor = Actor(kind=actor_kind, id=actor_id, name=actor_name)
    actions.undo(import_id=UUID(import_id), actor=actor, now=clock.now())
