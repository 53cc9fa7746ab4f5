"""What challenges listen to: every event that a live one counts, and what happens to counted orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wracam.challenges import actions
from wracam.events.contracts import RecordedEvent
from wracam.events.ports import StartsFrom, subscribe

BATCH_SIZE = 2_000


@subscribe("challenges", names=actions.handled_events, starts_from=StartsFrom.NOW, batch_size=BATCH_SIZE)
def count(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Count what happened, undo what was returned, and let what follows happen."""
    actions.count(batch, now)
