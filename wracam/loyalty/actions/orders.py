"""What order events mean for points, and customers who register, claim orders or turn out to be one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from wracam.commerce import queries as commerce
from wracam.commerce.contracts import Order, OrderStatus
from wracam.customers import queries as customers
from wracam.definitions import queries as definitions
from wracam.events.contracts import RecordedEvent
from wracam.foundation.bulk import as_json, execute, fetch
from wracam.loyalty import models
from wracam.loyalty.actions import earning, merging, posting, promised, taking_back
from wracam.loyalty.actions.members import Joiner, members_for
from wracam.loyalty.actions.taking_back import Alteration
from wracam.loyalty.contracts import EarningState, MemberState
from wracam.loyalty.core import expiry, promoted
from wracam.loyalty.core.program import Joining
from wracam.loyalty.core.rounds import rounds
from wracam.loyalty.core.rule import EarningRule
from wracam.loyalty.queries import judging
from wracam.loyalty.queries import members as member_queries
from wracam.loyalty.queries.judging import Occasion, Scene
from wracam.loyalty.queries.programs import LiveProgram, live_programs, rule_events, rules_of
from wracam.loyalty.queries.usage import Usage

Alter = Callable[[models.Earning], None]
Handler = Callable[[RecordedEvent, datetime], None]
BatchHandler = Callable[[Sequence[RecordedEvent], Scene, datetime], None]

_SET_DATES = """
UPDATE point_lot AS l SET activates_at = i.activates_at, expires_at = i.expires_at, moves = moves + 1
FROM jsonb_to_recordset(%s::text::jsonb) AS i(earning_id uuid, activates_at timestamptz, expires_at timestamptz)
WHERE l.earning_id = i.earning_id AND NOT l.is_active
"""


def handled_events() -> frozenset[str]:
    """Return the names of all events that points depend on: the life of orders, customers, and live rules."""
    return frozenset(_HANDLERS) | frozenset(_BATCH_HANDLERS) | {"order.paid"} | rule_events()


def handle(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Handle a batch in which each customer's events stand in order, in as few rounds as that allows."""
    posting.lock_members_of([one.customer_id for one in batch if one.customer_id is not None])
    scene = judging.scene(now)
    triggers = scene.triggers - {"order.paid"}
    for together in rounds([one for one in batch if one.name in scene.triggers or not _says_nothing(one, scene)]):
        _handle_alike(together[0].name, together, scene, now)
        if together[0].name in triggers:
            earning.earn_for_events(together, scene=scene, now=now)


def _handle_alike(name: str, events: Sequence[RecordedEvent], scene: Scene, now: datetime) -> None:
    """Handle events of one name and of different customers: as a set where that is possible."""
    if name in _BATCH_HANDLERS:
        _BATCH_HANDLERS[name](events, scene, now)
    elif name in _HANDLERS:
        for one in events:
            _HANDLERS[name](one, now)


def _says_nothing(happened: RecordedEvent, scene: Scene) -> bool:
    """Say whether nothing is to be done: who joined by an order has no earlier one; few programmes take everybody."""
    if happened.name == "customer.created":
        return not _for_everybody(scene)
    return happened.name == "member.joined" and happened.data.get("how") == "order"


def _for_everybody(scene: Scene) -> list[LiveProgram]:
    return [one for one in scene.programs if one.program.joining is Joining.EVERYBODY]


def _order_id(happened: RecordedEvent) -> UUID:
    return UUID(happened.data["order_id"])


def refunded(batch: Sequence[RecordedEvent], _scene: Scene, now: datetime) -> None:
    """Take back what the returned units earned."""
    _alter(batch, lambda one: partial(taking_back.add_refund, happened=one), now)
    promised.follow_orders(batch, now)


def refund_cancelled(batch: Sequence[RecordedEvent], _scene: Scene, now: datetime) -> None:
    """Give back what withdrawn refunds had taken."""
    _alter(batch, lambda one: partial(taking_back.remove_refund, happened=one), now)
    promised.follow_orders(batch, now)


def cancelled(batch: Sequence[RecordedEvent], _scene: Scene, now: datetime) -> None:
    """Take back everything that the orders gave."""
    _alter(batch, lambda _: taking_back.cancel, now)
    promised.follow_orders(batch, now)


