"""Points that are given once for something other than an earning rule: reaching a tier, an automatic reward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from wracam.events import actions as events
from wracam.events.contracts import Cause
from wracam.foundation.bulk import fetch
from wracam.kernel.ids import derived_id
from wracam.loyalty.actions import posting
from wracam.loyalty.contracts import Account, PointsEarned, Reason
from wracam.loyalty.core import expiry
from wracam.loyalty.core.ladders import LiveLadder
from wracam.loyalty.core.ledger import Posting
from wracam.loyalty.core.program import ValidityKind
from wracam.loyalty.queries.ladders import Person, Sight
from wracam.loyalty.queries.programs import LiveProgram, live_programs


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Points for one member under a key of their own: given once, whatever is asked again."""

    key: str
    person: Person
    program: str
    points: int
    point_kind: str
    version_id: UUID | None
    cause: Cause | None
    note: str = ""


def give(
    ladder: LiveLadder, reached: Sequence[tuple[Person, Sequence[str]]], causes: Mapping[UUID, Cause], seen: Sight
) -> int:
    """Give the gifts of these tiers to members who reached them for the first time; return how many were new."""
    if not any(text.gift for text in ladder.texts):
        return 0
    programs = _programs_of([person.member_id for person, _tiers in reached])
    presents = []
    for person, tiers in reached:
        for tier in tiers:
            gift = ladder.text(tier).gift
            if gift is not None:
                presents.append(
                    Present(
                        key=f"tier:{ladder.key}:{tier}:{person.member_id}", person=person,
                        program=programs[person.member_id], points=gift.points, point_kind=gift.point_kind,
                        version_id=ladder.version_id, cause=causes.get(person.member_id),
                        note=f"tier:{tier}",
                    )
                )  # fmt: skip
    return hand_over(presents, seen)


def hand_over(presents: Sequence[Present], seen: Sight) -> int:
    """Post these points as active, with the programme's validity; a key that gave before gives nothing."""
    programs = {program.key: program for program in live_programs(seen.now)}
    due = _unseen([one for one in presents if one.program in programs])
    posting.post([_posting(one, programs[one.program], seen) for one in due])
    posting.settle_debts({one.person.member_id for one in due}, now=seen.now)
    events.record([_announcement(one, programs[one.program], seen) for one in due], now=seen.now)
    return len(due)


def _unseen(presents: Sequence[Present]) -> list[Present]:
    """Drop what was given before; the members are locked by who asks, so nobody gives it meanwhile."""
    rows = fetch(
        """SELECT t.key FROM unnest(%s::int[], %s::text[]) AS i(shop_id, key)
           JOIN point_transfer AS t ON t.shop_id = i.shop_id AND t.key = i.key""",
        [one.person.shop_id for one in presents],
        [one.key for one in presents],
    )
    known = {row[0] for row in rows}
    return [one for one in presents if one.key not in known]


def _programs_of(member_ids: Sequence[UUID]) -> dict[UUID, str]:
    return dict(fetch("SELECT id, program FROM loyalty_member WHERE id = ANY(%s::uuid[])", list(member_ids)))


def _posting(one: Present, program: LiveProgram, seen: Sight) -> Posting:
    return Posting(
        shop_id=one.person.shop_id,
        key=one.key,
        entry_id=derived_id("gift", one.key),
        member_id=one.person.member_id,
        point_kind=one.point_kind,
        debit=Account.ISSUED,
        credit=Account.ACTIVE,
        points=one.points,
        at=seen.now,
        happened_at=seen.now,
        activates_at=seen.now,
        expires_at=_ends_at(program, seen.now, seen.zone(one.person.shop_id)),
        rule_version_id=one.version_id,
        cause_event_id=one.cause.event_id if one.cause else None,
        reason=Reason.EARNED,
        note=one.note,
    )


def _ends_at(program: LiveProgram, now: datetime, zone: ZoneInfo) -> datetime | None:
    validity = program.program.validity
    return None if validity.kind is ValidityKind.INACTIVITY else expiry.expires_at(validity, now, zone)


def _announcement(one: Present, program: LiveProgram, seen: Sight) -> PointsEarned:
    return PointsEarned(
        shop_id=one.person.shop_id,
        customer_id=one.person.customer_id,
        occurred_at=seen.now,
        cause=one.cause,
        member_id=one.person.member_id,
        point_kind=one.point_kind,
        points=one.points,
        order_id=None,
        activates_at=seen.now,
        expires_at=_ends_at(program, seen.now, seen.zone(one.person.shop_id)),
    )
