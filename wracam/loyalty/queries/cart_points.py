"""What a cart would earn and what points could pay of it: the decision of an order, from what is read with the cart.

An inquiry is made for one buyer. Its questions are asked in the statement that reads everything else about the cart;
then it decides with the core that decides about orders, and reads nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from wracam.commerce.contracts import Order, OrderLine, OrderStatus, PaymentStatus
from wracam.foundation.bulk import array_text
from wracam.foundation.questions import Asked as AskedQuestion
from wracam.foundation.questions import Question
from wracam.kernel.ids import derived_id
from wracam.loyalty.core import earning as core
from wracam.loyalty.core import payment, promoted
from wracam.loyalty.core.earning import Asked, Happening, Line
from wracam.loyalty.core.rule import ORDER_PAID
from wracam.loyalty.queries.judging import About, ask, multiplied_kinds
from wracam.loyalty.queries.payments import terms_of
from wracam.loyalty.queries.programs import LiveProgram, live_programs
from wracam.loyalty.queries.usage import Usage
from wracam.promotions import queries as promotions
from wracam.promotions.contracts import Cart, Grants, PointsPreview, PricedLine, Quote
from wracam.promotions.ports import Buyer, BuyerKnown

_MEMBERSHIPS = Question(
    """SELECT id, program FROM loyalty_member
       WHERE customer_id = %(points_customer_id)s::uuid AND state = 'active' ORDER BY joined_at""",
    tuple[UUID, str],
)
_AVAILABLE = Question(
    """SELECT l.member_id, l.point_kind, sum(l.remaining)::bigint
       FROM loyalty_member AS m JOIN point_lot AS l ON l.member_id = m.id
       WHERE m.customer_id = %(points_customer_id)s::uuid AND m.state = 'active' AND l.remaining > 0 AND l.is_active
         AND (l.expires_at IS NULL OR l.expires_at > %(points_at)s::timestamptz)
       GROUP BY l.member_id, l.point_kind""",
    tuple[UUID, str, int],
)
_USAGE = Question(
    """SELECT u.rule, u.member_id, u.period, u.points FROM loyalty_rule_usage AS u
       WHERE u.rule = ANY(%(points_rules)s::text[]) AND (u.member_id IS NULL OR u.member_id IN (
           SELECT id FROM loyalty_member WHERE customer_id = %(points_customer_id)s::uuid AND state = 'active'))""",
    tuple[str, UUID | None, str, int],
)


def cart_inquiry(buyer: Buyer) -> CartInquiry | None:
    """Begin to say what the cart of a buyer earns in the programmes in force; None without a programme."""
    programs = live_programs(buyer.at)
    return CartInquiry(programs, buyer) if programs else None


class CartInquiry:
    """What the programmes in force must know of one buyer (see `wracam.promotions.ports.PointsInquiry`)."""

    __slots__ = ("_buyer", "_capped", "_programs", "needs", "questions")

    def __init__(self, programs: Sequence[LiveProgram], buyer: Buyer) -> None:
        self._programs = programs
        self._buyer = buyer
        self._capped = sorted({key for program in programs for key in program.capped_rules(ORDER_PAID)})
        self.needs = frozenset().union(*[program.needs_for(ORDER_PAID) for program in programs])
        self.questions = self._asked()

    def preview(self, cart: Cart, quote: Quote, known: BuyerKnown) -> list[PointsPreview]:
        """Say what the cart would earn in each programme, and how many points the customer could pay with."""
        purse = _Purse(known.rows, is_guest=self._buyer.customer_id is None)
        at, about = self._buyer.at, About(known.facts, lambda: _order(self._buyer, cart, quote))
        grants = promotions.grants_of_quote(quote)
        happening = Happening(local=at.astimezone(known.zone), lines=_lines(quote), currency=quote.currency)
        found: list[PointsPreview] = []
        for program in self._programs:
            found += _previews(program, purse, _asked_rules(program, about, grants, at), happening, quote)
        return found

    def _asked(self) -> list[AskedQuestion]:
        """Ask whose member a customer is, for the points that could pay, and what capped rules have given."""
        customer_id = self._buyer.customer_id
        asked = []
        if customer_id is not None:
            asked.append(_MEMBERSHIPS.with_values(points_customer_id=customer_id))
            asked.append(_AVAILABLE.with_values(points_customer_id=customer_id, points_at=self._buyer.at))
        if self._capped:
            asked.append(_USAGE.with_values(points_customer_id=customer_id, points_rules=array_text(self._capped)))
        return asked


class _Purse:
    """What a customer has: memberships, active points, and what capped rules have given so far."""

    __slots__ = ("_available", "_first", "_members", "usage")

    def __init__(self, rows: Sequence[Sequence[Any]], *, is_guest: bool) -> None:
        memberships, available = ((), ()) if is_guest else rows[:2]
        self._members: dict[str, UUID] = {program: member_id for member_id, program in memberships}
        self._first = memberships[0][1] if memberships else None
        self._available = {(member_id, kind): points for member_id, kind, points in available}
        counters = rows[0 if is_guest else 2 :]
        self.usage = counters[0] if counters else ()

    def member_id(self, program: LiveProgram) -> UUID | None:
        """Return the membership in a programme."""
        return self._members.get(program.key)

    def payable(self, program: LiveProgram, point_kind: str, order_minor: int) -> payment.PointsPayment:
        """Return what points of a kind could pay of an order; only those of the customer's first programme pay."""
        terms = terms_of(program.program) if program.key == self._first else None
        if terms is None:
            return _NOTHING
        available = self._available.get((self._members[program.key], point_kind), 0)
        return payment.most(terms, balance=available, order_minor=order_minor)


