"""What the programme listens to: the life of orders and customers, and every event that a live rule names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wracam.definitions.contracts import DefinitionArchived, DefinitionPublished
from wracam.events.contracts import RecordedEvent
from wracam.events.ports import StartsFrom, subscribe
from wracam.loyalty import actions
from wracam.loyalty.queries.programs import LADDER_KIND

BATCH_SIZE = 3_000
"""Large, because the cost of a batch hardly grows with it: its statements are sets."""


@subscribe("loyalty.points", names=actions.handled_events, starts_from=StartsFrom.BEGINNING, batch_size=BATCH_SIZE)
def move_points(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Give, take back and date points."""
    actions.handle(batch, now)


@subscribe("loyalty.tiers", names=actions.tier_events, batch_size=BATCH_SIZE)
def move_up(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Move members up as soon as they qualify."""
    actions.follow(batch, now)


@subscribe("loyalty.ladders", DefinitionPublished, DefinitionArchived)
def write_ladders(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Let conditions know the tiers and benefits of ladders that were published or archived."""
    if any(one.data["kind"] == LADDER_KIND for one in batch):
        actions.write_tiers(now=now)


ORDER_UNDONE = frozenset({"order.refunded", "order.refund_cancelled", "order.cancelled", "order.restored"})


@subscribe("loyalty.payments", names=lambda: ORDER_UNDONE)
def hand_back(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Hand points back that paid for what was refunded."""
    actions.hand_back_points(batch, now)