def restored(batch: Sequence[RecordedEvent], scene: Scene, now: datetime) -> None:
    """Give everything again that still belongs to the orders."""
    _alter(batch, lambda _: taking_back.restore, now)
    _earn_missed(batch, scene, now)
    promised.follow_orders(batch, now)


def _earn_missed(batch: Sequence[RecordedEvent], scene: Scene, now: datetime) -> None:
    """Give what orders earn that stand again, but were void or unpaid when they got an owner who is a member."""
    standing = {_order_id(one): one for one in batch}
    orders = commerce.orders(_without_earnings(list(standing), scene.programs))
    _earn_earlier([(one, standing[one.id]) for one in orders], scene, now)


def _alter(batch: Sequence[RecordedEvent], how: Callable[[RecordedEvent], Alter], now: datetime) -> None:
    alterations = [Alteration(order_id=_order_id(one), alter=how(one), cause=one) for one in batch]
    taking_back.apply(alterations, now=now)


def paid(batch: Sequence[RecordedEvent], scene: Scene, now: datetime) -> None:
    """Give what paid orders earn, and the rewards that their carts promised."""
    occasions = earning.earn_for_orders(batch, scene=scene, now=now)
    promised.follow_orders([one.event for one in occasions if one.event and one.grants and one.grants.rewards], now)


def delivered(batch: Sequence[RecordedEvent], scene: Scene, _now: datetime) -> None:
    """Points that waited for the delivery get their dates."""
    waiting = {one.key: one for one in scene.programs if one.program.pending.after_delivery}
    if not waiting:
        return
    arrived = {_order_id(one): one.occurred_at for one in batch}
    rows = models.Earning.objects.filter(
        order_id__in=list(arrived), program__in=list(waiting), state=EarningState.STANDING
    ).values_list("id", "program", "order_id", "shop_id", "happened_at")
    dated = []
    for earning_id, key, order_id, shop_id, happened_at in rows:
        program = waiting[key]
        if order_id is None:
            continue
        activates = expiry.activates_at(program.program.pending, happened_at, arrived[order_id])
        ends = earning.ends_at(program, happened_at, activates, scene.zone(shop_id))
        dated.append({"earning_id": earning_id, "activates_at": activates, "expires_at": ends})
    if dated:
        execute(_SET_DATES, as_json(dated))


def corrected(batch: Sequence[RecordedEvent], scene: Scene, now: datetime) -> None:
    """Decide again, with the very rule versions that decided first, over the orders' lines as they are now."""
    orders = {order.id: order for order in commerce.orders([_order_id(one) for one in batch])}

    known = [one for one in batch if _order_id(one) in orders]
    _alter(known, lambda one: partial(_decide_again, order=orders[_order_id(one)], now=now), now)
    _earn_missed(known, scene, now)


def _decide_again(row: models.Earning, order: Order, now: datetime) -> None:
    program = _program_then(row)
    if program is not None:
        occasions = judging.with_grants([_as_then(row, order)])
        decision = earning.decide(program, occasions, {}, Usage([]), now)[0]
        row.decision = earning.decision_data(decision, order)


def committed(happened: RecordedEvent, now: datetime) -> None:
    """Give a cart's rewards; if its order gave points already, its promotions multiply them now."""
    promised.follow_cart(happened, now)
    if not happened.data.get("multipliers"):
        return
    found = commerce.order_ids_named(shop_id=happened.shop_id, name=happened.data["order"])
    for order in commerce.orders(found):
        taking_back.apply(
            [Alteration(order_id=order.id, alter=partial(_multiply_late, order=order, now=now), cause=happened)],
            now=now,
        )


def cart_refunded(happened: RecordedEvent, now: datetime) -> None:
    """Take back the rewards of a cart of which nothing is left."""
    promised.follow_cart(happened, now)


def _multiply_late(row: models.Earning, order: Order, now: datetime) -> None:
    if not any(promoted.is_promoted(one.rule) for one in taking_back.decision_of(row).trace):
        _decide_again(row, order, now)


def claimed(happened: RecordedEvent, now: datetime) -> None:
    """Points of an order follow it to its new owner."""
    order = next(iter(commerce.orders([_order_id(happened)])), None)
    for row in models.Earning.objects.select_for_update().filter(order_id=_order_id(happened)).order_by("id"):
        if row.state != EarningState.MOVED and (order is None or row.customer_id != order.customer_id):
            taking_back.move_away(row)
            taking_back.reconcile([(row, happened)], now=now)
    if order is not None:
        _earn_earlier([(order, happened)], judging.scene(now), now)


