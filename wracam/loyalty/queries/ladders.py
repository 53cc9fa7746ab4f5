"""Ladders in force, what members measure on them, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wracam.commerce import queries as commerce
from wracam.commerce.contracts import SalesSpan
from wracam.definitions import queries as definitions
from wracam.definitions.contracts import LiveVersion
from wracam.foundation.bulk import fetch
from wracam.loyalty.contracts import Member
from wracam.loyalty.core import tiers
from wracam.loyalty.core.ladders import LiveLadder, Measure, TierTexts, read_ladder
from wracam.loyalty.core.windows import Spans
from wracam.loyalty.queries import judging
from wracam.loyalty.queries.programs import LADDER_KIND
from wracam.rules import queries as rules
from wracam.shops import queries as shops

_EARNED = """
SELECT p.member_id,
       coalesce(sum(v.points) FILTER (WHERE e.happened_at >= p.since), 0)::bigint,
       coalesce(sum(v.points) FILTER (WHERE e.happened_at < p.since), 0)::bigint,
       coalesce(sum(v.points) FILTER (WHERE e.happened_at >= p.later), 0)::bigint
FROM unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[]) AS p(member_id, previous, since, later)
JOIN loyalty_earning AS e ON e.member_id = p.member_id AND e.happened_at >= p.previous
CROSS JOIN LATERAL (SELECT e.standing -> %s AS kind) AS s
CROSS JOIN LATERAL (
    SELECT (s.kind ->> 'earned')::bigint - (s.kind ->> 'taken')::bigint - (s.kind ->> 'forgiven')::bigint AS points
) AS v
WHERE s.kind IS NOT NULL
GROUP BY p.member_id
"""
_PEOPLE = """
SELECT id, customer_id, shop_id, joined_at FROM loyalty_member
WHERE id = ANY(%s::uuid[]) AND state = 'active' AND (%s = '' OR program = %s) ORDER BY id
"""
_STANDINGS = """
SELECT member_id, tier, kept_until, CASE WHEN floor_until <= %s THEN NULL ELSE floor END, since, risk_noted_at,
       floor_until
FROM loyalty_member_tier
WHERE ladder = %s AND member_id = ANY(%s::uuid[])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member as the review of tiers needs them."""

    member_id: UUID
    customer_id: UUID
    shop_id: int
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is stored of a member on a ladder."""

    standing: tiers.Standing
    since: datetime | None = None
    risk_noted_at: datetime | None = None
    granted_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What members measure, and the spans it was measured over."""

    counted: Mapping[UUID, tiers.Counted]
    spans: Mapping[UUID, Spans]


@dataclass(frozen=True, slots=True, kw_only=True)
class TierStanding:
    """Where a member stands on a ladder, and what is next or at risk: by the code that decides at night."""

    ladder: LiveLadder
    tier: TierTexts
    amount: int
    progress: tiers.Progress
    next_tier: TierTexts | None
    since: datetime | None = None
    granted: str | None = None
    """The tier given by hand, below which the member does not fall (until `granted_until`; None: for good)."""
    granted_until: datetime | None = None
    currency: str = "PLN"

    @property
    def to_next(self) -> int:
        """What the next tier asks for in all; what is measured when there is none."""
        return max(1, self.amount + self.progress.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the measuring of a batch stands on besides the members: the time and the zones of shops."""

    now: datetime
    zones: Mapping[int, ZoneInfo] = field(default_factory=dict)

    def zone(self, shop_id: int) -> ZoneInfo:
        """Return the time zone of a shop."""
        return self.zones.get(shop_id, judging.UTC_ZONE)


def live_ladders(at: datetime | None = None) -> tuple[LiveLadder, ...]:
    """Return the ladders in force, in the order of their keys."""
    versions = definitions.live(LADDER_KIND, at)
    return tuple(ladder for version in versions if (ladder := _compiled(version.version_id, _Version(version))))


def sight(now: datetime) -> Sight:
    """Read what measuring stands on."""
    return Sight(now=now, zones={shop.id: shop.zone for shop in shops.shops()})


def people(ladder: LiveLadder, member_ids: Sequence[UUID], *, is_locked: bool = False) -> list[Person]:
    """Return those of these members who take part in a ladder; *is_locked* holds them to the transaction's end."""
    lock = " FOR UPDATE" if is_locked else ""
    return [
        Person(member_id=member_id, customer_id=customer_id, shop_id=shop_id, joined_at=joined_at)
        for member_id, customer_id, shop_id, joined_at in fetch(
            _PEOPLE + lock, list(member_ids), ladder.program, ladder.program
        )
    ]


def measured(ladder: LiveLadder, found: Sequence[Person], seen: Sight) -> Measured:
    """Return what these members measure on a ladder: the greater of their current and their previous span."""
    spans = _spans(ladder, found, seen)
    if ladder.measure is Measure.CONDITION or not found:
        sums: dict[UUID, tuple[int, int, int]] = {}
    elif ladder.measure is Measure.POINTS:
        sums = _points(ladder, found, spans)
    else:
        sums = _sales(ladder, found, spans)
    met = _met(ladder, found, seen)
    counted = {}
    for person in found:
        current, previous, later = sums.get(person.member_id, (0, 0, 0))
        counted[person.member_id] = tiers.Counted(
            now=max(0, current, previous), later=max(0, later), met=met.get(person.member_id, tiers.NOTHING)
        )
    return Measured(counted=counted, spans=spans)


