"""Moving members between tiers: up at once when they qualify, down only at the review after a shop's midnight.

A batch is measured without locks; only those who would move are locked, measured again and moved. The review of the
night asks `reviews`, which leaves out beforehand whom nothing can move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.events import actions as events
from wracam.events.contracts import Cause, Event, RecordedEvent
from wracam.foundation.bulk import as_json, execute
from wracam.foundation.transactions import action
from wracam.loyalty.actions import gifts, posting
from wracam.loyalty.contracts import TierAtRisk, TierLost, TierReached, UnknownMemberError, UnknownTierError
from wracam.loyalty.core import tiers as core
from wracam.loyalty.core.ladders import LiveLadder
from wracam.loyalty.queries import ladders as queries
from wracam.loyalty.queries.ladders import Kept, Person, Sight
from wracam.shops import actions as shop_actions
from wracam.shops.contracts import Actor

_STORE = """
INSERT INTO loyalty_member_tier AS t (member_id, ladder, tier, since, kept_until, floor, risk_noted_at)
SELECT member_id, ladder, tier, since, kept_until, floor, risk_noted_at
FROM jsonb_to_recordset(%s::text::jsonb) AS i(
    member_id uuid, ladder text, tier text, since timestamptz, kept_until timestamptz, floor text,
    risk_noted_at timestamptz)
ORDER BY member_id
ON CONFLICT (member_id, ladder) DO UPDATE SET
    tier = excluded.tier, since = excluded.since, kept_until = excluded.kept_until, floor = excluded.floor,
    risk_noted_at = excluded.risk_noted_at
"""
_LIMIT_GIFT = "UPDATE loyalty_member_tier SET floor_until = %s WHERE member_id = %s AND ladder = %s"
_WRITE_TIERS = """
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset(%s::text::jsonb) AS i(
        ladder text, tier text, program text, position integer, version_id uuid, benefits jsonb)
), gone AS (
    DELETE FROM loyalty_tier AS t WHERE NOT EXISTS (
        SELECT FROM wanted AS w WHERE w.ladder = t.ladder AND w.tier = t.tier)
)
INSERT INTO loyalty_tier AS t (ladder, tier, program, position, version_id, benefits)
SELECT ladder, tier, program, position, version_id, benefits FROM wanted ORDER BY ladder, tier
ON CONFLICT (ladder, tier) DO UPDATE SET
    program = excluded.program, position = excluded.position, version_id = excluded.version_id,
    benefits = excluded.benefits
WHERE t.version_id IS DISTINCT FROM excluded.version_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """What changes for a member on a ladder."""

    person: Person
    before: Kept
    after: core.Standing
    progress: core.Progress
    tells_risk: bool
    forgets_risk: bool


def assess_tiers(*, member_ids: Sequence[UUID], is_review: bool, now: datetime) -> int:
    """Move these members to the tiers they measure, downwards only at a review; return how many moved."""
    with action():
        seen = queries.sight(now)
        return sum(assess(ladder, member_ids, seen, is_review=is_review) for ladder in queries.live_ladders(now))


def assess(ladder: LiveLadder, member_ids: Sequence[UUID], seen: Sight, *, is_review: bool) -> int:
    """Move these members to the tiers they measure on one ladder; return how many moved. Demands a transaction."""
    candidates = _moves(ladder, queries.people(ladder, member_ids), seen, is_review=is_review)
    if not candidates:
        return 0
    ids = [move.person.member_id for move in candidates]
    posting.lock_members(ids)
    moves = _moves(ladder, queries.people(ladder, ids, is_locked=True), seen, is_review=is_review)
    execute(_STORE, as_json(_stored(ladder, move, seen.now) for move in moves))
    _announce(ladder, moves, seen)
    return sum(move.after.tier != move.before.standing.tier for move in moves)


