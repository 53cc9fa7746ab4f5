"""Paying a part of a cart with points: reserved while the customer pays, spent with the order, or released.

Refunds of the order hand points back in proportion, to the lots they came from; a refund that is withdrawn takes them
again. Both follow from the order as it stands, so a repeated notice finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from wracam.commerce import queries as commerce
from wracam.events import actions as events
from wracam.events.contracts import Event, RecordedEvent
from wracam.foundation.bulk import fetch
from wracam.foundation.transactions import action
from wracam.kernel.ids import derived_id
from wracam.loyalty import models
from wracam.loyalty.actions import merging, posting
from wracam.loyalty.contracts import (
    Account,
    KeyReusedError,
    Member,
    PaymentState,
    PointsHandedBack,
    PointsPayment,
    PointsQuote,
    PointsSpent,
    Reason,
    Refusal,
    Refused,
    UnknownMemberError,
    UnknownRequestError,
)
from wracam.loyalty.core import lots as core_lots
from wracam.loyalty.core import payment as core
from wracam.loyalty.core.ledger import Posting, Taken
from wracam.loyalty.core.program import POINTS_KIND
from wracam.loyalty.queries import members as member_queries
from wracam.loyalty.queries import payments as queries

MINUTES_DEFAULT = 30
MINUTES_MAX = 60 * 24 * 7
BATCH_SIZE = 500
_ENDED = Refused(reason=Refusal.ENDED)
_AVAILABLE = """
SELECT coalesce(sum(remaining), 0) FROM point_lot
WHERE member_id = %s AND point_kind = %s AND remaining > 0 AND is_active AND (expires_at IS NULL OR expires_at > %s)
"""
_NET_TAKEN = """
SELECT a.lot_id, sum(a.amount) FROM point_lot_allocation AS a JOIN point_transfer AS t ON t.id = a.transfer_id
WHERE t.member_id = %s AND (t.id = ANY(%s) OR t.reverses_id = ANY(%s))
GROUP BY 1 HAVING sum(a.amount) > 0 ORDER BY 1
"""


def reserve_points(
    *,
    member_id: UUID,
    points: int,
    order_minor: int,
    key: str,
    now: datetime,
    minutes: int = MINUTES_DEFAULT,
    point_kind: str = POINTS_KIND,
) -> PointsPayment | Refused:
    """Hold *points* for a cart of *order_minor* for some minutes, or refuse with the reason and its figures.

    Held are as many as the programme lets this cart use. The same key again answers the first reservation, whatever
    became of it; for another member it raises `KeyReusedError`. Raises `UnknownMemberError`.
    """
    with action():
        member = _member(member_id)
        posting.lock_members([member_id])
        payment_id = derived_id("payment", member.shop_id, key)
        known = models.PointsPayment.objects.filter(id=payment_id).first()
        if known is not None:
            if known.member_id != member_id:
                raise KeyReusedError(KeyReusedError.__doc__)
            return queries.as_contract(known)
        quote = queries.payment_quote(
            member=member, order_minor=order_minor, now=now, points=points, point_kind=point_kind
        )
        if isinstance(quote, Refused):
            return quote
        ends_at = now + timedelta(minutes=min(max(1, minutes), MINUTES_MAX))
        return _reserve(member, quote, point_kind, payment_id, now, ends_at)


def commit_points(*, payment_id: UUID, order_id: UUID | None, now: datetime) -> PointsPayment | Refused:
    """The order was placed: its held points are spent. Doing it twice changes nothing.

    A reservation whose time was up is taken anew if the points are still there; one that was released by the shop is
    refused as ended. Raises `UnknownRequestError`.
    """
    with action():
        row = _locked(payment_id)
        if row.state == PaymentState.COMMITTED:
            return queries.as_contract(row)
        if row.state == PaymentState.RELEASED:
            refused = _take_again(row, row.points, Account.HELD, Reason.HELD, now) if row.ends_at <= now else _ENDED
            if refused is not None:
                return refused
        posting.post([_move(row, Account.HELD, Account.SPENT, row.points, Reason.SPENT, now, order_id=order_id)])
        row.state, row.order_id = PaymentState.COMMITTED.value, order_id
        row.save()
        _announce(row, PointsSpent, row.points, now)
        if order_id is not None:
            _hand_back(row, None, now)
        return queries.as_contract(row)


def release_points(*, payment_id: UUID, now: datetime) -> PointsPayment | Refused:
    """The cart was given up: its points are back in their lots. Refused once they paid for an order."""
    with action():
        row = _locked(payment_id)
        if row.state == PaymentState.COMMITTED:
            return _ENDED
        if row.state == PaymentState.RESERVED:
            row.ends_at = max(row.ends_at, now + timedelta(days=1))
            _release(row, now)
        return queries.as_contract(row)


def release_due_points(*, now: datetime) -> int:
    """Release reservations whose time is up; return how many. Safe to run by several workers."""
    released = 0
    while True:
        due = models.PointsPayment.objects.filter(state=PaymentState.RESERVED, ends_at__lte=now).order_by("ends_at")
        batch = list(due.values_list("id", flat=True)[:BATCH_SIZE])
        for payment_id in batch:
            with action():
                row = _locked(payment_id)
                if row.state == PaymentState.RESERVED and row.ends_at <= now:
                    _release(row, now)
                    released += 1
        if len(batch) < BATCH_SIZE:
            return released


def hand_back_points(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Bring what orders used in points to what their refunds leave of it."""
    causes = {UUID(str(one.data["order_id"])): one for one in batch}
    for order_id in queries.orders_paid_with_points(list(causes)):
        with action():
            rows = models.PointsPayment.objects.filter(order_id=order_id, state=PaymentState.COMMITTED)
            for payment_id in rows.order_by("id").values_list("id", flat=True):
                _hand_back(_locked(payment_id), causes[order_id], now)