def became_customer(batch: Sequence[RecordedEvent], scene: Scene, now: datetime) -> None:
    """New customers belong at once to the programmes that everybody belongs to."""
    _take_in(batch, _for_everybody(scene), now)


def _take_in(batch: Sequence[RecordedEvent], programs: Sequence[LiveProgram], now: datetime) -> None:
    """Make members of those whom these programmes take in by themselves, orders or not."""
    if not programs or not batch:
        return
    living = customers.canonical([one.customer_id for one in batch if one.customer_id])
    joiners = {
        living[one.customer_id]: Joiner(
            customer_id=living[one.customer_id], shop_id=one.shop_id, at=one.occurred_at, cause=one.as_cause()
        )
        for one in reversed(batch)
        if one.customer_id
    }
    for program in programs:
        members_for(program, joiners, now=now)


def became_known(batch: Sequence[RecordedEvent], scene: Scene, now: datetime) -> None:
    """Customers registered or joined: their earlier orders give points, as the programme's policy says."""
    known = {one.customer_id: one for one in batch if one.customer_id and one.data.get("how") != "order"}
    if known:
        _take_in([one for one in known.values() if one.name == "customer.registered"], scene.programs, now)
        found = commerce.order_ids_of_people(list(known))
        orders = commerce.orders(_without_earnings(found, scene.programs))
        living = customers.canonical([one.customer_id for one in orders if one.customer_id])
        _earn_earlier([(one, known[living[one.customer_id]]) for one in orders if one.customer_id], scene, now)


def _without_earnings(order_ids: Sequence[UUID], programs: Sequence[LiveProgram]) -> list[UUID]:
    """Drop the orders that gave in every programme already: there is nothing to find in them."""
    gave = {
        row[0]
        for row in fetch(
            """SELECT order_id FROM loyalty_earning
               WHERE order_id = ANY(%s::uuid[]) AND program = ANY(%s) AND state <> 'moved'
               GROUP BY order_id HAVING count(DISTINCT program) = %s""",
            list(order_ids),
            [program.key for program in programs],
            len(programs),
        )
    }
    return [order_id for order_id in order_ids if order_id not in gave]


def _earn_earlier(found: Sequence[tuple[Order, RecordedEvent]], scene: Scene, now: datetime) -> None:
    """Give what orders earn that are found later, each because of its event."""
    standing = [
        (order, happened)
        for order, happened in found
        if order.paid_at is not None and order.customer_id is not None and order.status not in _GONE
    ]
    if not standing:
        return
    occasions = judging.with_grants(
        [_occasion_now(order, happened, scene.zone(order.shop_id)) for order, happened in standing]
    )
    joiners = {
        one.customer_id: Joiner(customer_id=one.customer_id, shop_id=one.shop_id, at=happened.occurred_at)
        for one, (_, happened) in zip(occasions, standing, strict=True)
    }
    for program in scene.programs:
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
        _settle_earlier_refunds(due, now)


def _occasion_now(order: Order, happened: RecordedEvent, zone: ZoneInfo) -> Occasion:
    """Return the occasion of an order found later, with the refunds it already has as one."""
    occasion = earning.occasion_of(order, happened, zone)
    return judging.with_refunds(occasion, {str(refund.id): taking_back.refund_data(refund) for refund in order.refunds})


def _settle_earlier_refunds(due: Sequence[Occasion], now: datetime) -> None:
    taking_back.apply(
        [Alteration(order_id=one.subject_id, alter=lambda _: None, cause=one.event) for one in due if one.refunds],
        now=now,
    )


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
        if outcome.version_id is not None and not promoted.is_promoted(outcome.rule):
            said = rules_of(definitions.version(outcome.version_id))
            rules += [rule for rule in said if rule.key == outcome.rule]
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
    "order.claimed": claimed,
    "customer.merged": merged,
    "cart.committed": committed,
    "cart.refunded": cart_refunded,
}
_BATCH_HANDLERS: dict[str, BatchHandler] = {
    "order.paid": paid,
    "order.delivered": delivered,
    "order.refunded": refunded,
    "order.refund_cancelled": refund_cancelled,
    "order.cancelled": cancelled,
    "order.restored": restored,
    "order.corrected": corrected,
    "customer.created": became_customer,
    "customer.registered": became_known,
    "member.joined": became_known,
}
