"""Which events may move members up, and whom a batch of them concerns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.events.contracts import RecordedEvent
from wracam.foundation.bulk import fetch
from wracam.foundation.transactions import action
from wracam.loyalty.actions import tiers
from wracam.loyalty.core.ladders import LiveLadder, Measure
from wracam.loyalty.queries import ladders as queries

POINTS_CHANGED = frozenset({"points.earned", "points.taken_back", "points.restored"})
TRADE_CHANGED = frozenset(
    {"order.paid", "order.refunded", "order.refund_cancelled", "order.cancelled", "order.restored", "order.corrected"}
)
_MEMBERS_OF = "SELECT id FROM loyalty_member WHERE customer_id = ANY(%s::uuid[]) AND state = 'active'"


def tier_events() -> frozenset[str]:
    """Return the names of the events after which members may stand higher, as the live ladders measure."""
    names: frozenset[str] = frozenset()
    for ladder in queries.live_ladders():
        names |= _events_of(ladder)
    return names


def _events_of(ladder: LiveLadder) -> frozenset[str]:
    names = POINTS_CHANGED if ladder.measure is Measure.POINTS else frozenset()
    if ladder.measure is not Measure.POINTS or ladder.has_conditions:
        names |= POINTS_CHANGED | TRADE_CHANGED
    return names | {"member.joined"}


def follow(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Move the members of a batch up as soon as they qualify, and greet those who join with the first tier's gift."""
    customers = {one.customer_id for one in batch if one.customer_id is not None}
    named = {UUID(one.data["member_id"]) for one in batch if "member_id" in one.data}
    named |= {row[0] for row in fetch(_MEMBERS_OF, list(customers))} if _asks_trade(batch) else set()
    joined = {UUID(one.data["member_id"]): one for one in batch if one.name == "member.joined"}
    with action():
        if joined:
            tiers.welcome(joined, now=now)
        tiers.assess_tiers(member_ids=sorted(named), is_review=False, now=now)


def _asks_trade(batch: Sequence[RecordedEvent]) -> bool:
    return any(one.name in TRADE_CHANGED for one in batch)
