"""Which happenings count for which challenges: conditions answered for a whole batch with one statement of facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wracam.challenges.core import happenings
from wracam.challenges.core.challenge import Challenge, Joining
from wracam.challenges.core.counting import Fact
from wracam.challenges.core.happenings import Line, Trade
from wracam.challenges.queries import live
from wracam.commerce import queries as commerce
from wracam.commerce.contracts import Order
from wracam.events.contracts import RecordedEvent
from wracam.foundation.bulk import fetch
from wracam.rules import queries as rules
from wracam.shops import queries as shops

UTC_ZONE = ZoneInfo("UTC")
Facts = Mapping[str, Any]
Zones = defaultdict[int, ZoneInfo]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A fact with whom and what it belongs to, as it is stored."""

    challenge: Challenge
    shop_id: int
    customer_id: UUID
    fact: Fact
    order_id: UUID | None
    cause_event_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A challenge that an event may count for, with the customer it is about and the order, if any."""

    challenge: Challenge
    happened: RecordedEvent
    customer_id: UUID
    order: Order | None

    @property
    def at(self) -> datetime:
        return self.happened.occurred_at if self.order is None else self.order.paid_at or self.order.placed_at

    @property
    def shop_id(self) -> int:
        return self.happened.shop_id


def counted(batch: Sequence[RecordedEvent], challenges: Sequence[Challenge], now: datetime) -> list[Counted]:
    """Return what these events add to these challenges; what happened before one came into force does not count."""
    zones = shop_zones()
    cases = [
        one
        for one in _cases(batch, challenges, live.begun() if challenges else {})
        if one.challenge.window.includes(one.at, one.at.astimezone(zones[one.shop_id]))
    ]
    cases = _joined(cases)
    people = _people(cases, now)
    facts = _FactsOnce(people)
    return [made for one in cases for made in _judged(one, facts, zones)]


def shop_zones() -> Zones:
    """Return the time zones of all shops (UTC for one that is gone), read once for a batch."""
    zones: Zones = defaultdict(lambda: UTC_ZONE)
    zones.update((shop.id, shop.zone) for shop in shops.shops())
    return zones


def zone(shop_id: int) -> ZoneInfo:
    """Return the time zone of one shop."""
    return shop_zones()[shop_id]


def trade_of(order: Order) -> Trade:
    """Return what is kept of an order as the core sees it."""
    lines = tuple(
        Line(
            key=str(line.id),
            sku=line.sku,
            categories=line.categories,
            units=line.quantity - line.refunded_quantity,
            value_minor=line.total_minor - line.refunded_minor,
        )
        for line in order.lines
    )
    kept_minor = order.total_minor - order.refunded_minor
    return Trade(
        key=str(order.id), at=order.paid_at or order.placed_at, lines=lines, value_minor=kept_minor,
        is_kept=(order.is_sale and kept_minor > 0) or (order.is_sale and order.total_minor == 0),
    )  # fmt: skip


def facts_of_order(challenge: Challenge, order: Order, zones: Zones) -> list[Fact]:
    """Return what an order adds to a challenge as it stands now; nothing when none of its lines ever counted."""
    matching = _matching(challenge, order, zones)
    if matching is not None and not matching:
        return []
    return happenings.order_facts(challenge, trade_of(order), matching)


def _cases(
    batch: Sequence[RecordedEvent], challenges: Sequence[Challenge], begun: Mapping[str, datetime]
) -> Iterable[_Case]:
    by_event: dict[str, list[tuple[datetime, Challenge]]] = {}
    for challenge in challenges:
        by_event.setdefault(challenge.event, []).append((begun[challenge.key], challenge))
    earliest = {name: min(since for since, _ in mine) for name, mine in by_event.items()}
    wanted = [one for one in batch if one.name in by_event and one.occurred_at >= earliest[one.name]]
    ids = {UUID(one.data["order_id"]) for one in wanted if "order_id" in one.data}
    orders = {order.id: order for order in commerce.orders(sorted(ids))} if ids else {}
    for happened in wanted:
        order = orders.get(UUID(happened.data["order_id"])) if "order_id" in happened.data else None
        customer_id = order.customer_id if order else happened.customer_id
        for since, challenge in by_event[happened.name]:
            if happened.occurred_at < since or customer_id is None:
                continue
            if order is not None or not challenge.is_of_orders:
                counts_order = order if challenge.is_of_orders else None
                yield _Case(challenge=challenge, happened=happened, customer_id=customer_id, order=counts_order)


def _joined(cases: Sequence[_Case]) -> list[_Case]:
    """Keep what counts: of opt-in challenges only what happened after joining."""
    asked = [one for one in cases if one.challenge.joining is Joining.OPT_IN]
    if not asked:
        return list(cases)
    rows = fetch(
        """SELECT challenge, customer_id, joined_at FROM challenge_entry
           WHERE customer_id = ANY(%s::uuid[]) AND challenge = ANY(%s)""",
        [one.customer_id for one in asked],
        [one.challenge.key for one in asked],
    )
    since = {(challenge, customer_id): joined_at for challenge, customer_id, joined_at in rows}
    return [
        one
        for one in cases
        if one.challenge.joining is not Joining.OPT_IN
        or ((joined := since.get((one.challenge.key, one.customer_id))) is not None and one.at >= joined)
    ]


def _people(cases: Sequence[_Case], now: datetime) -> Mapping[UUID, Facts]:
    conditions = [
        condition
        for challenge in {id(one.challenge): one.challenge for one in cases}.values()
        for condition in (challenge.condition, challenge.audience)
        if condition is not None
    ]
    needed = frozenset(name for condition in conditions for name in rules.attributes_needed(condition))
    return rules.customer_facts({one.customer_id for one in cases}, needed, now) if needed else {}


class _FactsOnce:
    """The facts of happenings, each worked out when first asked for: several challenges may ask about the same."""

    def __init__(self, people: Mapping[UUID, Facts]) -> None:
        self._people = people
        self._known: dict[tuple[UUID, bool], Facts] = {}

    def of(self, one: _Case) -> Facts:
        """Return what conditions can ask about a case: customer, event and order."""
        key = (one.happened.id, one.order is not None)
        found = self._known.get(key)
        if found is None:
            order = commerce.order_facts(one.order) if one.order else {}
            found = {**self._people.get(one.customer_id, {}), **_event_facts(one.happened), **order}
            self._known[key] = found
        return found


def _judged(one: _Case, facts: _FactsOnce, zones: Zones) -> Iterable[Counted]:
    challenge, order = one.challenge, one.order
    in_zone = zones[one.shop_id]
    for condition in (challenge.audience, challenge.condition):
        if condition is not None and not rules.judge(condition, facts.of(one), one.at, in_zone).is_true:
            return
    if order is None:
        fact = happenings.event_fact(challenge, str(one.happened.id), one.at, one.happened.data)
        found = [fact] if fact else []
    else:
        found = facts_of_order(challenge, order, zones)
    for fact in found:
        yield Counted(
            challenge=challenge, shop_id=one.shop_id, customer_id=one.customer_id, fact=fact,
            order_id=order.id if order else None, cause_event_id=one.happened.id,
        )  # fmt: skip


def _matching(challenge: Challenge, order: Order, zones: Zones) -> frozenset[int] | None:
    """Return the indexes of the lines that count, whatever is kept of them; None when the challenge asks for none."""
    if challenge.lines is None:
        return None
    at, in_zone = order.paid_at or order.placed_at, zones[order.shop_id]
    return frozenset(
        index
        for index, line in enumerate(order.lines)
        if rules.judge(challenge.lines, commerce.line_facts(line, order), at, in_zone).is_true
    )


def _event_facts(happened: RecordedEvent) -> dict[str, Any]:
    return {f"event.{name}": value for name, value in happened.data.items()} | {"event.name": happened.name}