def _member(member_id: UUID) -> Member:
    member = member_queries.member(member_id)
    if member is None:
        raise UnknownMemberError(UnknownMemberError.__doc__)
    return member


def _reserve(
    member: Member, quote: PointsQuote, point_kind: str, payment_id: UUID, now: datetime, ends_at: datetime
) -> PointsPayment | Refused:
    held = posting.take(
        shop_id=member.shop_id, key=f"pay:{payment_id}", member_id=member.id, point_kind=point_kind,
        points=quote.points, credit=Account.HELD, reason=Reason.HELD, now=now,
    )  # fmt: skip
    if isinstance(held, Refused):
        return held
    row = models.PointsPayment.objects.create(
        id=payment_id, shop_id=member.shop_id, member_id=member.id, point_kind=point_kind, points=quote.points,
        worth_minor=quote.worth_minor, currency=quote.currency, state=PaymentState.RESERVED,
        transfer_ids=[held.transfer_id], reserved_at=now, ends_at=ends_at,
    )  # fmt: skip
    return queries.as_contract(row)


def _locked(payment_id: UUID) -> models.PointsPayment:
    found = models.PointsPayment.objects.filter(id=payment_id).first()
    if found is None:
        raise UnknownRequestError(UnknownRequestError.__doc__)
    posting.lock_members([found.member_id])
    return models.PointsPayment.objects.select_for_update().get(id=payment_id)


def _release(row: models.PointsPayment, now: datetime) -> None:
    _give_back(row, Account.HELD, row.points, Reason.RELEASED, None, now)
    row.state = PaymentState.RELEASED.value
    row.save()


def _hand_back(row: models.PointsPayment, cause: RecordedEvent | None, now: datetime) -> None:
    order = commerce.order(row.order_id) if row.order_id else None
    if order is None:
        return
    due = core.due_back(
        row.points, order_minor=order.total_minor, refunded_minor=order.refunded_minor, is_cancelled=not order.is_valid
    )
    difference = due - row.handed_back
    if difference > 0:
        _give_back(row, Account.SPENT, difference, Reason.RELEASED, cause, now)
    elif difference < 0:
        _use_again(row, -difference, cause, now)
    if difference:
        row.handed_back = due
        row.save()
        _announce(row, PointsHandedBack, difference, now, cause)


