"""What order events mean for points, and customers who register, claim orders or turn out to be one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from wracam.commerce import queries as commerce
from wracam.commerce.contracts import Order, OrderStatus
from wracam.definitions import queries as definitions
from wracam.events.contracts import RecordedEvent
from wracam.foundation.bulk import execute
from wracam.loyalty import models
from wracam.loyalty.actions import earning, merging, posting, taking_back
from wracam.loyalty.actions.members import Joiner, members_for
from wracam.loyalty.contracts import EarningState, MemberState
from wracam.loyalty.core import expiry
from wracam.loyalty.core.rule import EarningRule, read_rule
from wracam.loyalty.queries import judging
from wracam.loyalty.queries import members as member_queries
from wracam.loyalty.queries.judging import Occasion
from wracam.loyalty.queries.programs import LiveProgram, live_programs, rule_events
from wracam.loyalty.queries.usage import Usage

EARLIER_ORDERS_MAX = 1_000
"""How many earlier orders of one customer are looked at when they join."""

Handler = Callable[[RecordedEvent, datetime], None]


def handled_events() -> frozenset[str]:
    """Return the names of all events that points depend on: the life of orders, customers, and live rules."""
    return frozenset(_HANDLERS) | {"order.paid"} | rule_events()


def handle(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Handle a batch in which each customer's events stand in order; different customers go together."""
    posting.lock_members_of([one.customer_id for one in batch if one.customer_id is not None])
    for together in _rounds(batch):
        paid = [one for one in together if one.name == "order.paid"]
        earning.earn_for_orders(paid, now=now)
        for one in together:
            handler = _HANDLERS.get(one.name)
            if handler is not None:
                handler(one, now)
        triggers = rule_events() - {"order.paid"}
        earning.earn_for_events([one for one in together if one.name in triggers], now=now)


def _rounds(batch: Sequence[RecordedEvent]) -> list[list[RecordedEvent]]:
    """Split a batch so that no customer has two events in one round, and each round keeps the order."""
    rounds: list[list[RecordedEvent]] = []
    seen: dict[UUID, int] = {}
    for one in batch:
        turn = seen.get(one.customer_id or one.id, 0)
        seen[one.customer_id or one.id] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(one)
    return rounds


def _order_id(happened: RecordedEvent) -> UUID:
    return UUID(happened.data["order_id"])


def refunded(happened: RecordedEvent, now: datetime) -> None:
    """Take back what the returned units earned."""
    taking_back.apply(_order_id(happened), lambda row: taking_back.add_refund(row, happened), cause=happened, now=now)


def refund_cancelled(happened: RecordedEvent, now: datetime) -> None:
    """Give back what a withdrawn refund had taken."""
    taking_back.apply(
        _order_id(happened), lambda row: taking_back.remove_refund(row, happened), cause=happened, now=now
    )


def cancelled(happened: RecordedEvent, now: datetime) -> None:
    """Take back everything that the order gave."""
    taking_back.apply(_order_id(happened), taking_back.cancel, cause=happened, now=now)


def restored(happened: RecordedEvent, now: datetime) -> None:
    """Give everything again that still belongs to the order."""
    taking_back.apply(_order_id(happened), taking_back.restore, cause=happened, now=now)


def delivered(happened: RecordedEvent, now: datetime) -> None:
    """Points that waited for the delivery get their dates."""
    rows = models.Earning.objects.filter(order_id=_order_id(happened), state=EarningState.STANDING)
    programs = {program.key: program for program in live_programs(now)}
    for row in rows.order_by("id"):
        program = programs.get(row.program)
        if program is None or not program.program.pending.after_delivery:
            continue
        activates = expiry.activates_at(program.program.pending, row.happened_at, happened.occurred_at)
        execute(
            """UPDATE point_lot SET activates_at = %s, expires_at = %s, moves = moves + 1
               WHERE earning_id = %s AND NOT is_active""",
            activates,
            earning.ends_at(program, row.happened_at, activates, judging.zone(row.shop_id)),
            row.id,
        )


def corrected(happened: RecordedEvent, now: datetime) -> None:
    """Decide again, with the very rule versions that decided first, over the order's lines as they are now."""
    order = next(iter(commerce.orders([_order_id(happened)])), None)
    if order is None:
        return

    def alter(row: models.Earning) -> None:
        program = _program_then(row)
        if program is not None:
            decision = earning.decide(program, [_as_then(row, order)], {}, Usage([]), now)[0]
            row.decision = earning.decision_data(decision, order)

    taking_back.apply(order.id, alter, cause=happened, now=now)


