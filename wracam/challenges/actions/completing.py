"""Working out progress from facts, and what follows: goals reached bring their rewards, undone ones give them back.

A goal that was reached is judged by the version that said so, so a changed challenge takes nothing away; new goals
are judged by the version in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.challenges.actions import nearing
from wracam.challenges.actions.nearing import Near
from wracam.challenges.contracts import ChallengeCompleted, ChallengeUndone
from wracam.challenges.core import counting
from wracam.challenges.core.challenge import Challenge
from wracam.challenges.core.counting import Progress, Reached
from wracam.challenges.queries import judging, live
from wracam.challenges.queries.facts import Pair, Story, stories
from wracam.events import actions as events
from wracam.events.contracts import Cause, RecordedEvent
from wracam.foundation.bulk import as_json, execute, fetch
from wracam.kernel.ids import derived_id
from wracam.kernel.language import Words
from wracam.rules import actions as rules
from wracam.rules.contracts import Granting

_STORE_PROGRESS = """
WITH wanted AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%s::text::jsonb) AS i(
        challenge text, period text, customer_id uuid, shop_id integer, amount bigint, last_at timestamptz)
), gone AS (
    DELETE FROM challenge_progress AS p USING unnest(%s::text[], %s::uuid[]) AS t(challenge, customer_id)
    WHERE p.challenge = t.challenge AND p.customer_id = t.customer_id AND NOT EXISTS (
        SELECT FROM wanted AS w
        WHERE w.challenge = p.challenge AND w.customer_id = p.customer_id AND w.period = p.period)
)
INSERT INTO challenge_progress AS p (challenge, period, customer_id, shop_id, amount, last_at, is_listed)
SELECT w.challenge, w.period, w.customer_id, w.shop_id, w.amount, w.last_at, coalesce(l.is_listed, true)
FROM wanted AS w LEFT JOIN challenge_player AS l ON l.customer_id = w.customer_id
ORDER BY w.challenge, w.period, w.customer_id
ON CONFLICT (challenge, period, customer_id) DO UPDATE SET
    amount = excluded.amount, last_at = excluded.last_at
WHERE (p.amount, p.last_at) IS DISTINCT FROM (excluded.amount, excluded.last_at)
"""
_STORE_COMPLETIONS = """
INSERT INTO challenge_completion AS c (
    id, challenge, version_id, customer_id, shop_id, period, number, reached_at, is_standing, round)
SELECT id, challenge, version_id, customer_id, shop_id, period, number, reached_at, is_standing, round
FROM jsonb_to_recordset(%s::text::jsonb) AS i(
    id uuid, challenge text, version_id uuid, customer_id uuid, shop_id integer, period text, number integer,
    reached_at timestamptz, is_standing boolean, round integer)
ORDER BY challenge, customer_id, period, number
ON CONFLICT (challenge, customer_id, period, number) DO UPDATE SET
    is_standing = excluded.is_standing, round = excluded.round, reached_at = excluded.reached_at,
    version_id = excluded.version_id
"""
_KNOWN = """
SELECT c.id, c.challenge, c.customer_id, c.version_id, c.period, c.number, c.reached_at, c.is_standing, c.round
FROM unnest(%s::text[], %s::uuid[]) AS p(challenge, customer_id)
JOIN challenge_completion AS c ON c.challenge = p.challenge AND c.customer_id = p.customer_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A completion as stored."""

    id: UUID
    version_id: UUID
    period: str
    number: int
    reached_at: datetime
    is_standing: bool
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What a whole batch is settled by, read once."""

    now: datetime
    zones: judging.Zones
    live: Mapping[str, Challenge]


@dataclass(slots=True)
class _Outcome:
    """What a batch changes: rows to store, events, and rewards to bring about or take back."""

    progress: list[dict[str, Any]] = field(default_factory=list)
    completions: list[dict[str, Any]] = field(default_factory=list)
    reached: list[tuple[Challenge, ChallengeCompleted, int]] = field(default_factory=list)
    undone: list[tuple[Challenge, ChallengeUndone, int]] = field(default_factory=list)
    near: list[Near] = field(default_factory=list)