def welcome(joined: Mapping[UUID, RecordedEvent], *, now: datetime) -> int:
    """Give the gift of the lowest tier to members who have just joined; return how many got it."""
    seen, given = queries.sight(now), 0
    for ladder in queries.live_ladders(now):
        people = queries.people(ladder, list(joined), is_locked=True) if ladder.text(ladder.lowest).gift else []
        causes = {person.member_id: joined[person.member_id].as_cause() for person in people}
        given += gifts.give(ladder, [(person, [ladder.lowest]) for person in people], causes, seen)
    return given


def grant_tier(
    *,
    member_id: UUID,
    ladder: str,
    tier: str | None,
    actor: Actor,
    now: datetime,
    until: datetime | None = None,
    note: str = "",
) -> None:
    """Give a member a tier by hand, below which no review takes them (*until* then); None takes the gift back.

    What the member has not earned leaves them at the first review after it. The *note* says why, in the audit.
    Raises `UnknownMemberError` and `UnknownTierError`. Granting the same tier twice changes nothing.
    """
    with action():
        found = require_tier(ladder, tier, now=now)
        held = queries.people(found, [member_id], is_locked=True)
        if not held:
            raise UnknownMemberError(UnknownMemberError.__doc__)
        stored = queries.kept(found, [member_id], now)[member_id]
        row = _row(found, member_id, core.Standing(tier=stored.standing.tier, floor=tier), stored, now)
        execute(_STORE, as_json([{**row, "risk_noted_at": None}]))
        execute(_LIMIT_GIFT, until if tier else None, member_id, ladder)
        summary = gift_summary(ladder, tier, until, note)
        shop_actions.audit(
            actor=actor, verb="tier.granted", object_kind="member", object_id=member_id, summary=summary, now=now
        )
        assess(found, [member_id], queries.sight(now), is_review=False)


def carry_grants(*, absorbed_id: UUID, survivor_id: UUID, now: datetime) -> None:
    """Let a tier that was given by hand outlive a merge: of two the higher one stays. Demands a transaction."""
    seen = queries.sight(now)
    for ladder in queries.live_ladders(now):
        stored = queries.kept(ladder, [absorbed_id, survivor_id], now)
        given, own = (stored[member_id].standing.floor for member_id in (absorbed_id, survivor_id))
        if given is None or (own is not None and ladder.steps.position(own) >= ladder.steps.position(given)):
            continue
        mine = stored[survivor_id]
        row = _row(ladder, survivor_id, core.Standing(tier=mine.standing.tier, floor=given), mine, now)
        execute(_STORE, as_json([{**row, "risk_noted_at": None}]))
        execute(_LIMIT_GIFT, stored[absorbed_id].granted_until, survivor_id, ladder.key)
        assess(ladder, [survivor_id], seen, is_review=False)


def require_tier(ladder: str, tier: str | None, *, now: datetime) -> LiveLadder:
    """Return the live ladder with this tier (None: any); raises `UnknownTierError`."""
    found = next((one for one in queries.live_ladders(now) if one.key == ladder), None)
    if found is None or (tier is not None and tier not in {step.key for step in found.steps.tiers}):
        raise UnknownTierError(UnknownTierError.__doc__)
    return found


def gift_summary(ladder: str, tier: str | None, until: datetime | None, note: str) -> str:
    """Return what the audit keeps of a tier given by hand: `levels: gold until 2026-12-31: with our apologies`."""
    limit = f" until {until.date().isoformat()}" if tier and until else ""
    return f"{ladder}: {tier or '–'}{limit}" + (f": {note}" if note else "")


def write_tiers(*, now: datetime) -> None:
    """Bring the table of tiers and benefits, which conditions join, up to what the live ladders say."""
    with action():
        execute(
            _WRITE_TIERS,
            as_json(
                {
                    "ladder": ladder.key,
                    "tier": step.key,
                    "program": ladder.program,
                    "position": position,
                    "version_id": ladder.version_id,
                    "benefits": ladder.text(step.key).benefits.as_data(),
                }
                for ladder in queries.live_ladders(now)
                for position, step in enumerate(ladder.steps.tiers)
            ),
        )


