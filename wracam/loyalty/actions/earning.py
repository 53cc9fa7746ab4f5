"""Earning in batches: one query for the orders, the pure core decides, one statement posts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from wracam.commerce import queries as commerce
from wracam.commerce.contracts import Order
from wracam.events import actions as events
from wracam.events.contracts import Event, RecordedEvent
from wracam.foundation.bulk import as_json, execute, fetch
from wracam.foundation.locks import lock_many
from wracam.kernel.ids import derived_id
from wracam.loyalty.actions import members as member_actions
from wracam.loyalty.actions import posting
from wracam.loyalty.actions.members import Joiner
from wracam.loyalty.contracts import Account, Decision, PointsEarned, Reason
from wracam.loyalty.core import earning as core
from wracam.loyalty.core import expiry, promoted
from wracam.loyalty.core.ledger import Posting
from wracam.loyalty.core.program import EarlierOrders, ValidFrom, ValidityKind
from wracam.loyalty.queries import judging
from wracam.loyalty.queries.judging import Occasion, Scene
from wracam.loyalty.queries.programs import LiveProgram
from wracam.loyalty.queries.usage import Usage

_INSERT = """
INSERT INTO loyalty_earning (
    id, shop_id, program, customer_id, member_id, order_id, event_name, cause_event_id, happened_at, decision,
    standing, refunds, heard
)
SELECT id, shop_id, program, customer_id, member_id, order_id, event_name, cause_event_id, happened_at, decision,
       standing, refunds, heard
FROM jsonb_to_recordset(%s::text::jsonb) AS i(
    id uuid, shop_id integer, program text, customer_id uuid, member_id uuid, order_id uuid, event_name text,
    cause_event_id uuid, happened_at timestamptz, decision jsonb, standing jsonb, refunds jsonb,
    heard jsonb)