def settle(touched: Mapping[Pair, RecordedEvent | None], *, now: datetime) -> None:
    """Work out and store the progress of these customers, and let what follows happen."""
    if not touched:
        return
    found, known, outcome = stories(touched), _known(touched), _Outcome()
    scene = _Scene(now=now, zones=judging.shop_zones(), live={one.key: one for one in live.live_challenges(now)})
    for pair, cause in touched.items():
        _settle_one(pair, found.get(pair), known.get(pair, []), cause, outcome, scene)
    execute(
        _STORE_PROGRESS, as_json(outcome.progress), [key for key, _ in touched], [person for _, person in touched]
    )  # fmt: skip
    if outcome.completions:
        execute(_STORE_COMPLETIONS, as_json(outcome.completions))
    _take_back(outcome, now)
    _give(outcome, now)
    nearing.tell(outcome.near, now=now)


def _settle_one(
    pair: Pair,
    story: Story | None,
    known: list[_Known],
    cause: RecordedEvent | None,
    outcome: _Outcome,
    scene: _Scene,
) -> None:
    key, customer_id = pair
    facts, shop_id = (story.facts, story.shop_id) if story else ([], cause.shop_id if cause else 0)
    zone = scene.zones[shop_id]
    counts = scene.live.get(key)
    if counts is None and story is not None:
        counts = live.compiled(story.version_id)
    seen = {one.version_id for one in known}
    by_version = {one: counting.progress(live.compiled(one), facts, zone) for one in seen}
    fresh = counting.progress(counts, facts, zone) if counts else []
    outcome.progress += [_progress_row(key, customer_id, shop_id, one) for one in fresh if one.last_at]
    if counts and (close := nearing.near(counts, customer_id, shop_id, facts, _cause(cause), scene.now, zone)):
        outcome.near.append(close)
    kept = {(one.period, one.number): one for one in known}
    for one in known:
        holds = (one.period, one.number) in {(r.period, r.number) for r in _reached(by_version[one.version_id])}
        if one.is_standing and not holds:
            _undo(live.compiled(one.version_id), customer_id, shop_id, one, cause, outcome)
        elif not one.is_standing and holds:
            _reach(live.compiled(one.version_id), customer_id, shop_id, one, one.round + 1, cause, outcome)
    for reached in _reached(fresh):
        if (reached.period, reached.number) not in kept and counts is not None and counts.version_id is not None:
            new = _Known(
                id=derived_id("challenge", key, customer_id, reached.period, reached.number),
                version_id=counts.version_id, period=reached.period, number=reached.number, reached_at=reached.at,
                is_standing=True, round=1,
            )  # fmt: skip
            _reach(counts, customer_id, shop_id, new, 1, cause, outcome)


def _cause(happened: RecordedEvent | None) -> Cause | None:
    return happened.as_cause() if happened else None


def _reached(found: Iterable[Progress]) -> list[Reached]:
    return [reached for one in found for reached in one.reached]


def _reach(
    challenge: Challenge, customer_id: UUID, shop_id: int, one: _Known, number_of: int,
    cause: RecordedEvent | None, outcome: _Outcome,
) -> None:  # fmt: skip
    outcome.completions.append(_completion_row(challenge, customer_id, shop_id, one, True, number_of))
    level = challenge.level(one.number)
    happened = ChallengeCompleted(
        shop_id=shop_id, customer_id=customer_id, occurred_at=one.reached_at, challenge=challenge.key,
        completion_id=one.id, period=one.period, number=one.number, badge=level.badge.en, version_id=one.version_id,
        cause=cause.as_cause() if cause else None,
    )  # fmt: skip
    outcome.reached.append((challenge, happened, number_of))


