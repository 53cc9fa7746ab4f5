"""Points that other features' rules give as an effect: an earning of its own, so that it is explained and undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from wracam.events import actions as events
from wracam.foundation.bulk import as_json, fetch
from wracam.kernel.ids import derived_id
from wracam.loyalty import models
from wracam.loyalty.actions import members as member_actions
from wracam.loyalty.actions import posting, taking_back
from wracam.loyalty.actions.members import Joiner
from wracam.loyalty.contracts import (
    Account,
    Decision,
    EarningState,
    KindDecision,
    Outcome,
    PointsEarned,
    Reason,
    RuleOutcome,
    Share,
)
from wracam.loyalty.core import expiry
from wracam.loyalty.core.history import reason_note
from wracam.loyalty.core.ledger import Posting
from wracam.loyalty.core.program import POINTS_KIND, ValidityKind
from wracam.loyalty.queries import judging
from wracam.loyalty.queries.programs import LiveProgram, live_programs
from wracam.rules.contracts import Granting

EFFECT = "effect"
_INSERT = """
INSERT INTO loyalty_earning (
    id, shop_id, program, customer_id, member_id, event_name, cause_event_id, happened_at, decision, standing, refunds)
SELECT id, shop_id, program, customer_id, member_id, event_name, cause_event_id, happened_at, decision, standing, '{}'
FROM jsonb_to_recordset(%s::text::jsonb) AS i(
    id uuid, shop_id integer, program text, customer_id uuid, member_id uuid, event_name text, cause_event_id uuid,
    happened_at timestamptz, decision jsonb, standing jsonb)
ON CONFLICT (id) DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gift:
    """A granting that a member of a programme gets."""

    id: UUID
    wanted: Granting
    program: LiveProgram
    member_id: UUID
    points: int
    point_kind: str
    expires_at: datetime | None


def grant_points(wanted: Sequence[Granting], now: datetime) -> None:
    """Give these points in the first live programme, which takes in new members by its own policy; others get none."""
    gifts = _gifts(wanted, now)
    if not gifts:
        return
    posting.lock_members([gift.member_id for gift in gifts])
    new = {row[0] for row in fetch(_INSERT, as_json(_row(gift, now) for gift in gifts))}
    fresh = [gift for gift in gifts if gift.id in new]
    posting.post([_posting(gift, now) for gift in fresh])
    posting.settle_debts({gift.member_id for gift in fresh}, now=now)
    events.record([_announcement(gift, now) for gift in fresh], now=now)


def take_back_points(granted: Sequence[Granting], now: datetime) -> None:
    """Take back exactly what these keys gave, by the programme's policy for points that are used already."""
    ids = [derived_id(EFFECT, one.key) for one in granted]
    found = models.Earning.objects.filter(id__in=ids, state=EarningState.STANDING)
    posting.lock_members(found.values_list("member_id", flat=True))
    for row in found.select_for_update().order_by("id"):
        taking_back.cancel(row)
        taking_back.reconcile([(row, None)], now=now)


def _gifts(wanted: Sequence[Granting], now: datetime) -> list[_Gift]:
    programs = live_programs(now)
    if not programs:
        return []
    program = programs[0]
    joiners = {
        one.customer_id: Joiner(customer_id=one.customer_id, shop_id=one.shop_id, at=now, cause=one.cause)
        for one in wanted
    }
    members = member_actions.members_for(program, joiners, now=now)
    zones = judging.zones({one.shop_id for one in wanted})
    return [
        _Gift(
            id=derived_id(EFFECT, one.key),
            wanted=one,
            program=program,
            member_id=members[one.customer_id],
            points=int(one.parameters["points"]),
            point_kind=str(one.parameters.get("point_kind") or POINTS_KIND),
            expires_at=_ends_at(program, zones[one.shop_id], now),
        )
        for one in wanted
        if one.customer_id in members
    ]


def _ends_at(program: LiveProgram, zone: ZoneInfo, now: datetime) -> datetime | None:
    validity = program.program.validity
    if validity.kind is ValidityKind.INACTIVITY:
        return None
    return expiry.expires_at(validity, now, zone)


def _row(gift: _Gift, now: datetime) -> Mapping[str, Any]:
    return {
        "id": gift.id,
        "shop_id": gift.wanted.shop_id,
        "program": gift.program.key,
        "customer_id": gift.wanted.customer_id,
        "member_id": gift.member_id,
        "event_name": EFFECT,
        "cause_event_id": gift.wanted.cause.event_id if gift.wanted.cause else None,
        "happened_at": now,
        "decision": {**msgspec.to_builtins(_decision(gift)), "order_minor": 0},
        "standing": {gift.point_kind: {"earned": gift.points, "taken": 0, "forgiven": 0}},
    }


def _decision(gift: _Gift) -> Decision:
    """Return the decision as the trace of an earning shows it: one rule, the definition that granted."""
    share = Share(line_id=None, quantity=0, points=gift.points)
    outcome = RuleOutcome(
        rule=gift.wanted.source.en, version_id=gift.wanted.version_id, point_kind=gift.point_kind,
        outcome=Outcome.APPLIED, points=gift.points, desired=gift.points,
    )  # fmt: skip
    kind = KindDecision(point_kind=gift.point_kind, points=gift.points, shares=(share,))
    return Decision(kinds=(kind,), trace=(outcome,))


def _posting(gift: _Gift, now: datetime) -> Posting:
    return Posting(
        shop_id=gift.wanted.shop_id,
        key=f"{EFFECT}:{gift.id}:{gift.point_kind}",
        entry_id=gift.id,
        member_id=gift.member_id,
        point_kind=gift.point_kind,
        debit=Account.ISSUED,
        credit=Account.ACTIVE,
        points=gift.points,
        at=now,
        happened_at=now,
        activates_at=now,
        expires_at=gift.expires_at,
        earning_id=gift.id,
        rule_version_id=gift.wanted.version_id,
        cause_event_id=gift.wanted.cause.event_id if gift.wanted.cause else None,
        reason=Reason.EARNED,
        note=reason_note(gift.wanted.source),
    )


def _announcement(gift: _Gift, now: datetime) -> PointsEarned:
    return PointsEarned(
        shop_id=gift.wanted.shop_id,
        customer_id=gift.wanted.customer_id,
        occurred_at=now,
        cause=gift.wanted.cause,
        member_id=gift.member_id,
        point_kind=gift.point_kind,
        points=gift.points,
        order_id=None,
        activates_at=now,
        expires_at=gift.expires_at,
    )