def claimed(happened: RecordedEvent, now: datetime) -> None:
    """Points of an order follow it to its new owner."""
    order = next(iter(commerce.orders([_order_id(happened)])), None)
    for row in models.Earning.objects.select_for_update().filter(order_id=_order_id(happened)).order_by("id"):
        if row.state != EarningState.MOVED and (order is None or row.customer_id != order.customer_id):
            taking_back.move_away(row)
            taking_back.reconcile(row, cause=happened, now=now)
    if order is not None:
        _earn_earlier([order], happened, now)


def became_known(happened: RecordedEvent, now: datetime) -> None:
    """A customer registered or joined: their earlier orders give points, as the programme's policy says."""
    if happened.customer_id is not None and happened.data.get("how") != "order":
        orders = commerce.orders_of(happened.customer_id, limit=EARLIER_ORDERS_MAX)
        _earn_earlier(list(orders), happened, now)


def _earn_earlier(orders: Sequence[Order], happened: RecordedEvent, now: datetime) -> None:
    paid = [one for one in orders if one.paid_at is not None and one.customer_id is not None]
    standing = [one for one in paid if one.status not in _GONE]
    if not standing:
        return
    for program in live_programs(now):
        occasions = [_occasion_now(order, happened) for order in standing]
        joiners = {
            one.customer_id: Joiner(customer_id=one.customer_id, shop_id=one.shop_id, at=happened.occurred_at)
            for one in occasions
        }
        members = members_for(program, joiners, now=now)
        joined = member_queries.joined_at(list(members.values()))
        due = [
            one
            for one in occasions
            if one.customer_id in members
            and one.order is not None
            and earning.may_earn_earlier(program, one.order, joined[members[one.customer_id]])
        ]
        earning.earn(program, due, now=now)
        for one in due:
            _settle_earlier_refunds(one, now)


def _occasion_now(order: Order, happened: RecordedEvent) -> Occasion:
    """Return the occasion of an order found later, with the refunds it already has as one."""
    occasion = earning.occasion_of(order, happened, judging.zone(order.shop_id))
    return judging.with_refunds(occasion, {str(refund.id): taking_back.refund_data(refund) for refund in order.refunds})


def _settle_earlier_refunds(one: Occasion, now: datetime) -> None:
    if one.refunds:
        taking_back.apply(one.subject_id, lambda row: None, cause=one.event, now=now)


def merged(happened: RecordedEvent, now: datetime) -> None:
    """Two profiles are one person: one membership remains and has everything."""
    absorbed_id, survivor_id = UUID(happened.data["absorbed_id"]), happened.customer_id
    if survivor_id is None:
        return
    rows = models.Member.objects.select_for_update().filter(customer_id=absorbed_id, state=MemberState.ACTIVE)
    for absorbed in rows.order_by("id"):
        merging.merge_member(absorbed, survivor_id, cause=happened, now=now)


def _program_then(row: models.Earning) -> LiveProgram | None:
    """Return the programme with the rule versions that decided an earning."""
    live = next((program for program in live_programs() if program.key == row.program), None)
    if live is None:
        return None
    rules: list[EarningRule] = []
    for outcome in taking_back.decision_of(row).trace:
        if outcome.version_id is not None:
            version = definitions.version(outcome.version_id)
            rules.append(read_rule(version.body, key=version.key, version_id=version.version_id)[0])
    return LiveProgram(key=live.key, version_id=live.version_id, program=live.program, rules=tuple(rules))


def _as_then(row: models.Earning, order: Order) -> Occasion:
    return Occasion(
        shop_id=row.shop_id,
        customer_id=row.customer_id,
        event_name=row.event_name,
        happened_at=row.happened_at,
        subject_id=order.id,
        order=order,
        event=None,
        zone=judging.zone(row.shop_id),
    )


_GONE = (OrderStatus.CANCELLED, OrderStatus.FAILED, OrderStatus.DELETED)
_HANDLERS: dict[str, Handler] = {
    "order.refunded": refunded,
    "order.refund_cancelled": refund_cancelled,
    "order.cancelled": cancelled,
    "order.restored": restored,
    "order.delivered": delivered,
    "order.corrected": corrected,
    "order.claimed": claimed,
    "customer.registered": became_known,
    "customer.merged": merged,
    "member.joined": became_known,
}