def _moves(ladder: LiveLadder, people: Sequence[Person], seen: Sight, *, is_review: bool) -> list[_Move]:
    """Measure these members and return what changes for them; most days that is nothing."""
    found = queries.measured(ladder, people, seen)
    stored = queries.kept(ladder, [person.member_id for person in people], seen.now)
    moves = []
    for person in people:
        counted, spans, before = (
            found.counted[person.member_id],
            found.spans[person.member_id],
            stored[person.member_id],
        )
        if is_review:
            dates = ladder.reviewing(seen.now, seen.zone(person.shop_id), spans)
            after = core.review(ladder.steps, before.standing, counted, dates)
        else:
            after = core.climb(ladder.steps, before.standing, counted)
        progress = queries.progress_of(ladder, after, counted, spans, seen.now)
        tells = is_review and progress.at_risk and before.risk_noted_at is None
        forgets = before.risk_noted_at is not None and not progress.at_risk
        if after != before.standing or tells or forgets:
            moves.append(
                _Move(
                    person=person, before=before, after=after, progress=progress, tells_risk=tells, forgets_risk=forgets
                )
            )  # fmt: skip
    return moves


def _stored(ladder: LiveLadder, move: _Move, now: datetime) -> dict[str, object]:
    row = _row(ladder, move.person.member_id, move.after, move.before, now)
    noted = now if move.tells_risk else None if move.forgets_risk else move.before.risk_noted_at
    return {**row, "risk_noted_at": noted}


def _row(ladder: LiveLadder, member_id: UUID, after: core.Standing, before: Kept, now: datetime) -> dict[str, object]:
    stays = after.tier == before.standing.tier
    return {
        "member_id": member_id,
        "ladder": ladder.key,
        "tier": after.tier,
        "since": before.since or now if stays else now,
        "kept_until": after.kept_until,
        "floor": after.floor,
    }


def _announce(ladder: LiveLadder, moves: Sequence[_Move], seen: Sight) -> None:
    """Record what happened to each member, and give the gifts of tiers reached for the first time."""
    changed = [move for move in moves if move.after.tier != move.before.standing.tier]
    risen = [move for move in changed if _is_higher(ladder, move)]
    fallen = [move for move in changed if not _is_higher(ladder, move)]
    ids = events.record([_event(TierReached, ladder, move, seen.now) for move in risen], now=seen.now)
    told: list[Event] = [_event(TierLost, ladder, move, seen.now) for move in fallen]
    told += [_risk(ladder, move, seen.now) for move in moves if move.tells_risk]
    events.record(told, now=seen.now)
    causes = {move.person.member_id: Cause(event_id=cause, depth=1) for move, cause in zip(risen, ids, strict=True)}
    gifts.give(ladder, [(move.person, _passed(ladder, move)) for move in risen], causes, seen)


def _passed(ladder: LiveLadder, move: _Move) -> list[str]:
    """Return the tiers above the one before, up to the one reached: a jump over two brings both gifts."""
    first = ladder.steps.position(move.before.standing.tier) + 1
    return [step.key for step in ladder.steps.tiers[first : ladder.steps.position(move.after.tier) + 1]]


def _is_higher(ladder: LiveLadder, move: _Move) -> bool:
    return ladder.steps.position(move.after.tier) > ladder.steps.position(move.before.standing.tier)


def _event(
    kind: type[TierReached] | type[TierLost], ladder: LiveLadder, move: _Move, now: datetime
) -> TierReached | TierLost:
    return kind(
        shop_id=move.person.shop_id,
        customer_id=move.person.customer_id,
        occurred_at=now,
        member_id=move.person.member_id,
        ladder=ladder.key,
        tier=move.after.tier,
        previous=move.before.standing.tier,
    )


def _risk(ladder: LiveLadder, move: _Move, now: datetime) -> TierAtRisk:
    return TierAtRisk(
        shop_id=move.person.shop_id,
        customer_id=move.person.customer_id,
        occurred_at=now,
        member_id=move.person.member_id,
        ladder=ladder.key,
        tier=move.after.tier,
        after=move.progress.after or ladder.lowest,
        to_keep=move.progress.to_keep,
        keep_by=move.progress.keep_by,
    )
