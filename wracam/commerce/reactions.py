"""What trade does when something happens to people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.commerce import actions
from wracam.customers.contracts import CustomerMerged
from wracam.events.contracts import RecordedEvent
from wracam.events.ports import subscribe


@subscribe("commerce.merges", CustomerMerged)
def follow_merges(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Move the orders of absorbed profiles."""
    actions.follow_merges(absorbed_ids=[UUID(merged.data["absorbed_id"]) for merged in batch])
