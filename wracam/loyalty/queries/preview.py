"""What would this order earn? The same core and conditions as live, and nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from wracam.commerce import queries as commerce
from wracam.commerce.contracts import Order
from wracam.loyalty.contracts import Decision
from wracam.loyalty.core import earning as core
from wracam.loyalty.core.rule import EarningRule
from wracam.loyalty.queries import judging, members
from wracam.loyalty.queries.judging import Occasion
from wracam.loyalty.queries.programs import LiveProgram, live_program, live_programs
from wracam.loyalty.queries.usage import Usage
from wracam.promotions.contracts import Grants

NOBODY = UUID(int=0)
SAMPLE_SIZE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an order would earn in one programme."""

    program: str
    decision: Decision


def order_preview(order: Order, *, now: datetime, grants: Grants | None = None) -> list[Preview]:
    """Return what *order* would earn in each live programme, paid when it says (now, if it does not).

    *grants* are those of a cart that is no order yet; an order's own are looked up without them.
    """
    return [
        Preview(program=program.key, decision=decide(program, [order], now=now, grants=grants)[0])
        for program in live_programs(now)
    ]


def decide(program: LiveProgram, orders: list[Order], *, now: datetime, grants: Grants | None = None) -> list[Decision]:
    """Return what each of these orders would earn in a programme, live or draft, each as if alone."""
    zones = judging.zones(order.shop_id for order in orders)
    occasions = [
        Occasion(
            shop_id=order.shop_id,
            customer_id=order.customer_id or NOBODY,
            event_name="order.paid",
            happened_at=order.paid_at or now,
            subject_id=order.id,
            order=order,
            event=None,
            zone=zones[order.shop_id],
            grants=grants,
        )
        for order in orders
    ]
    if grants is None:
        occasions = judging.with_grants(occasions)
    member_ids = members.member_ids(program=program.key, customer_ids=[one.customer_id for one in occasions])
    usage = Usage.load(program, member_ids.values(), occasions)
    decisions = []
    for one, asked in zip(occasions, judging.asked(program, occasions, now=now), strict=True):
        happening = judging.happening(one)
        left = usage.left(member_ids.get(one.customer_id), happening.local)
        decisions.append(core.decide(happening, asked, program.program.rounding, left))
    return decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPreview:
    """What a rule as edited would have done to recent real orders, beside what is live."""

    orders: int
    points_draft: int
    points_live: int
    example: Order | None
    decision: Decision | None


def draft_preview(
    *, shop_id: int, rule: EarningRule, number: str, now: datetime, program: str | None = None
) -> DraftPreview:
    """Return what recent orders would have earned with *rule* as edited, and one order (by *number*) in detail."""
    live = live_program(program, now)
    draft = replace(live, rules=(*[one for one in live.rules if one.key != rule.key], rule))
    orders = _recent(shop_id, now, "")
    chosen = _recent(shop_id, now, number)[:1] if number else orders[:1]
    return DraftPreview(
        orders=len(orders),
        points_draft=_points(decide(draft, orders, now=now), rule.point_kind),
        points_live=_points(decide(live, orders, now=now), rule.point_kind),
        example=chosen[0] if chosen else None,
        decision=decide(draft, chosen, now=now)[0] if chosen else None,
    )


def _recent(shop_id: int, now: datetime, number: str) -> list[Order]:
    wanted = commerce.OrderFilter(text=number) if number else commerce.OrderFilter()
    page = commerce.search_orders(shop_id=shop_id, wanted=wanted, limit=SAMPLE_SIZE)
    return [order for order in page.orders if order.is_sale and order.placed_at <= now]


def _points(decisions: list[Decision], point_kind: str) -> int:
    return sum(decision.points(point_kind) for decision in decisions)