ON CONFLICT (id) DO NOTHING
RETURNING id
"""


_COUNT = """
INSERT INTO loyalty_rule_usage AS u (rule, member_id, period, points)
SELECT rule, member_id, period, points
FROM jsonb_to_recordset(%s::text::jsonb) AS i(rule text, member_id uuid, period text, points bigint)
ORDER BY rule, member_id, period
ON CONFLICT (rule, member_id, period) DO UPDATE SET points = u.points + excluded.points
"""


def earn_for_orders(batch: Sequence[RecordedEvent], *, scene: Scene, now: datetime) -> list[Occasion]:
    """Give what these paid orders earn in every live programme; return those that belong to customers."""
    wanted = [UUID(happened.data["order_id"]) for happened in batch]
    orders = {order.id: order for order in commerce.orders(wanted)}
    occasions = judging.with_grants(
        [
            occasion_of(order, happened, scene.zone(order.shop_id))
            for order_id, happened in zip(wanted, batch, strict=True)
            if (order := orders.get(order_id)) is not None and order.customer_id is not None
        ]
    )
    for program in scene.programs if occasions else ():
        earn(program, occasions, now=now)
    return occasions


def earn_for_events(batch: Sequence[RecordedEvent], *, scene: Scene, now: datetime) -> int:
    """Give what events other than orders earn: a review, a birthday, joining."""
    occasions = [
        Occasion(
            shop_id=happened.shop_id,
            customer_id=happened.customer_id,
            event_name=happened.name,
            happened_at=happened.occurred_at,
            subject_id=happened.id,
            order=None,
            event=happened,
            zone=scene.zone(happened.shop_id),
        )
        for happened in batch
        if happened.customer_id is not None
    ]
    return sum(earn(program, occasions, now=now) for program in scene.programs) if occasions else 0


def occasion_of(order: Order, happened: RecordedEvent | None, zone: ZoneInfo) -> Occasion:
    """Return the occasion of a paid order that has a customer."""
    if order.customer_id is None:
        raise ValueError(f"order {order.id} has no customer")
    return Occasion(
        shop_id=order.shop_id,
        customer_id=order.customer_id,
        event_name="order.paid",
        happened_at=order.paid_at or order.placed_at,
        subject_id=order.id,
        order=order,
        event=happened,
        zone=zone,
    )


def earn(program: LiveProgram, occasions: Sequence[Occasion], *, now: datetime) -> int:
    """Decide and post what these occasions give in one programme; those that gave before give nothing."""
    triggered = [one for one in occasions if program.rules_for(one.event_name)]
    fresh = _without_repeated(program, triggered)
    members = member_actions.members_for(program, _joiners(occasions), now=now)
    due = [one for one in fresh if one.customer_id in members]
    if not due:
        return 0
    return _post(program, due, members, now)


def _joiners(occasions: Sequence[Occasion]) -> dict[UUID, Joiner]:
    """Return how these customers would join; with a first purchase there is no earlier order to look for."""
    return {
        one.customer_id: Joiner(
            customer_id=one.customer_id,
            shop_id=one.shop_id,
            at=one.happened_at,
            how="order" if one.order is None or one.order.is_first_sale else "joined",
            cause=one.cause,
        )
        for one in reversed(occasions)
    }


def decide(
    program: LiveProgram, occasions: Sequence[Occasion], members: Mapping[UUID, UUID], usage: Usage, now: datetime
) -> list[Decision]:
    """Return what each occasion gives, in order; *usage* counts what capped rules give on the way."""
    asked = judging.asked(program, occasions, now=now)
    decisions = []
    for one, rules in zip(occasions, asked, strict=True):
        happening = judging.happening(one)
        left = usage.left(members.get(one.customer_id), happening.local)
        decision = core.decide(happening, rules, program.program.rounding, left)
        usage.count(members.get(one.customer_id), happening.local, decision)
        decisions.append(decision)
    return decisions


def _without_repeated(program: LiveProgram, occasions: Sequence[Occasion]) -> list[Occasion]:
    """Drop orders that gave in this programme before, and repeats within the batch."""
    order_ids = [one.subject_id for one in occasions if one.order]
    gave = {
        row[0]
        for row in fetch(
            """SELECT order_id FROM loyalty_earning
               WHERE program = %s AND order_id = ANY(%s::uuid[]) AND state <> 'moved'""",
            program.key,
            order_ids,
        )
    }  # fmt: skip
    fresh: dict[UUID, Occasion] = {}
    for one in occasions:
        if one.subject_id not in gave:
            fresh.setdefault(one.subject_id, one)
    return list(fresh.values())


def _post(program: LiveProgram, due: Sequence[Occasion], members: Mapping[UUID, UUID], now: datetime) -> int:
    lock_many("loyalty.budget", _budgeted(program, due))
    usage = Usage.load(program, [members[one.customer_id] for one in due], due)
    decisions = decide(program, due, members, usage, now)
    rows, postings, announced = [], [], []
    for one, decision in zip(due, decisions, strict=True):
        earning_id = derived_id("earning", program.key, one.subject_id, one.customer_id)
        member_id = members[one.customer_id]
        rows.append(_row(program, one, earning_id, member_id, decision))
        for posted in grants(program, one, earning_id, member_id, decision, now):
            postings.append(posted)
            announced.append(_announcement(posted, one))
    inserted = {row[0] for row in fetch(_INSERT, as_json(rows))}
    mine = [posted for posted in postings if posted.earning_id in inserted]
    posting.post(mine)
    posting.settle_debts({posted.member_id for posted in mine if posted.credit is Account.ACTIVE}, now=now)
    _count(usage)
    events.record(
        [event for posted, event in zip(postings, announced, strict=True) if posted.earning_id in inserted], now=now
    )
    return len(inserted)


def _budgeted(program: LiveProgram, due: Sequence[Occasion]) -> list[str]:
    """Return the rules with a budget of the whole programme, which only one batch at a time may use."""
    names = {one.event_name for one in due}
    return [rule.key for rule in program.rules if rule.event in names and any(cap.is_budget for cap in rule.caps)]


def _count(usage: Usage) -> None:
    added = usage.added()
    if added:
        execute(_COUNT, as_json(added))


def _row(program: LiveProgram, one: Occasion, earning_id: UUID, member_id: UUID, decision: Decision) -> dict[str, Any]:
    return {
        "id": earning_id,
        "shop_id": one.shop_id,
        "program": program.key,
        "customer_id": one.customer_id,
        "member_id": member_id,
        "order_id": one.order.id if one.order else None,
        "event_name": one.event_name,
        "cause_event_id": one.event.id if one.event else None,
        "happened_at": one.happened_at,
        "decision": _with_value(decision, one.order),
        "standing": {kind.point_kind: {"earned": kind.points, "taken": 0, "forgiven": 0} for kind in decision.kinds},
        "refunds": one.refunds,
        "heard": [place(one.event)] if one.event else [],
    }


def place(happened: RecordedEvent) -> str:
    """Return the mark of the event that made an earning: the order was read with all that came before it in the log."""
    return f"{happened.txid}:{happened.position}"


def decision_data(decision: Decision, order: Order | None) -> dict[str, Any]:
    """Return a decision as it is stored: its kinds with shares, its trace, and the order's value."""
    data: dict[str, Any] = msgspec.to_builtins(_with_value(decision, order))
    return data


