"""Corrections above a limit, and tiers given by those who have one: asked for by one person, approved or declined by
another; every step is audited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from wracam.events import actions as events
from wracam.foundation.transactions import action
from wracam.kernel.ids import derived_id
from wracam.loyalty import models
from wracam.loyalty.actions.corrections import NOTE_LENGTH_MAX, correct
from wracam.loyalty.actions.tiers import gift_summary, grant_tier, require_tier
from wracam.loyalty.contracts import (
    CorrectionAsked,
    CorrectionRequest,
    KeyReusedError,
    Member,
    Posted,
    Refusal,
    Refused,
    RequestState,
    TierGiven,
    UnknownMemberError,
    UnknownRequestError,
)
from wracam.loyalty.core.program import POINTS_KIND
from wracam.loyalty.queries import members as member_queries
from wracam.loyalty.queries import requests as queries
from wracam.loyalty.queries.programs import live_programs
from wracam.shops import actions as shops
from wracam.shops.contracts import Actor

VERBS = {
    RequestState.APPROVED: "points.correction_approved",
    RequestState.DECLINED: "points.correction_declined",
}


def ask_correction(
    *,
    member_id: UUID,
    points: int,
    note: str,
    actor: Actor,
    role: str,
    key: str,
    now: datetime,
    point_kind: str = POINTS_KIND,
) -> Posted | Refused | CorrectionRequest:
    """Give or take points by hand if the *role* may do so alone, else ask for a second person.

    Roles are those of staff, and `"key"` for API keys. The same *key* again answers the same; with other input it
    raises `KeyReusedError`. Raises what `correct` raises.
    """
    note = note.strip()[:NOTE_LENGTH_MAX]
    with action():
        member = member_queries.member(member_id)
        if member is None:
            raise UnknownMemberError(UnknownMemberError.__doc__)
        known = models.CorrectionRequest.objects.filter(id=_id(member, key)).first()
        if known is not None:
            return _same(known, points, note, point_kind)
        if is_within_limit(member, points=points, role=role, now=now):
            return correct(
                member_id=member_id, points=points, note=note, actor=actor, key=key, now=now, point_kind=point_kind
            )
        if not points or not note:
            raise ValueError("a correction needs a number of points other than zero and a reason")
        return _ask(member, points, note, actor, key, now, point_kind)


def ask_tier(
    *,
    member_id: UUID,
    ladder: str,
    tier: str | None,
    until: datetime | None,
    note: str,
    actor: Actor,
    role: str,
    key: str,
    now: datetime,
) -> TierGiven | CorrectionRequest:
    """Give a member a tier by hand, or take the gift back, if the *role* corrects without a limit; else ask.

    The same *key* again answers the same; with other input it raises `KeyReusedError`. Raises what `grant_tier`
    raises, and `ValueError` without a reason or for a day that has passed.
    """
    note = note.strip()[:NOTE_LENGTH_MAX]
    if not note or (until is not None and until <= now):
        raise ValueError("a tier is given by hand with a reason and until a day to come")
    with action():
        member = member_queries.member(member_id)
        if member is None:
            raise UnknownMemberError(UnknownMemberError.__doc__)
        known = models.CorrectionRequest.objects.filter(id=_id(member, key)).first()
        if known is not None:
            return _same_tier(known, ladder, tier, until, note)
        if may_give_tiers(member, role=role, now=now):
            grant_tier(member_id=member_id, ladder=ladder, tier=tier, until=until, note=note, actor=actor, now=now)
            return TierGiven(ladder=ladder, tier=tier)
        require_tier(ladder, tier, now=now)
        about = {"ladder": ladder, "tier": tier or "", "tier_until": until}
        return _ask(member, 0, note, actor, key, now, POINTS_KIND, about)


def may_give_tiers(member: Member, *, role: str, now: datetime) -> bool:
    """Say whether this role gives tiers alone: one whose corrections of points have no limit."""
    program = next((live.program for live in live_programs(now) if live.key == member.program), None)
    return program is None or not program.limit_for(role)


def is_within_limit(member: Member, *, points: int, role: str, now: datetime) -> bool:
    """Say whether this role may make a correction of this size alone."""
    program = next((live.program for live in live_programs(now) if live.key == member.program), None)
    limit = program.limit_for(role) if program else 0
    return not limit or abs(points) <= limit


def approve_correction(*, request_id: UUID, actor: Actor, now: datetime) -> Posted | TierGiven | Refused:
    """Make the correction that somebody else asked for; refused to its maker, and when the points are not there.

    A request that was decided before is refused as ended, or answers its posting when it was approved.
    Raises `UnknownRequestError`, and `UnknownTierError` when the tier is gone meanwhile.
    """
    with action():
        row = _locked(request_id)
        if row.state == RequestState.APPROVED and row.transfer_id is not None:
            return Posted(transfer_id=row.transfer_id, points=abs(row.points), was_new=False)
        if row.state != RequestState.WAITING:
            return Refused(reason=Refusal.ENDED)
        if _is_maker(row, actor):
            return Refused(reason=Refusal.OWN_REQUEST)
        maker = Actor(kind=row.maker_kind, id=row.maker_id, name=row.maker_name)
        if row.ladder:
            grant_tier(
                member_id=row.member_id, ladder=row.ladder, tier=row.tier or None, until=row.tier_until, note=row.note,
                actor=maker, now=now,
            )  # fmt: skip
            _decide(row, RequestState.APPROVED, actor, now)
            return TierGiven(ladder=row.ladder, tier=row.tier or None)
        outcome = correct(
            member_id=row.member_id, points=row.points, note=row.note, actor=maker, key=row.key, now=now,
            point_kind=row.point_kind,
        )  # fmt: skip
        if isinstance(outcome, Posted):
            row.transfer_id = outcome.transfer_id
            _decide(row, RequestState.APPROVED, actor, now)
        return outcome


def decline_correction(*, request_id: UUID, actor: Actor, now: datetime) -> CorrectionRequest:
    """Let a request end without moving a point; makers may withdraw their own. Raises `UnknownRequestError`."""
    with action():
        row = _locked(request_id)
        if row.state == RequestState.WAITING:
            _decide(row, RequestState.DECLINED, actor, now)
        return queries.as_contract(row)


def _id(member: Member, key: str) -> UUID:
    return derived_id("correction", member.shop_id, key)


def _same(known: models.CorrectionRequest, points: int, note: str, point_kind: str) -> CorrectionRequest | Posted:
    if known.ladder or (known.points, known.note, known.point_kind) != (points, note, point_kind):
        raise KeyReusedError(KeyReusedError.__doc__)
    if known.transfer_id is not None:
        return Posted(transfer_id=known.transfer_id, points=abs(points), was_new=False)
    return queries.as_contract(known)


def _same_tier(
    known: models.CorrectionRequest, ladder: str, tier: str | None, until: datetime | None, note: str
) -> CorrectionRequest:
    if (known.ladder, known.tier, known.tier_until, known.note) != (ladder, tier or "", until, note):
        raise KeyReusedError(KeyReusedError.__doc__)
    return queries.as_contract(known)


def _ask(
    member: Member,
    points: int,
    note: str,
    actor: Actor,
    key: str,
    now: datetime,
    point_kind: str,
    about_tier: Mapping[str, Any] = MappingProxyType({}),
) -> CorrectionRequest:
    row = models.CorrectionRequest.objects.create(
        id=_id(member, key), shop_id=member.shop_id, member_id=member.id, point_kind=point_kind, points=points,
        note=note, key=key, state=RequestState.WAITING, maker_kind=actor.kind, maker_id=actor.id,
        maker_name=actor.name, asked_at=now, **about_tier,
    )  # fmt: skip
    _audit(row, "points.correction_asked", actor, now)
    events.record(
        [
            CorrectionAsked(
                shop_id=member.shop_id, customer_id=member.customer_id, occurred_at=now, member_id=member.id,
                request_id=row.id, points=points, actor=actor.name,
            )
        ],
        now=now,
    )  # fmt: skip
    return queries.as_contract(row)


def _locked(request_id: UUID) -> models.CorrectionRequest:
    row = models.CorrectionRequest.objects.select_for_update().filter(id=request_id).first()
    if row is None:
        raise UnknownRequestError(UnknownRequestError.__doc__)
    return row


def _is_maker(row: models.CorrectionRequest, actor: Actor) -> bool:
    return (row.maker_kind, row.maker_id) == (actor.kind, actor.id)


def _decide(row: models.CorrectionRequest, state: RequestState, actor: Actor, now: datetime) -> None:
    row.state, row.decided_at = state.value, now
    row.checker_kind, row.checker_id, row.checker_name = actor.kind, actor.id, actor.name
    row.save()
    _audit(row, VERBS[state], actor, now)


def _audit(row: models.CorrectionRequest, verb: str, actor: Actor, now: datetime) -> None:
    shops.audit(
        actor=actor, verb=verb, object_kind="member", object_id=str(row.member_id),
        summary=gift_summary(row.ladder, row.tier, row.tier_until, row.note)
        if row.ladder
        else f"{row.points:+d} {row.point_kind}: {row.note}",
        now=now,
    )  # fmt: skip
