"""One order's life as the shop would tell it today: paid or not, sent, delivered, partly sent back."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from wracam.commerce.contracts import (
    LineSnapshot,
    OrderSnapshot,
    OrderStatus,
    PaymentStatus,
    RefundLineSnapshot,
    RefundSnapshot,
)
from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.demo.core import words
from wracam.demo.core.baskets import Basket
from wracam.demo.core.calendar import WARSAW
from wracam.demo.core.chance import Choice, happens
from wracam.demo.core.people import Person
from wracam.kernel.allocation import divide_half_up, split_by_weights

SOURCE = "demo"
CURRENCY = "PLN"
SHARE_UNPAID, SHARE_CANCELLED, SHARE_FAILED = 0.022, 0.017, 0.007
SHARE_REFUNDED, SHARE_REFUNDED_WHOLE, SHARE_REFUNDED_AMOUNT = 0.047, 0.28, 0.10
SHARE_SEASON_CODE, SHARE_WELCOME_CODE = 0.22, 0.30
WELCOME_MINOR, WELCOME_FROM_MINOR = 15_00, 100_00
SEASON_CODES = (
    ("WIOSNA10", (3, 4, 5), 10),
    ("LATO5", (6, 7, 8), 5),
    ("JESIEN10", (9, 10), 10),
    ("BLACK15", (11,), 15),
    ("SWIETA10", (12,), 10),
)
_PAYMENT = Choice(words.PAYMENT_METHODS)
_REFUND_DAYS = (5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18)


class Placed(Struct, frozen=True, kw_only=True):
    """An order at the moment of buying: who, when, what, and which order of this person it is (from 1)."""

    shop_id: int
    number: str
    external_id: str
    person: Person
    nth: int
    is_guest: bool
    registered_at: datetime | None
    placed_at: datetime
    basket: Basket


class _Course(Struct, frozen=True, kw_only=True):
    """What becomes of an order."""

    status: OrderStatus
    payment: PaymentStatus
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None


class Told(Struct, frozen=True, kw_only=True):
    """What the shop tells of an order at a moment; a settled one will never be told differently."""

    snapshot: OrderSnapshot
    is_settled: bool


def tell(random: Random, placed: Placed, at: datetime) -> Told:
    """Return the order as the shop tells it *at* a moment; equal streams give the same order at every moment."""
    code, discount = _discount(random, placed)
    lines = _lines(placed.basket, discount)
    method = _PAYMENT.draw(random)
    whole = _course(random, placed, method)
    refund = _refund(random, placed, lines, whole)
    course = _known(whole, at)
    known_refund = refund if refund and refund.refunded_at <= at else None
    snapshot = _snapshot(placed, lines, course, known_refund, code, discount, method)
    return Told(snapshot=snapshot, is_settled=course == whole and known_refund is refund)


def _snapshot(
    placed: Placed,
    lines: tuple[LineSnapshot, ...],
    course: _Course,
    refund: RefundSnapshot | None,
    code: str,
    discount: int,
    method: str,
) -> OrderSnapshot:
    goods = sum(line.total_minor for line in lines)
    payment = course.payment
    if refund:
        is_whole = refund.total_minor >= goods
        payment = PaymentStatus.REFUNDED if is_whole else PaymentStatus.PARTIALLY_REFUNDED
    moments = (placed.placed_at, course.paid_at, course.shipped_at, course.delivered_at, course.cancelled_at)
    return OrderSnapshot(
        shop_id=placed.shop_id,
        source=SOURCE,
        external_id=placed.external_id,
        number=placed.number,
        modified_at=max(moment for moment in (*moments, refund and refund.refunded_at) if moment),
        placed_at=placed.placed_at,
        status=course.status,
        payment_status=payment,
        currency=CURRENCY,
        total_minor=goods + placed.basket.shipping_minor,
        tax_minor=sum(line.tax_minor for line in lines) + tax_within(placed.basket.shipping_minor, 23),
        shipping_minor=placed.basket.shipping_minor,
        discount_minor=discount,
        paid_at=course.paid_at,
        shipped_at=course.shipped_at,
        delivered_at=course.delivered_at,
        cancelled_at=course.cancelled_at,
        person=_person(placed),
        lines=lines,
        refunds=(refund,) if refund else (),
        coupon_codes=(code,) if code else (),
        payment_method=method,
    )


def tax_within(total_minor: int, percent: int) -> int:
    """Return the tax contained in a gross amount."""
    return divide_half_up(total_minor * percent, 100 + percent)


def _discount(random: Random, placed: Placed) -> tuple[str, int]:
    """Return the code used and what it takes off the goods; no code gives ("", 0)."""
    goods = placed.basket.goods_minor
    if placed.nth == 1 and goods >= WELCOME_FROM_MINOR and happens(random, SHARE_WELCOME_CODE):
        return "POWITANIE", WELCOME_MINOR
    month = placed.placed_at.astimezone(WARSAW).month
    if happens(random, SHARE_SEASON_CODE):
        for code, months, percent in SEASON_CODES:
            if month in months:
                return code, divide_half_up(goods * percent, 100)
    return "", 0


def _lines(basket: Basket, discount: int) -> tuple[LineSnapshot, ...]:
    full = [units * price for _, units, price in basket.items]
    shares = split_by_weights(discount, full)
    return tuple(
        LineSnapshot(
            external_id=str(place + 1),
            sku=product.sku,
            name=product.name,
            quantity=units,
            total_minor=gross - share,
            tax_minor=tax_within(gross - share, product.category.tax_percent),
            discount_minor=share,
            product_external_id=product.external_id,
            categories=(product.category.name,),
        )
        for place, ((product, units, _), gross, share) in enumerate(zip(basket.items, full, shares, strict=True))
    )


def _course(random: Random, placed: Placed, method: str) -> _Course:
    """Return the whole course: most are paid at once, sent the next working day, there two days later."""
    draw = random.random()
    start = placed.placed_at
    lost = _lost(random, start, draw)
    if lost:
        return lost
    shipped_at = _whole_seconds(start, hours=random.triangular(10, 72, 24))
    delivered_at = _whole_seconds(shipped_at, hours=random.triangular(18, 96, 30))
    paid_at = _whole_seconds(start, hours=random.triangular(1, 30, 3) / 60)
    if method == "przelew":
        paid_at = _whole_seconds(start, hours=random.triangular(2, 48, 14))
        shipped_at, delivered_at = shipped_at + timedelta(days=1), delivered_at + timedelta(days=1)
    return _Course(
        status=OrderStatus.DELIVERED,
        payment=PaymentStatus.PAID,
        paid_at=delivered_at if method == "za pobraniem" else paid_at,
        shipped_at=shipped_at,
        delivered_at=delivered_at,
    )


def _lost(random: Random, start: datetime, draw: float) -> _Course | None:
    """Return the course of an order that failed, was never paid or was cancelled; None for the others."""
    status, after = OrderStatus.CANCELLED, timedelta(days=7)
    if draw < SHARE_FAILED:
        status, after = OrderStatus.FAILED, timedelta(minutes=random.randrange(5, 60))
    elif draw >= SHARE_FAILED + SHARE_UNPAID:
        after = timedelta(hours=random.randrange(1, 9))
    if draw >= SHARE_FAILED + SHARE_UNPAID + SHARE_CANCELLED:
        return None
    return _Course(status=status, payment=PaymentStatus.UNPAID, cancelled_at=start + after)


def _whole_seconds(start: datetime, *, hours: float) -> datetime:
    return start + timedelta(seconds=round(hours * 3600))


def _known(course: _Course, now: datetime) -> _Course:
    """Return what of *course* has happened by *now*."""
    if course.cancelled_at:
        if course.cancelled_at <= now:
            return course
        return _Course(status=OrderStatus.PENDING, payment=PaymentStatus.UNPAID)
    paid_at = _past(course.paid_at, now)
    shipped_at = _past(course.shipped_at, now)
    delivered_at = _past(course.delivered_at, now)
    status = OrderStatus.PROCESSING if paid_at else OrderStatus.PENDING
    status = OrderStatus.DELIVERED if delivered_at else OrderStatus.SHIPPED if shipped_at else status
    return _Course(
        status=status,
        payment=PaymentStatus.PAID if paid_at else PaymentStatus.UNPAID,
        paid_at=paid_at,
        shipped_at=shipped_at,
        delivered_at=delivered_at,
    )


def _past(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment and moment <= now else None


def _refund(random: Random, placed: Placed, lines: tuple[LineSnapshot, ...], course: _Course) -> RefundSnapshot | None:
    """Return the refund of an order, if there will be one: everything, some units, or a sum for a damaged leaf."""
    if not happens(random, SHARE_REFUNDED) or course.delivered_at is None:
        return None
    units, total = _returned(random, lines)
    refunded_at = course.delivered_at + timedelta(days=random.choice(_REFUND_DAYS), minutes=random.randrange(600))
    if not 0 < total <= sum(line.total_minor for line in lines):
        return None
    return RefundSnapshot(
        external_id=f"{placed.number}-Z1",
        refunded_at=refunded_at,
        total_minor=total,
        lines=units,
        reason=random.choice(words.REFUND_REASONS),
    )


def _returned(random: Random, lines: tuple[LineSnapshot, ...]) -> tuple[tuple[RefundLineSnapshot, ...], int]:
    """Return the units that come back and the money for them; for an amount alone there are no units."""
    kind = random.random()
    if kind < SHARE_REFUNDED_AMOUNT:
        return (), max(sum(line.total_minor for line in lines) // 5 // 100 * 100, 100)
    is_whole = kind < SHARE_REFUNDED_AMOUNT + SHARE_REFUNDED_WHOLE
    chosen = lines if is_whole else (random.choice(lines),)
    units = tuple(_units_back(line, line.quantity if is_whole else random.randint(1, line.quantity)) for line in chosen)
    return units, sum(line.total_minor for line in units)


def _units_back(line: LineSnapshot, quantity: int) -> RefundLineSnapshot:
    total = line.total_minor if quantity == line.quantity else line.total_minor * quantity // line.quantity
    return RefundLineSnapshot(line_external_id=line.external_id, quantity=quantity, total_minor=total)


def _person(placed: Placed) -> PersonSnapshot:
    """Say who bought, as the shop knew it when the order was placed."""
    person = placed.person
    identities = [Identity(kind=IdentityKind.EMAIL, value=person.email)]
    if not placed.is_guest:
        identities.insert(0, Identity(kind=IdentityKind.SHOP_ACCOUNT, value=person.account))
    return PersonSnapshot(
        identities=tuple(identities),
        modified_at=placed.placed_at,
        first_name=person.first_name,
        last_name=person.last_name,
        language="pl",
        birthday_on=None if placed.is_guest else person.birthday_on,
        sex="female" if person.is_female else "male",
        company=person.company,
        tax_number=person.tax_number,
        city=person.city,
        postcode=person.postcode,
        country="PL",
        is_guest=placed.is_guest,
        registered_at=placed.registered_at,
        accepts_email=person.accepts_email,
    )
