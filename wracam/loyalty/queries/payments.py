"""Paying with points: what a cart may use, and reservations as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.foundation.bulk import fetch
from wracam.kernel.ids import derived_id
from wracam.loyalty import models
from wracam.loyalty.contracts import Member, PaymentState, PointsPayment, PointsQuote, Refusal, Refused
from wracam.loyalty.core import payment as core
from wracam.loyalty.core.program import POINTS_KIND, Program
from wracam.loyalty.queries.programs import live_programs
from wracam.loyalty.queries.wording import currency_of
from wracam.shops import queries as shops

_AVAILABLE = """
SELECT coalesce(sum(remaining), 0) FROM point_lot
WHERE member_id = %s AND point_kind = %s AND remaining > 0 AND is_active AND (expires_at IS NULL OR expires_at > %s)
"""


def payment_quote(
    *, member: Member, order_minor: int, now: datetime, points: int | None = None, point_kind: str = POINTS_KIND
) -> PointsQuote | Refused:
    """Return how many points an order of *order_minor* may use (of *points* asked for; all without), or why none.

    Nothing is stored or reserved.
    """
    terms = payment_terms(member.program, now)
    if terms is None:
        return Refused(reason=Refusal.NO_VALUE)
    available = int(fetch(_AVAILABLE, member.id, point_kind, now)[0][0])
    most = core.most(terms, balance=available, order_minor=order_minor)
    asked = most if points is None else core.quote(terms, requested=points, balance=available, order_minor=order_minor)
    if points is not None and points > available:
        return Refused(reason=Refusal.BALANCE_TOO_LOW, required=points, available=available)
    if not asked.points:
        short = available < terms.least
        reason = Refusal.BALANCE_TOO_LOW if short else Refusal.BELOW_THE_LEAST
        return Refused(reason=reason, required=max(1, terms.least), available=available if short else asked.points)
    return PointsQuote(
        points=asked.points, worth_minor=asked.worth_minor, currency=currency_of(member.shop_id),
        most_points=most.points, most_worth_minor=most.worth_minor, available=available, least=terms.least,
    )  # fmt: skip


def payment_terms(program: str, now: datetime) -> core.PaymentTerms | None:
    """Return on which terms points pay in a programme; None when they do not."""
    live = next((one.program for one in live_programs(now) if one.key == program), None)
    return None if live is None else terms_of(live)


def terms_of(program: Program) -> core.PaymentTerms | None:
    """Return on which terms points of this programme pay; None when they do not."""
    if not program.value_points or not program.value_minor:
        return None
    rules = program.payment
    return core.PaymentTerms(
        points=program.value_points,
        worth_minor=program.value_minor,
        least=rules.least,
        most=rules.most or None,
        most_percent=rules.most_percent,
        step=rules.step,
    )


def payments_of(member_id: UUID) -> list[PointsPayment]:
    """Return a member's payments with points, newest first."""
    return [as_contract(row) for row in models.PointsPayment.objects.filter(member_id=member_id)[:200]]


def payment(payment_id: UUID) -> tuple[int, PointsPayment] | None:
    """Return a payment with the shop it belongs to."""
    row = models.PointsPayment.objects.filter(id=payment_id).first()
    return (row.shop_id, as_contract(row)) if row else None


def payment_by_key(key: str) -> PointsPayment | None:
    """Return the payment that was reserved under a key, in whatever shop: the keys of reservations are unique."""
    ids = [derived_id("payment", shop.id, key) for shop in shops.shops()]
    row = models.PointsPayment.objects.filter(id__in=ids).first()
    return as_contract(row) if row else None


def orders_paid_with_points(order_ids: Sequence[UUID]) -> list[UUID]:
    """Return which of these orders points paid a part of."""
    rows = models.PointsPayment.objects.filter(order_id__in=list(order_ids)).order_by("order_id")
    return list(rows.values_list("order_id", flat=True).distinct())  # type: ignore[arg-type]  # filtered: never None


def as_contract(row: models.PointsPayment) -> PointsPayment:
    """Turn a stored payment into its contract."""
    return PointsPayment(
        id=row.id,
        member_id=row.member_id,
        point_kind=row.point_kind,
        points=row.points,
        worth_minor=row.worth_minor,
        currency=row.currency,
        state=PaymentState(row.state),
        order_id=row.order_id,
        handed_back=row.handed_back,
        reserved_at=row.reserved_at,
        ends_at=row.ends_at,
    )
