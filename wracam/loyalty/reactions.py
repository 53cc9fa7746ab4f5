"""What the programme listens to: the life of orders and customers, and every event that a live rule names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.events.contracts import RecordedEvent
from wracam.events.ports import StartsFrom, subscribe
from wracam.loyalty import actions, queries

POINTS_CHANGED = frozenset({"points.earned", "points.taken_back", "points.restored"})


BATCH_SIZE = 3_000
"""Large, because the cost of a batch hardly grows with it: its statements are sets."""


@subscribe("loyalty.points", names=actions.handled_events, starts_from=StartsFrom.BEGINNING, batch_size=BATCH_SIZE)
def move_points(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Give, take back and date points."""
    actions.handle(batch, now)


def _tier_events() -> frozenset[str]:
    return POINTS_CHANGED if queries.live_ladders() else frozenset()


@subscribe("loyalty.tiers", names=_tier_events)
def move_up(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Move members up as soon as they have earned enough."""
    actions.assess_tiers(member_ids=sorted({UUID(one.data["member_id"]) for one in batch}), is_review=False, now=now)
