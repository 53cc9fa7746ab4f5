"""Points given or taken by hand, with a reason, and points spent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from wracam.events import actions as events
from wracam.foundation.transactions import action
from wracam.kernel.ids import derived_id
from wracam.loyalty import models
from wracam.loyalty.actions import posting
from wracam.loyalty.contracts import (
    Account,
    PointsCorrected,
    PointsSpent,
    Posted,
    Reason,
    Refused,
    UnknownMemberError,
)
from wracam.loyalty.core import expiry
from wracam.loyalty.core.ledger import Posting
from wracam.loyalty.core.program import POINTS_KIND, ValidityKind
from wracam.loyalty.queries import judging
from wracam.loyalty.queries.programs import live_programs
from wracam.shops import actions as shops
from wracam.shops.contracts import Actor

NOTE_LENGTH_MAX = 500
Move = Callable[[], Posted | Refused]


def correct(
    *, member_id: UUID, points: int, note: str, actor: Actor, key: str, now: datetime, point_kind: str = POINTS_KIND
) -> Posted | Refused:
    """Give (positive) or take (negative) points by hand, with a *note* that says why, and audit it.

    Taking more than is there is refused. The same *key* again answers the same; with other input it raises
    `KeyReusedError`. Raises `UnknownMemberError`, and `ValueError` for no points or no reason.
    """
    note = note.strip()[:NOTE_LENGTH_MAX]
    if not points or not note:
        raise ValueError("a correction needs a number of points other than zero and a reason")
    with action():
        member = _member(member_id)
        if points > 0:
            outcome: Posted | Refused = _give(member, points, note, actor, key, now, point_kind)
        else:
            outcome = posting.take(
                shop_id=member.shop_id, key=f"correct:{key}", member_id=member_id, point_kind=point_kind,
                points=-points, credit=Account.CORRECTED, reason=Reason.CORRECTED, now=now, note=note,
                actor=actor.name,
            )  # fmt: skip
        if isinstance(outcome, Posted) and outcome.was_new:
            _announce(member, points, point_kind, note, actor, now)
        return outcome


def spend(
    *,
    member_id: UUID,
    points: int,
    key: str,
    now: datetime,
    point_kind: str = POINTS_KIND,
    order_id: UUID | None = None,
    note: str = "",
) -> Posted | Refused:
    """Spend points at once, the lot that expires first used first; refused when there are too few."""
    with action():
        member = _member(member_id)
        outcome = posting.take(
            shop_id=member.shop_id, key=f"spend:{key}", member_id=member_id, point_kind=point_kind, points=points,
            credit=Account.SPENT, reason=Reason.SPENT, now=now, order_id=order_id, note=note,
        )  # fmt: skip
        if isinstance(outcome, Posted) and outcome.was_new:
            events.record(
                [
                    PointsSpent(
                        shop_id=member.shop_id, customer_id=member.customer_id, occurred_at=now, member_id=member_id,
                        point_kind=point_kind, points=points, order_id=order_id,
                    )
                ],
                now=now,
            )  # fmt: skip
        return outcome


def _member(member_id: UUID) -> models.Member:
    member = models.Member.objects.filter(id=member_id).first()
    if member is None:
        raise UnknownMemberError(UnknownMemberError.__doc__)
    return member


def _give(
    member: models.Member, points: int, note: str, actor: Actor, key: str, now: datetime, point_kind: str
) -> Posted:
    posting.lock_members([member.id])
    posted = Posting(
        shop_id=member.shop_id,
        key=f"correct:{key}",
        entry_id=derived_id("correct", member.shop_id, key),
        member_id=member.id,
        point_kind=point_kind,
        debit=Account.CORRECTED,
        credit=Account.ACTIVE,
        points=points,
        at=now,
        happened_at=now,
        reason=Reason.CORRECTED,
        activates_at=now,
        expires_at=_ends_at(member, now),
        note=note,
        actor=actor.name,
    )
    known = models.Transfer.objects.filter(shop_id=member.shop_id, key=posted.key).exists()
    transfer_id = posting.post([posted])[posted.key]
    posting.settle_debts([member.id], now=now)
    return Posted(transfer_id=transfer_id, points=points, was_new=not known)


def _ends_at(member: models.Member, now: datetime) -> datetime | None:
    program = next((live.program for live in live_programs(now) if live.key == member.program), None)
    if program is None or program.validity.kind in (ValidityKind.NEVER, ValidityKind.INACTIVITY):
        return None
    return expiry.expires_at(program.validity, now, judging.zone(member.shop_id))


def _announce(member: models.Member, points: int, point_kind: str, note: str, actor: Actor, now: datetime) -> None:
    shops.audit(
        actor=actor,
        verb="points.corrected",
        object_kind="member",
        object_id=str(member.id),
        summary=f"{points:+d} {point_kind}: {note}",
        now=now,
    )
    events.record(
        [
            PointsCorrected(
                shop_id=member.shop_id, customer_id=member.customer_id, occurred_at=now, member_id=member.id,
                point_kind=point_kind, points=points, actor=actor.name,
            )
        ],
        now=now,
    )  # fmt: skip
