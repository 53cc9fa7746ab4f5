"""Telling customers who are near a goal, once per window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from wracam.challenges.contracts import RewardNear
from wracam.challenges.core import counting
from wracam.challenges.core.challenge import Challenge
from wracam.challenges.core.counting import Fact
from wracam.events import actions as events
from wracam.events.contracts import Cause
from wracam.foundation.bulk import as_json, fetch

_NOTE = """
INSERT INTO challenge_nearness AS n (challenge, customer_id, period, noted_at)
SELECT challenge, customer_id, period, noted_at FROM jsonb_to_recordset(%s::text::jsonb) AS i(
    challenge text, customer_id uuid, period text, noted_at timestamptz, renews_before timestamptz)
ORDER BY challenge, customer_id, period
ON CONFLICT (challenge, customer_id, period) DO UPDATE SET noted_at = excluded.noted_at
WHERE n.noted_at < (
    SELECT i.renews_before FROM jsonb_to_recordset(%s::text::jsonb) AS i(
        challenge text, customer_id uuid, period text, renews_before timestamptz)
    WHERE i.challenge = n.challenge AND i.customer_id = n.customer_id AND i.period = n.period)
RETURNING challenge, customer_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Somebody who lacks little: of which challenge, in which window, and how much."""

    challenge: Challenge
    customer_id: UUID
    shop_id: int
    period: str
    missing: int
    goal: int
    cause: Cause | None


def near(
    challenge: Challenge,
    customer_id: UUID,
    shop_id: int,
    facts: Sequence[Fact],
    cause: Cause | None,
    now: datetime,
    zone: ZoneInfo,
) -> Near | None:
    """Return how near somebody is to the next goal, or None if that is not near enough to tell."""
    if not challenge.near:
        return None
    found = counting.now_of(challenge, facts, now, zone)
    most = challenge.times_max if challenge.repeats else len(challenge.levels)
    if found.completed >= most:
        return None
    goal = challenge.level(found.completed + 1).goal
    has_rest = challenge.repeats and not challenge.window.rolling_days
    missing = goal - (found.amount % goal if has_rest else found.amount)
    if not 0 < missing <= challenge.near:
        return None
    return Near(
        challenge=challenge, customer_id=customer_id, shop_id=shop_id, period=f"{found.period}:{found.completed}",
        missing=missing, goal=goal, cause=cause,
    )  # fmt: skip


def tell(found: Sequence[Near], *, now: datetime) -> None:
    """Record `RewardNear` for those who were not told in this window; a rolling window is over after its days."""
    if not found:
        return
    rows = as_json(
        {
            "challenge": one.challenge.key, "customer_id": one.customer_id, "period": one.period, "noted_at": now,
            "renews_before": now - timedelta(days=one.challenge.window.rolling_days)
            if one.challenge.window.rolling_days else None,
        }
        for one in found
    )  # fmt: skip
    fresh = set(fetch(_NOTE, rows, rows))
    events.record(
        [
            RewardNear(
                shop_id=one.shop_id, customer_id=one.customer_id, occurred_at=now, cause=one.cause,
                challenge=one.challenge.key, missing=one.missing, goal=one.goal, is_money=one.challenge.is_money,
            )
            for one in found
            if (one.challenge.key, one.customer_id) in fresh
        ],
        now=now,
    )  # fmt: skip
