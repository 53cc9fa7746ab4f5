"""Taking orders: whole states of orders as shops tell them, in any order, any number of times, one or thousands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

from msgspec.structs import replace

from wracam.commerce.actions import store
from wracam.commerce.actions.statistics import rewrite_statistics
from wracam.commerce.actions.store import Held
from wracam.commerce.contracts import InvalidSnapshotError, OrderOutcome, OrderSnapshot, TakenOrder
from wracam.commerce.core import snapshots as told_
from wracam.commerce.core.changes import OrderState, happenings
from wracam.customers import actions as customers
from wracam.customers import queries as people
from wracam.events import actions as events
from wracam.events.contracts import Event
from wracam.foundation import transactions
from wracam.foundation.locks import lock_many

LOCK_SPACE = "commerce.order"
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def take_order(snapshot: OrderSnapshot, *, now: datetime) -> TakenOrder:
    """Take one order; see `take_orders`."""
    return take_orders([snapshot], now=now)[0]


def take_orders(snapshots: Sequence[OrderSnapshot], *, now: datetime) -> list[TakenOrder]:
    """Take the states of orders as shops tell them, in one transaction, and announce what happened.

    The newest word wins, by the shop's own `modified_at` (equal moments: the greater content hash), so that any
    order of arrival and any repetition end in the same state. Buyers are recognised, statistics kept. Returns an
    answer per snapshot. Raises `InvalidSnapshotError` before anything is written.
    """
    _check(snapshots)
    with transactions.action():
        keys = [(one.shop_id, one.source, one.external_id) for one in snapshots]
        lock_many(LOCK_SPACE, keys)
        buyers = _identify(snapshots, now)
        order_ids = [told_.order_id(*key) for key in keys]
        known = store.load(list(set(order_ids)))
        store.load_lines(_about_to_change(known, order_ids, snapshots, buyers))
        batch = _Batch(known, now)
        answers = [
            batch.take(order_id, snapshot, buyer)
            for order_id, snapshot, buyer in zip(order_ids, snapshots, buyers, strict=True)
        ]
        batch.store()
        return answers


def delete_order(
    *, shop_id: int, source: str, external_id: str, modified_at: datetime | None, now: datetime
) -> TakenOrder:
    """Note that the shop deleted an order, also one we never saw. Without a moment of the shop's, *now* is taken.

    The order stays void until the shop says something newer of it.
    """
    with transactions.action():
        lock_many(LOCK_SPACE, [(shop_id, source, external_id)])
        order_id = told_.order_id(shop_id, source, external_id)
        known = store.load([order_id])
        store.load_lines(known.values())
        batch = _Batch(known, now)
        moment = told_.sane_moment(modified_at, now) if modified_at else now
        answer = batch.delete(order_id, shop_id, source, external_id, moment)
        batch.store()
        return answer


def _check(snapshots: Sequence[OrderSnapshot]) -> None:
    found = [(index, problem) for index, one in enumerate(snapshots) for problem in told_.problems(one)]
    if found:
        raise InvalidSnapshotError(found)


def _identify(snapshots: Sequence[OrderSnapshot], now: datetime) -> list[UUID | None]:
    """Recognise the buyers, one call per shop and source."""
    buyers: list[UUID | None] = [None] * len(snapshots)

    def place(index: int) -> tuple[int, str]:
        return snapshots[index].shop_id, snapshots[index].source

    told = sorted((index for index, one in enumerate(snapshots) if one.person), key=place)
    for (shop_id, source), group in groupby(told, key=place):
        indexes = list(group)
        known = [person for index in indexes if (person := snapshots[index].person) is not None]
        ids = customers.identify_many(shop_id=shop_id, people=known, source=source, now=now)
        for index, customer_id in zip(indexes, ids, strict=True):
            buyers[index] = customer_id
    return buyers


def _about_to_change(
    known: dict[UUID, Held],
    order_ids: Sequence[UUID],
    snapshots: Sequence[OrderSnapshot],
    buyers: Sequence[UUID | None],
) -> list[Held]:
    """Return the known orders of which anything but an exact repetition is told."""
    return [
        one
        for order_id, snapshot, buyer in zip(order_ids, snapshots, buyers, strict=True)
        if (one := known.get(order_id)) is not None
        and (
            _content_rank(one.state) != (snapshot.modified_at, told_.content_hash(snapshot))
            or one.state.customer_id != buyer
        )
    ]


class _Batch:
    """The orders of one call: what is known of them, what changes, what happened."""

    def __init__(self, known: dict[UUID, Held], now: datetime) -> None:
        self._held = known
        self._now = now
        self._living = people.canonical([one.state.customer_id for one in known.values() if one.state.customer_id])
        self._touched: dict[UUID, None] = {}
        self._rewritten: dict[UUID, None] = {}
        self._events: list[Event] = []
        self._customers: set[UUID] = set()
        self._mentions: dict[tuple[int, str], dict[UUID, told_.ProductMention]] = {}

    def take(self, order_id: UUID, snapshot: OrderSnapshot, buyer: UUID | None) -> TakenOrder:
        """Take one snapshot: three registers, each kept by its newest word."""
        known = self._held.get(order_id)
        if known is None or known.state.content is None:
            return self._create(order_id, snapshot, buyer, known)
        before = known.state
        rank = (told_.sane_moment(snapshot.modified_at, self._now), told_.content_hash(snapshot))
        known.state = self._with_news(known.state, rank, snapshot)
        known.state = self._with_buyer(known, snapshot, buyer)
        if known.state is before:
            is_repetition = rank[1] == _content_rank(before)[1]
            return self._answer(known, OrderOutcome.UNCHANGED if is_repetition else OrderOutcome.STALE)
        count = len(self._events)
        self._happen(before, known)
        is_same = _content_rank(before)[1] == rank[1] and len(self._events) == count
        return self._answer(known, OrderOutcome.UNCHANGED if is_same else OrderOutcome.CHANGED)

    def delete(self, order_id: UUID, shop_id: int, source: str, external_id: str, moment: datetime) -> TakenOrder:
        """Take one deletion."""
        known = self._held.get(order_id)
        if known is None:
            state = OrderState(order_id=order_id, shop_id=shop_id, content=None, customer_id=None, deleted_as_of=moment)
            self._held[order_id] = Held(state=state, source=source, external_id=external_id)
            self._touched[order_id] = None
            return self._answer(self._held[order_id], OrderOutcome.CREATED)
        if known.state.deleted_as_of is not None and known.state.deleted_as_of >= moment:
            return self._answer(known, OrderOutcome.UNCHANGED)
        was_valid = known.state.is_valid
        before, known.state = known.state, replace(known.state, deleted_as_of=moment)
        self._happen(before, known)
        return self._answer(known, OrderOutcome.CHANGED if was_valid else OrderOutcome.UNCHANGED)

    def store(self) -> None:
        """Write everything that changed, in a fixed number of statements, and announce it."""
        touched = [self._held[order_id] for order_id in self._touched]
        added = [one for one in touched if one.is_new]
        changed = [one for one in touched if not one.is_new]
        rewritten = [one for one in changed if one.state.order_id in self._rewritten]
        for (shop_id, source), mentions in self._mentions.items():
            store.save_mentions(shop_id, source, mentions.values(), self._now)
        store.save(added, changed, rewritten, self._now)
        if self._events:
            events.record(self._events, now=self._now)
        rewrite_statistics(customer_ids=self._customers)

    def _create(
        self, order_id: UUID, snapshot: OrderSnapshot, buyer: UUID | None, tombstone: Held | None
    ) -> TakenOrder:
        """Take the first snapshot of an order, also of one that we only knew to be deleted."""
        content = told_.content(snapshot, self._now)
        state = OrderState(
            order_id=order_id,
            shop_id=snapshot.shop_id,
            content=content,
            customer_id=buyer,
            deleted_as_of=tombstone.state.deleted_as_of if tombstone else None,
        )
        one = Held(
            state=state,
            source=snapshot.source,
            external_id=snapshot.external_id,
            is_new=tombstone.is_new if tombstone else True,
        )
        if buyer is not None:
            one.customer_as_of, one.person_hash = content.header.modified_at, told_.person_hash(snapshot)
        self._held[order_id] = one
        self._mention(snapshot, content)
        self._rewritten[order_id] = None
        self._happen(None, one)
        return self._answer(one, OrderOutcome.CREATED)

    def _with_news(self, state: OrderState, rank: tuple[datetime, bytes], snapshot: OrderSnapshot) -> OrderState:
        """Take over the content, if this is the newest word on it; the same words again only grow younger."""
        best = _content_rank(state)
        if rank <= best or state.content is None:
            return state
        if rank[1] == best[1]:
            header = replace(state.content.header, modified_at=rank[0])
            return replace(state, content=replace(state.content, header=header))
        content = told_.content(snapshot, self._now)
        self._mention(snapshot, content)
        self._rewritten[state.order_id] = None
        return replace(state, content=content)

    def _with_buyer(self, known: Held, snapshot: OrderSnapshot, buyer: UUID | None) -> OrderState:
        """Take over who bought, if this is the newest word on it."""
        state = known.state
        rank = (told_.sane_moment(snapshot.modified_at, self._now), told_.person_hash(snapshot))
        if buyer is None or rank <= (known.customer_as_of or LONG_AGO, known.person_hash):
            return state
        known.customer_as_of, known.person_hash = rank
        return replace(state, customer_id=buyer)

    def _happen(self, before: OrderState | None, one: Held) -> None:
        """Note what happened between what we knew and what we were told, and whom it touches."""
        told = one.state
        self._customers |= {state.customer_id for state in (before, told) if state and state.customer_id}
        if before and before.customer_id and self._living.get(before.customer_id) == told.customer_id:
            before = replace(before, customer_id=told.customer_id)
        self._events += happenings(before, told, self._now)
        one.state = replace(told, announced=told.announced | told.reached())
        self._touched[told.order_id] = None

    def _mention(self, snapshot: OrderSnapshot, content: told_.Content) -> None:
        place = self._mentions.setdefault((snapshot.shop_id, snapshot.source), {})
        for mention in told_.mentions(snapshot, content.lines):
            place[mention.product_id] = mention

    @staticmethod
    def _answer(one: Held, outcome: OrderOutcome) -> TakenOrder:
        return TakenOrder(order_id=one.state.order_id, customer_id=one.state.customer_id, outcome=outcome)


def _content_rank(state: OrderState) -> tuple[datetime, bytes]:
    if state.content is None:
        return LONG_AGO, b""
    return state.content.header.modified_at, state.content.header.content_hash