def _give_back(
    row: models.PointsPayment,
    debit: Account,
    points: int,
    reason: Reason,
    cause: RecordedEvent | None,
    now: datetime,
    *,
    name: str = "",
) -> None:
    """Return points to the lots that they are still taken from; what paid a debt comes back as new ones."""
    rows = fetch(_NET_TAKEN, row.member_id, row.transfer_ids, row.transfer_ids)
    parts = core_lots.give_back([Taken(lot_id=lot_id, points=int(amount)) for lot_id, amount in rows], points)
    back = -sum(part.points for part in parts)
    posts = [
        _move(row, debit, Account.ACTIVE, back, reason, now, cause=cause, allocations=parts, part="lots", name=name),
        _move(row, debit, Account.DEBT, points - back, reason, now, cause=cause, part="debt", name=name),
    ]
    posting.post([one for one in posts if one.points])
    row.moves += 1
    posting.settle_debts([row.member_id], now=now)
    merging.forward(row.member_id, now=now)


def _use_again(row: models.PointsPayment, points: int, cause: RecordedEvent | None, now: datetime) -> None:
    """Take points again after a refund was withdrawn; what is not there any more is owed."""
    available = int(fetch(_AVAILABLE, row.member_id, row.point_kind, now)[0][0])
    taken = min(points, available)
    if taken:
        _take_again(row, taken, Account.SPENT, Reason.SPENT, now)
    if points > taken:
        posting.post([_move(row, Account.DEBT, Account.SPENT, points - taken, Reason.SPENT, now, cause=cause)])
    row.moves += 1


def _take_again(
    row: models.PointsPayment, points: int, credit: Account, reason: Reason, now: datetime
) -> Refused | None:
    row.moves += 1
    outcome = posting.take(
        shop_id=row.shop_id, key=f"pay:{row.id}:{row.moves}", member_id=row.member_id, point_kind=row.point_kind,
        points=points, credit=credit, reason=reason, now=now, order_id=row.order_id,
    )  # fmt: skip
    if isinstance(outcome, Refused):
        return outcome
    row.transfer_ids = [*row.transfer_ids, outcome.transfer_id]
    return None


def _move(
    row: models.PointsPayment,
    debit: Account,
    credit: Account,
    points: int,
    reason: Reason,
    now: datetime,
    *,
    cause: RecordedEvent | None = None,
    order_id: UUID | None = None,
    allocations: tuple[Taken, ...] = (),
    part: str = "",
    name: str = "",
) -> Posting:
    return Posting(
        shop_id=row.shop_id,
        key=f"{name or f'pay:{row.id}:{row.moves}'}:{debit}:{credit}:{part}",
        entry_id=derived_id("payment", row.id, row.moves),
        member_id=row.member_id,
        point_kind=row.point_kind,
        debit=debit,
        credit=credit,
        points=points,
        at=now,
        happened_at=cause.occurred_at if cause else now,
        reason=reason,
        order_id=order_id or row.order_id,
        cause_event_id=cause.id if cause else None,
        reverses_id=row.transfer_ids[0] if allocations else None,
        allocations=allocations,
    )


def _announce(
    row: models.PointsPayment,
    kind: type[PointsSpent] | type[PointsHandedBack],
    points: int,
    now: datetime,
    cause: RecordedEvent | None = None,
) -> None:
    member = _member(row.member_id)
    happened: Sequence[Event] = [
        kind(
            shop_id=row.shop_id, customer_id=member.customer_id, occurred_at=cause.occurred_at if cause else now,
            cause=cause.as_cause() if cause else None, member_id=row.member_id, point_kind=row.point_kind,
            points=points, order_id=row.order_id,
        )
    ]  # fmt: skip
    events.record(happened, now=now)


def give_back_points(*, payment_id: UUID, amount_minor: int, key: str, now: datetime) -> int:
    """Hand back so much of the money that points stood for, once per *key*; return how much came back.

    For callers that settle refunds themselves; points are rounded down, and the last part brings all that are left.
    """
    with action():
        row = _locked(payment_id)
        name = f"pay:{row.id}:back:{key}"
        known = models.Transfer.objects.filter(shop_id=row.shop_id, key__startswith=f"{name}:").exists()
        if row.state != PaymentState.COMMITTED or known or not row.worth_minor:
            return 0
        left = row.points - row.handed_back
        worth_left = row.worth_minor * left // row.points
        amount = min(amount_minor, worth_left)
        points = left if amount >= worth_left else row.points * amount // row.worth_minor
        if points:
            _give_back(row, Account.SPENT, points, Reason.RELEASED, None, now, name=name)
            row.handed_back += points
            row.save()
            _announce(row, PointsHandedBack, points, now)
        return amount
