"""What vouchers do when something happened elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.customers.contracts import CustomerMerged
from wracam.events.contracts import RecordedEvent
from wracam.events.ports import subscribe
from wracam.vouchers import actions


@subscribe("vouchers.merges", CustomerMerged)
def follow_merges(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Give what belongs to an absorbed profile to the one that stays."""
    for one in batch:
        if one.customer_id is not None:
            absorbed_id = UUID(one.data["absorbed_id"])
            actions.move_belongings(absorbed_id=absorbed_id, survivor_id=one.customer_id, now=now)
