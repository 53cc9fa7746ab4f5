"""Moving members between tiers: up at once when points are earned, down only at the nightly review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.events import actions as events
from wracam.foundation.bulk import as_json, execute, fetch
from wracam.foundation.transactions import action
from wracam.loyalty.contracts import TierChanged
from wracam.loyalty.core import tiers as core
from wracam.loyalty.core.ladders import LiveLadder
from wracam.loyalty.queries import judging
from wracam.loyalty.queries import ladders as queries

BATCH_SIZE = 2_000
_STORE = """
INSERT INTO loyalty_member_tier AS t (member_id, ladder, tier, since)
SELECT member_id, ladder, tier, since
FROM jsonb_to_recordset(%s::text::jsonb) AS i(member_id uuid, ladder text, tier text, since timestamptz)
ORDER BY member_id
ON CONFLICT (member_id, ladder) DO UPDATE SET tier = excluded.tier, since = excluded.since
"""
_MEMBERS = """
SELECT id FROM loyalty_member WHERE id > %s AND state = 'active' AND (%s = '' OR program = %s) ORDER BY id LIMIT %s
"""


def assess_tiers(*, member_ids: Sequence[UUID], is_review: bool, now: datetime) -> int:
    """Move these members to the tiers they measure, downwards only at a review; return how many moved."""
    with action():
        return sum(_assess(ladder, member_ids, is_review=is_review, now=now) for ladder in queries.live_ladders(now))


def review_tiers(*, now: datetime) -> int:
    """Review every member on every ladder, in batches; the nightly step that may move members down."""
    moved = 0
    for ladder in queries.live_ladders(now):
        last = UUID(int=0)
        while batch := [row[0] for row in fetch(_MEMBERS, last, ladder.program, ladder.program, BATCH_SIZE)]:
            with action():
                moved += _assess(ladder, batch, is_review=True, now=now)
            last = batch[-1]
    return moved


def _assess(ladder: LiveLadder, member_ids: Sequence[UUID], *, is_review: bool, now: datetime) -> int:
    people = {
        member_id: (customer_id, shop_id)
        for member_id, customer_id, shop_id in fetch(
            """SELECT id, customer_id, shop_id FROM loyalty_member
               WHERE id = ANY(%s::uuid[]) AND state = 'active' AND (%s = '' OR program = %s) ORDER BY id FOR UPDATE""",
            list(member_ids),
            ladder.program,
            ladder.program,
        )
    }
    standing = queries.tiers_of(ladder, list(people))
    changed: list[TierChanged] = []
    for shop_id in sorted({shop for _customer, shop in people.values()}):
        mine = [member_id for member_id, (_customer, shop) in people.items() if shop == shop_id]
        amounts = queries.measured(ladder, mine, now=now, zone=judging.zone(shop_id))
        for member_id in mine:
            before = standing[member_id]
            after = core.assess(ladder.steps, before, amounts[member_id], is_review=is_review)
            if after != before:
                changed.append(_change(ladder, member_id, people[member_id], before, after, now))
    if changed:
        execute(
            _STORE,
            as_json(
                {"member_id": one.member_id, "ladder": one.ladder, "tier": one.tier, "since": now} for one in changed
            ),
        )
        events.record(changed, now=now)
    return len(changed)


def _change(
    ladder: LiveLadder, member_id: UUID, owner: tuple[UUID, int], before: str, after: str, now: datetime
) -> TierChanged:
    customer_id, shop_id = owner
    return TierChanged(
        shop_id=shop_id,
        customer_id=customer_id,
        occurred_at=now,
        member_id=member_id,
        ladder=ladder.key,
        previous=before,
        tier=after,
        is_higher=ladder.steps.position(after) > ladder.steps.position(before),
    )
