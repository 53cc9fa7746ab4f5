"""Answering the conditions of earning rules for orders and events, so that the pure core can decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wracam.commerce.contracts import Order
from wracam.events.contracts import Cause, RecordedEvent
from wracam.loyalty.core import promoted
from wracam.loyalty.core.earning import Asked, Happening, Line
from wracam.loyalty.core.rule import GiveKind
from wracam.loyalty.queries import known
from wracam.loyalty.queries.programs import LiveProgram, ReadyRule, live_programs
from wracam.promotions import queries as promotions
from wracam.promotions.contracts import CommittedGrants, Grants
from wracam.rules import queries as rules
from wracam.shops import queries as shops

NO_FACTS: Mapping[str, Any] = {}
UTC_ZONE = ZoneInfo("UTC")
AMOUNT_KINDS = frozenset({GiveKind.PER_AMOUNT, GiveKind.TABLE})
"""What multipliers multiply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Something that may give points to a customer: a paid order, or any other event."""

    shop_id: int
    customer_id: UUID
    event_name: str
    happened_at: datetime
    subject_id: UUID
    """The order, or the event itself: what cannot give twice."""
    order: Order | None
    event: RecordedEvent | None
    zone: ZoneInfo
    refunds: Mapping[str, Any] = field(default_factory=dict)
    grants: Grants | None = None
    """What the cart that became the order grants, None when no promotion granted anything."""

    @property
    def cause(self) -> Cause | None:
        """The event as the cause of what it leads to."""
        return self.event.as_cause() if self.event else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a whole batch is decided by: the programmes in force and the shops' time zones, read once."""

    programs: tuple[LiveProgram, ...]
    zones: Mapping[int, ZoneInfo]

    def zone(self, shop_id: int) -> ZoneInfo:
        """Return the time zone of a shop (UTC for one that is gone)."""
        return self.zones.get(shop_id, UTC_ZONE)

    @property
    def triggers(self) -> frozenset[str]:
        """The names of all events that some live earning rule listens to."""
        return frozenset(rule.event for program in self.programs for rule in program.rules)


def scene(now: datetime) -> Scene:
    """Read what the decisions of a batch stand on."""
    return Scene(programs=live_programs(now), zones={shop.id: shop.zone for shop in shops.shops()})


def with_refunds(occasion: Occasion, refunds: Mapping[str, Any]) -> Occasion:
    """Return the occasion of an order that already has refunds."""
    return replace(occasion, refunds=refunds)


def commits_of(orders: Iterable[Order]) -> dict[UUID, CommittedGrants]:
    """Return what the carts granted that became these orders, by order; a cart names its order by id or by number."""
    wanted = list(orders)
    names = {(one.shop_id, name) for one in wanted for name in (one.external_id, one.number) if name}
    known = promotions.grants_of_orders(sorted(names)) if names else {}
    if not known:
        return {}
    found = {
        one.id: known.get((one.shop_id, one.external_id)) or known.get((one.shop_id, one.number)) for one in wanted
    }
    return {order_id: commit for order_id, commit in found.items() if commit}


def with_grants(occasions: Sequence[Occasion]) -> list[Occasion]:
    """Return these occasions with what the carts of their orders granted."""
    commits = commits_of(one.order for one in occasions if one.order)
    if not commits:
        return list(occasions)
    return [
        replace(one, grants=commits[one.order.id].grants) if one.order and one.order.id in commits else one
        for one in occasions
    ]


def zone(shop_id: int) -> ZoneInfo:
    """Return the time zone of a shop (UTC for one that is gone)."""
    shop = shops.shop(shop_id)
    return shop.zone if shop else UTC_ZONE


def currency(shop_id: int) -> str:
    """Return the currency of a shop (złoty for one that is gone)."""
    shop = shops.shop(shop_id)
    return shop.currency if shop else "PLN"


def zones(shop_ids: Iterable[int]) -> dict[int, ZoneInfo]:
    """Return the time zones of these shops."""
    known = {shop.id: shop.zone for shop in shops.shops()}
    return {shop_id: known.get(shop_id, UTC_ZONE) for shop_id in shop_ids}


def happening(one: Occasion) -> Happening:
    """Return the occasion as the core sees it, in the shop's local time."""
    local = one.happened_at.astimezone(one.zone)
    if one.order is None:
        return Happening(local=local)
    return Happening(local=local, lines=lines_of(one.order), currency=one.order.currency)