_NOTHING = payment.PointsPayment(points=0, worth_minor=0)


def _previews(
    program: LiveProgram, purse: _Purse, asked: Sequence[Asked], happening: Happening, quote: Quote
) -> Iterable[PointsPreview]:
    usage = Usage.of(program, ORDER_PAID, purse.usage)
    left = usage.left(purse.member_id(program), happening.local)
    for kind in core.decide(happening, asked, program.program.rounding, left, to_lines=False).kinds:
        payable = purse.payable(program, kind.point_kind, quote.gross_minor)
        yield PointsPreview(
            program=program.key,
            point_kind=kind.point_kind,
            earned=kind.points,
            payable=payable.points,
            payable_minor=payable.worth_minor,
        )


def _asked_rules(program: LiveProgram, about: About, grants: Grants, at: datetime) -> list[Asked]:
    """Return the rules that a paid order triggers, answered, and what the cart's promotions multiply."""
    asked = [ask(ready, about, at, explains=False) for ready in program.ready_for(ORDER_PAID)]
    if not grants.multipliers:
        return asked
    names = [promoted.LineName(id=line.external_id, sku=line.sku) for line in about.order.lines] if about.order else []
    return asked + promoted.asked(grants, names, multiplied_kinds(program, asked))


# The order that the cart would become, with tax contained in its amounts as orders have it


def _lines(quote: Quote) -> tuple[Line, ...]:
    """Return the lines that rules reward, as `judging.lines_of` does for the order of the cart."""
    grosses = [_gross_minor(line, quote) for line in quote.lines]
    lines = [
        Line(line_id=_line_id(index), quantity=one.quantity, gross_minor=gross, net_minor=gross - one.tax_minor)
        for index, (one, gross) in enumerate(zip(quote.lines, grosses, strict=True))
    ]
    shipping = quote.gross_minor - sum(grosses)
    if not lines:
        goods = quote.gross_minor - shipping
        lines.append(Line(line_id=None, quantity=1, gross_minor=goods, net_minor=goods - quote.tax_minor))
    if shipping:
        lines.append(Line(line_id=None, quantity=1, gross_minor=shipping, net_minor=shipping, is_shipping=True))
    return tuple(lines)


def _order(buyer: Buyer, cart: Cart, quote: Quote) -> Order:
    """Return the paid order; made only when a condition asks about it."""
    categories = {line.id: line.categories for line in cart.lines}
    lines = tuple(_order_line(index, one, categories.get(one.id, ()), quote) for index, one in enumerate(quote.lines))
    return Order(
        id=_CART_ID, shop_id=buyer.shop_id, customer_id=buyer.customer_id, source="cart", external_id="",
        number="", placed_at=buyer.at, paid_at=buyer.at, delivered_at=None, status=OrderStatus.PROCESSING,
        payment_status=PaymentStatus.PAID, currency=quote.currency, total_minor=quote.gross_minor,
        tax_minor=quote.tax_minor, shipping_minor=quote.gross_minor - sum(line.total_minor for line in lines),
        discount_minor=quote.discount_minor, refunded_minor=0, channel="", coupon_codes=(), lines=lines,
    )  # fmt: skip


def _order_line(index: int, line: PricedLine, categories: tuple[str, ...], quote: Quote) -> OrderLine:
    return OrderLine(
        id=_line_id(index), external_id=line.id, sku=line.sku, name="", product_id=None,
        categories=categories, quantity=line.quantity, total_minor=_gross_minor(line, quote), tax_minor=line.tax_minor,
        discount_minor=line.discount_minor, refunded_quantity=0, refunded_minor=0,
    )  # fmt: skip


def _gross_minor(line: PricedLine, quote: Quote) -> int:
    return line.total_minor if quote.prices_include_tax else line.total_minor + line.tax_minor


_CART_ID = derived_id("cart")


@lru_cache(maxsize=1_024)
def _line_id(index: int) -> UUID:
    return derived_id("cart", index)
