"""Ladders in force, what members measure on them, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from wracam.definitions import queries as definitions
from wracam.foundation.bulk import fetch
from wracam.loyalty.contracts import Member
from wracam.loyalty.core import tiers
from wracam.loyalty.core.ladders import LiveLadder, TierTexts, read_ladder
from wracam.loyalty.queries import judging

LADDER_KIND = "tier_ladder"

_EARNED = """
SELECT member_id, sum(CASE WHEN credit IN ('reversed', 'issued') THEN -amount ELSE amount END)
FROM point_transfer
WHERE member_id = ANY(%s::uuid[]) AND point_kind = %s AND reason IN ('earned', 'taken_back', 'restored')
  AND (%s::timestamptz IS NULL OR happened_at >= %s)
GROUP BY member_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierStanding:
    """Where a member stands on a ladder, and what is next or at risk: by the code that decides at night."""

    ladder: str
    tier: TierTexts
    amount: int
    progress: tiers.Progress
    next_tier: TierTexts | None

    @property
    def to_next(self) -> int:
        """What the next tier asks for in all; what is measured when there is none."""
        return max(1, self.amount + self.progress.missing)


def live_ladders(at: datetime | None = None) -> list[LiveLadder]:
    """Return the ladders in force."""
    found = (
        read_ladder(version.body, key=version.key, version_id=version.version_id)[0]
        for version in definitions.live(LADDER_KIND, at)
    )
    return [ladder for ladder in found if ladder is not None]


def measured(ladder: LiveLadder, member_ids: Sequence[UUID], *, now: datetime, zone: ZoneInfo) -> dict[UUID, int]:
    """Return what these members measure on a ladder at *now*: points earned in its window, less those taken back."""
    start = ladder.window.starts_at(now, zone)
    found: dict[UUID, int] = dict(fetch(_EARNED, list(member_ids), ladder.point_kind, start, start))
    return {member_id: max(0, int(found.get(member_id, 0))) for member_id in member_ids}


def tiers_of(ladder: LiveLadder, member_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the tiers of these members; those without a row stand at the bottom."""
    rows = fetch(
        "SELECT member_id, tier FROM loyalty_member_tier WHERE ladder = %s AND member_id = ANY(%s::uuid[])",
        ladder.key,
        list(member_ids),
    )
    lowest = ladder.steps.tiers[0].key
    return dict.fromkeys(member_ids, lowest) | dict(rows)


def tier_standings(member: Member, *, now: datetime) -> list[TierStanding]:
    """Return where a member stands on every ladder."""
    zone = judging.zone(member.shop_id)
    standings = []
    for ladder in live_ladders(now):
        if ladder.program not in ("", member.program):
            continue
        tier = tiers_of(ladder, [member.id])[member.id]
        tier = ladder.steps.tiers[ladder.steps.position(tier)].key
        amount = measured(ladder, [member.id], now=now, zone=zone)[member.id]
        progress = tiers.progress(ladder.steps, tier, amount)
        standings.append(
            TierStanding(
                ladder=ladder.key,
                tier=ladder.text(tier),
                amount=amount,
                progress=progress,
                next_tier=ladder.text(progress.next_tier) if progress.next_tier else None,
            )
        )
    return standings