def lines_of(order: Order) -> tuple[Line, ...]:
    """Return the lines that rules reward, and the delivery as a line of its own.

    An order whose lines say nothing of money (or that has none) counts as one line with the order's total.
    """
    lines = [
        Line(
            line_id=line.id,
            quantity=max(line.quantity, 0),
            gross_minor=line.total_minor,
            net_minor=line.total_minor - line.tax_minor,
        )
        for line in order.lines
    ]
    if not lines:
        goods = order.total_minor - order.shipping_minor
        lines = [Line(line_id=None, quantity=1, gross_minor=goods, net_minor=goods - order.tax_minor)]
    if order.shipping_minor:
        lines.append(
            Line(
                line_id=None,
                quantity=1,
                gross_minor=order.shipping_minor,
                net_minor=order.shipping_minor,
                is_shipping=True,
            )
        )
    return tuple(lines)


def asked(program: LiveProgram, occasions: Sequence[Occasion], *, now: datetime) -> list[list[Asked]]:
    """Return, for each occasion, the rules it triggers with their conditions answered.

    Conditions are judged at the time of the event, with what is known of the customer now.
    """
    people = _customer_facts(program, occasions, now)
    return [_asked(program, one, people.get(one.customer_id, NO_FACTS)) for one in occasions]


def _asked(program: LiveProgram, one: Occasion, person: Mapping[str, Any]) -> list[Asked]:
    """Answer the rules of one occasion; what they ask about is worked out once, and only if one of them asks."""
    about = About(person, (lambda: one.order) if one.order else None, one.event)
    mine = [ask(ready, about, one.happened_at) for ready in program.ready_for(one.event_name)]
    return [*mine, *_promoted(program, one, mine)] if one.grants else mine


def _promoted(program: LiveProgram, one: Occasion, asked_rules: Sequence[Asked]) -> list[Asked]:
    """Return the multipliers of the order's promotions for the spendable kinds that its amounts give."""
    if one.order is None or one.grants is None or not one.grants.multipliers:
        return []
    names = [promoted.LineName(id=line.external_id, sku=line.sku) for line in one.order.lines]
    return promoted.asked(one.grants, names, multiplied_kinds(program, asked_rules))


def multiplied_kinds(program: LiveProgram, asked_rules: Iterable[Asked]) -> set[str]:
    """Return the kinds of points that a promotion multiplies: spendable ones that these rules give for amounts."""
    spendable = {kind.key for kind in program.program.point_kinds if kind.is_spendable}
    return spendable & {one.rule.point_kind for one in asked_rules if one.rule.give.kind in AMOUNT_KINDS}


def _customer_facts(
    program: LiveProgram, occasions: Sequence[Occasion], now: datetime
) -> Mapping[UUID, Mapping[str, Any]]:
    needed = frozenset().union(*[program.needs_for(name) for name in {one.event_name for one in occasions}])
    if not needed:
        return {}
    return rules.customer_facts(list({one.customer_id for one in occasions}), needed, now)


class About:
    """What conditions can ask about an occasion and each line of its order; *order* makes it when it is asked about."""

    def __init__(
        self, person: Mapping[str, Any], order: Callable[[], Order | None] | None, event: RecordedEvent | None = None
    ) -> None:
        self.person = person
        self._make_order, self._event = order, event

    @cached_property
    def order(self) -> Order | None:
        """The order, if there is one."""
        return self._make_order() if self._make_order else None

    @property
    def has_order(self) -> bool:
        """Whether there is one."""
        return self._make_order is not None

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """The facts of the customer, the order and the event."""
        facts = {**self.person, **(known.order_facts(self.order) if self.order else {})}
        return facts | known.event_facts(self._event) if self._event is not None else facts

    @cached_property
    def lines(self) -> Sequence[Mapping[str, Any]]:
        """The facts of each line, with those of the occasion."""
        return [{**self.facts, **line} for line in self.facts["lines"]] if self.order else []


def ask(ready: ReadyRule, about: About, at: datetime, *, explains: bool = True) -> Asked:
    """Answer the conditions of a rule at a moment; with *explains*, a "no" carries what did not hold."""
    rule = ready.rule
    if ready.condition is not None:
        facts = about.facts if ready.asks_occasion else about.person
        zone = rules.zone_of(facts)
        if ready.condition.truth(facts, at, zone) is not True:
            why = rules.evidence_of(ready.condition.judge(facts, at, zone)) if explains else ""
            return Asked(rule=rule, is_true=False, why=why)
    if ready.lines is None or not about.has_order:
        return Asked(rule=rule)
    zone = rules.zone_of(about.facts)
    matching = frozenset(index for index, facts in enumerate(about.lines) if ready.lines.truth(facts, at, zone) is True)
    return Asked(rule=rule, lines=matching)