def _undo(
    challenge: Challenge, customer_id: UUID, shop_id: int, one: _Known, cause: RecordedEvent | None, outcome: _Outcome
) -> None:
    outcome.completions.append(_completion_row(challenge, customer_id, shop_id, one, False, one.round))
    happened = ChallengeUndone(
        shop_id=shop_id, customer_id=customer_id, occurred_at=cause.occurred_at if cause else one.reached_at,
        challenge=challenge.key, completion_id=one.id, period=one.period, number=one.number,
        cause=cause.as_cause() if cause else None,
    )  # fmt: skip
    outcome.undone.append((challenge, happened, one.round))


def _give(outcome: _Outcome, now: datetime) -> None:
    """Announce goals reached, and bring about their rewards with the announcement as the cause."""
    ids = events.record([happened for _challenge, happened, _round in outcome.reached], now=now)
    grantings: dict[str, list[Granting]] = {}
    for (challenge, happened, number_of), event_id in zip(outcome.reached, ids, strict=True):
        depth = (happened.cause.depth if happened.cause else 0) + 1
        for name, one in _grantings(challenge, happened, number_of, Cause(event_id=event_id, depth=depth)):
            grantings.setdefault(name, []).append(one)
    for name, wanted in grantings.items():
        rules.grant(name, wanted, now=now)


def _take_back(outcome: _Outcome, now: datetime) -> None:
    events.record([happened for _challenge, happened, _round in outcome.undone], now=now)
    grantings: dict[str, list[Granting]] = {}
    for challenge, happened, number_of in outcome.undone:
        for name, one in _grantings(challenge, happened, number_of, happened.cause):
            grantings.setdefault(name, []).append(one)
    for name, wanted in grantings.items():
        rules.take_back(name, wanted, now=now)


def _grantings(
    challenge: Challenge, happened: ChallengeCompleted | ChallengeUndone, number_of: int, cause: Cause | None
) -> Iterable[tuple[str, Granting]]:
    if happened.customer_id is None:
        return
    for place, reward in enumerate(challenge.level(happened.number).rewards):
        yield (
            reward.effect,
            Granting(
                key=f"challenge:{happened.completion_id}:{place}:{number_of}",
                shop_id=happened.shop_id,
                customer_id=happened.customer_id,
                parameters=reward.parameters,
                source=Words(pl=f"za wyzwanie „{challenge.title.pl}”", en=f"for the challenge “{challenge.title.en}”"),
                version_id=challenge.version_id,
                cause=cause,
            ),
        )


def _known(pairs: Iterable[Pair]) -> dict[Pair, list[_Known]]:
    asked = list(pairs)
    rows = fetch(_KNOWN, [challenge for challenge, _ in asked], [customer_id for _, customer_id in asked])
    found: dict[Pair, list[_Known]] = {}
    for row in rows:
        known = _Known(
            id=row[0], version_id=row[3], period=row[4], number=row[5], reached_at=row[6], is_standing=row[7],
            round=row[8],
        )  # fmt: skip
        found.setdefault((row[1], row[2]), []).append(known)
    return found


def _progress_row(key: str, customer_id: UUID, shop_id: int, one: Progress) -> dict[str, Any]:
    return {
        "challenge": key,
        "period": one.period,
        "customer_id": customer_id,
        "shop_id": shop_id,
        "amount": one.amount,
        "last_at": one.last_at,
    }


def _completion_row(
    challenge: Challenge, customer_id: UUID, shop_id: int, one: _Known, is_standing: bool, number_of: int
) -> dict[str, Any]:
    return {
        "id": one.id,
        "challenge": challenge.key,
        "version_id": one.version_id,
        "customer_id": customer_id,
        "shop_id": shop_id,
        "period": one.period,
        "number": one.number,
        "reached_at": one.reached_at,
        "is_standing": is_standing,
        "round": number_of,
    }