def _with_value(decision: Decision, order: Order | None) -> dict[str, Any]:
    return {
        "kinds": decision.kinds, "trace": decision.trace, "order_minor": order.total_minor if order else 0,
        "net_minor": order.total_minor - order.tax_minor if order else 0,
    }  # fmt: skip


def grants(
    program: LiveProgram, one: Occasion, earning_id: UUID, member_id: UUID, decision: Decision, now: datetime
) -> Iterable[Posting]:
    """Return the postings that give what was decided, with the dates the programme sets."""
    activates, expires = dates(program, one, now)
    is_active = activates is not None and activates <= now
    for kind in decision.kinds:
        yield Posting(
            shop_id=one.shop_id,
            key=f"earn:{earning_id}:{kind.point_kind}",
            entry_id=earning_id,
            member_id=member_id,
            point_kind=kind.point_kind,
            debit=Account.ISSUED,
            credit=Account.ACTIVE if is_active else Account.PENDING,
            points=kind.points,
            at=now,
            happened_at=one.happened_at,
            activates_at=activates,
            expires_at=expires,
            order_id=one.order.id if one.order else None,
            earning_id=earning_id,
            rule_version_id=_main_version(decision, kind.point_kind),
            cause_event_id=one.event.id if one.event else None,
            reason=Reason.EARNED,
            note=promoted.note(decision, kind.point_kind),
        )


def dates(program: LiveProgram, one: Occasion, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return when points of this occasion become active (None: after delivery) and when they end."""
    delivered_at = one.order.delivered_at if one.order else one.happened_at
    activates = expiry.activates_at(program.program.pending, one.happened_at, delivered_at)
    return activates, ends_at(program, one.happened_at, activates, one.zone)


def ends_at(program: LiveProgram, happened_at: datetime, activates: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return when points end; None: never, by inactivity, or not known until the delivery."""
    validity = program.program.validity
    start = happened_at if validity.counts_from is ValidFrom.EARNED else activates
    if start is None or validity.kind in (ValidityKind.NEVER, ValidityKind.INACTIVITY):
        return None
    return expiry.expires_at(validity, start, zone)


def _main_version(decision: Decision, point_kind: str) -> UUID | None:
    """Return the version of the rule that gave most, as the transfer's short answer to "why"."""
    gave = [rule for rule in decision.trace if rule.point_kind == point_kind and rule.points]
    return max(gave, key=lambda rule: rule.points).version_id if gave else None


def _announcement(posted: Posting, one: Occasion) -> Event:
    return PointsEarned(
        shop_id=posted.shop_id,
        customer_id=one.customer_id,
        occurred_at=one.happened_at,
        cause=one.cause,
        member_id=posted.member_id,
        point_kind=posted.point_kind,
        points=posted.points,
        order_id=posted.order_id,
        activates_at=posted.activates_at,
        expires_at=posted.expires_at,
    )


def may_earn_earlier(program: LiveProgram, order: Order, joined_at: datetime) -> bool:
    """Say whether an order from before joining gives points under the programme's policy."""
    policy = program.program.earlier_orders
    paid_at = order.paid_at or order.placed_at
    if policy is EarlierOrders.ALL or paid_at >= joined_at:
        return True
    if policy is EarlierOrders.NONE:
        return False
    return (joined_at - paid_at).days <= program.program.earlier_days