def kept(ladder: LiveLadder, member_ids: Sequence[UUID], now: datetime) -> dict[UUID, Kept]:
    """Return where these members stand; those without a row stand at the bottom. A gift that has ended is none."""
    rows = {
        row[0]: Kept(
            standing=tiers.Standing(tier=row[1], kept_until=row[2], floor=row[3]),
            since=row[4],
            risk_noted_at=row[5],
            granted_until=row[6] if row[3] else None,
        )
        for row in fetch(_STANDINGS, now, ladder.key, list(member_ids))
    }
    bottom = Kept(standing=tiers.Standing(tier=ladder.lowest))
    return {member_id: rows.get(member_id, bottom) for member_id in member_ids}


def tier_standings(member: Member, *, now: datetime) -> list[TierStanding]:
    """Return where a member stands on every ladder of their programme."""
    seen = sight(now)
    currency = judging.currency(member.shop_id)
    return [
        _standing(ladder, person, seen, currency)
        for ladder in live_ladders(now)
        if ladder.program in ("", member.program)
        for person in people(ladder, [member.id])
    ]


def progress_of(
    ladder: LiveLadder, standing: tiers.Standing, counted: tiers.Counted, spans: Spans, now: datetime
) -> tiers.Progress:
    """Return what a member is told, by the code that decides at night."""
    return tiers.progress(
        ladder.steps, standing, counted, review_at=spans.review_at, is_soon=ladder.is_soon(spans.review_at, now)
    )


def _standing(ladder: LiveLadder, person: Person, seen: Sight, currency: str) -> TierStanding:
    found = measured(ladder, [person], seen)
    counted, spans = found.counted[person.member_id], found.spans[person.member_id]
    stored = kept(ladder, [person.member_id], seen.now)[person.member_id]
    standing = tiers.Standing(
        tier=ladder.steps.tiers[ladder.steps.position(stored.standing.tier)].key,
        kept_until=stored.standing.kept_until,
        floor=stored.standing.floor,
    )
    progress = progress_of(ladder, standing, counted, spans, seen.now)
    return TierStanding(
        ladder=ladder,
        tier=ladder.text(standing.tier),
        amount=counted.now,
        progress=progress,
        next_tier=ladder.text(progress.next_tier) if progress.next_tier else None,
        since=stored.since,
        granted=standing.floor,
        granted_until=stored.granted_until,
        currency=currency,
    )


def _spans(ladder: LiveLadder, found: Sequence[Person], seen: Sight) -> dict[UUID, Spans]:
    """Return the spans of each member; they differ only by shop and day of joining, so few are worked out."""
    known: dict[tuple[int, object], Spans] = {}
    spans = {}
    for person in found:
        joined = person.joined_at.date() if ladder.window.depends_on_joining else None
        key = (person.shop_id, joined)
        if key not in known or joined is not None:
            known[key] = ladder.spans(seen.now, seen.zone(person.shop_id), person.joined_at)
        spans[person.member_id] = known[key]
    return spans


def _points(
    ladder: LiveLadder, found: Sequence[Person], spans: Mapping[UUID, Spans]
) -> dict[UUID, tuple[int, int, int]]:
    mine = [spans[person.member_id] for person in found]
    rows = fetch(
        _EARNED,
        [person.member_id for person in found],
        [one.previous for one in mine],
        [one.current for one in mine],
        [one.later for one in mine],
        ladder.point_kind,
    )
    return {member_id: (current, previous, later) for member_id, current, previous, later in rows}


def _sales(
    ladder: LiveLadder, found: Sequence[Person], spans: Mapping[UUID, Spans]
) -> dict[UUID, tuple[int, int, int]]:
    asked: list[SalesSpan] = []
    for person in found:
        mine = spans[person.member_id]
        asked += [
            SalesSpan(customer_id=person.customer_id, starts_at=mine.current),
            SalesSpan(customer_id=person.customer_id, starts_at=mine.previous, ends_at=mine.current),
            SalesSpan(customer_id=person.customer_id, starts_at=mine.later),
        ]
    sums = commerce.sales_in_spans(asked)
    values = [one.count if ladder.measure is Measure.ORDERS else one.net_minor for one in sums]
    triples = zip(values[::3], values[1::3], values[2::3], strict=True)
    return {person.member_id: triple for person, triple in zip(found, triples, strict=True)}


def _met(ladder: LiveLadder, found: Sequence[Person], seen: Sight) -> dict[UUID, frozenset[str]]:
    """Return the keys of the tiers whose condition each member meets."""
    asked = {text.key: text.condition for text in ladder.texts if text.condition}
    if not asked or not found:
        return {}
    needed = frozenset(name for condition in asked.values() for name in rules.attributes_needed(condition))
    facts = rules.customer_facts([person.customer_id for person in found], needed, seen.now)
    return {
        person.member_id: frozenset(_keys_met(asked, facts.get(person.customer_id, {}), seen, person.shop_id))
        for person in found
    }


def _keys_met(
    asked: Mapping[str, Mapping[str, Any]], facts: Mapping[str, Any], seen: Sight, shop_id: int
) -> Iterable[str]:
    for key, condition in asked.items():
        if rules.judge(condition, facts, seen.now, seen.zone(shop_id)).is_true:
            yield key


class _Version:
    """A version as an argument that the cache does not compare: its id is the key."""

    __slots__ = ("version",)

    def __init__(self, version: LiveVersion) -> None:
        self.version = version

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Version)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=64)
def _compiled(version_id: UUID, found: _Version) -> LiveLadder | None:
    return read_ladder(found.version.body, key=found.version.key, version_id=version_id)[0]
