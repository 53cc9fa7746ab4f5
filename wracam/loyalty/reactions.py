"""What the programme listens to: the life of orders and customers, and every event that a live rule names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wracam.events.contracts import RecordedEvent
from wracam.events.ports import StartsFrom, subscribe
from wracam.loyalty import actions


@subscribe("loyalty.points", names=actions.handled_events, starts_from=StartsFrom.BEGINNING)
def move_points(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Give, take back and date points."""
    actions.handle(batch, now)
