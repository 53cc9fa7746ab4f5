"""Filling an installation with the life of zielnik.

The life is told in chapters of a month, each with the clock of its time: prices change, orders come, older ones are
delivered or sent back, then events are delivered and due points move. So the log, the ledger and the definitions look
as if the shop had been here for two years. Each chapter is told in full before it is noted; telling one again after
an interruption changes nothing, because every door it goes through is idempotent.

There is no way back within a database: the log, the ledger and the audit keep what happened. `wracam demo` therefore
lives in a data folder of its own, which can be deleted.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, islice
from typing import TypeVar

from wracam.commerce import actions as commerce
from wracam.commerce.contracts import OrderSnapshot, ProductSnapshot
from wracam.definitions import actions as definitions
from wracam.demo.actions import carts, rewarding
from wracam.demo.actions.team import Share, Task, Team
from wracam.demo.contracts import SHOP_KEY, Filled, OnProgress, Progress
from wracam.demo.core import club, programme, promotions
from wracam.demo.core.carts import first_place
from wracam.demo.core.life import SEED_DEFAULT, Chapter, ShopLife, Size, live, whole_second
from wracam.demo.models import DemoLife
from wracam.events import actions as events
from wracam.foundation import transactions
from wracam.foundation.hands import kept
from wracam.loyalty import actions as loyalty
from wracam.shops import actions as shops
from wracam.shops import queries as shop_queries
from wracam.shops.contracts import SYSTEM

SIZE_DEFAULT = Size()
ORDERS_AT_ONCE = 2_000
PRODUCTS_AT_ONCE = 1_000
ALLOCATIONS_BETWEEN_LOOKS = 200_000
Item = TypeVar("Item")


class DemoTakenError(RuntimeError):
    """This installation has a demo of another size or seed; use another data folder, or the size and seed it has."""


def fill(
    *,
    now: datetime,
    size: Size = SIZE_DEFAULT,
    seed: int = SEED_DEFAULT,
    hands: int = 1,
    progress: OnProgress = lambda _: None,
    planned: ShopLife | None = None,
) -> Filled:
    """Tell the life of zielnik up to *now*, or go on where an earlier call was interrupted.

    With several *hands* that many processes share the work; call it outside a transaction then. Nothing else may
    deliver events meanwhile: start workers afterwards. A demo that is complete stays as it is, also on a later day.
    A life that was *planned* beforehand is told if it is the one that was begun.
    Raises `DemoTakenError` if the shop was filled with another size or seed.
    """
    told = _begun(now, size, seed)
    life = _planned_for(told, planned) or live(shop_id=told.shop_id, seed=told.seed, now=told.now, size=size)
    is_new = told.chapters_told < told.chapters
    if is_new:
        products = life.products()
        events.prepare_log(now=told.now, since=life.chapters()[0].starts_at)
        tasks: dict[str, Task] = {
            "orders": Teller(life).tell, "deliver": _deliver, "hand_over": partial(rewarding.hand_over, life),
            "rewards": partial(_reward, life),
        }  # fmt: skip
        with _lasting_memory(), Team(hands, tasks) as team, kept(hands), transactions.flushed_at_the_end():
            for number, chapter in enumerate(life.chapters()):
                if number >= told.chapters_told:
                    _tell(life, products, chapter, number, team)
                    progress(Progress(done=chapter.last, total=len(life.visits)))
            events.deliver_all(now=told.now)
        loyalty.close_books(now=told.now)
    return Filled(
        shop_id=told.shop_id,
        customers=size.customers,
        products=size.products,
        orders=len(life.visits),
        is_new=is_new,
    )


def _begun(now: datetime, size: Size, seed: int) -> DemoLife:
    """Return the life that is being told, beginning it if there is none."""
    with transactions.action():
        shop = shop_queries.shop_by_key(SHOP_KEY) or shops.create_shop(
            key=SHOP_KEY, name="Zielnik", currency="PLN", url="https://zielnik.example", now=now
        )
        plan = {"seed": seed, "customers": size.customers, "products": size.products, "days": size.days}
        count = len(live(shop_id=shop.id, seed=seed, now=now, size=Size(customers=0, days=size.days)).chapters())
        told, _ = DemoLife.objects.get_or_create(shop_id=shop.id, defaults={**plan, "now": now, "chapters": count})
    if any(getattr(told, name) != value for name, value in plan.items()):
        raise DemoTakenError(DemoTakenError.__doc__)
    return told


def _planned_for(told: DemoLife, planned: ShopLife | None) -> ShopLife | None:
    """Return the planned life as this shop's, or None if another one was begun."""
    if planned is None or planned.now != whole_second(told.now):
        return None
    is_same = (planned.seed, planned.size) == (
        told.seed, Size(customers=told.customers, products=told.products, days=told.days)
    )  # fmt: skip
    return replace(planned, shop_id=told.shop_id) if is_same else None


@contextmanager
def _lasting_memory() -> Iterator[None]:
    """Keep the collector from walking the whole story again and again: nothing of it is thrown away before the end.

    What is made on the way are rows by the thousand without cycles; the collector looks at them seldom.
    """
    gc.collect()
    gc.freeze()
    usual = gc.get_threshold()
    gc.set_threshold(ALLOCATIONS_BETWEEN_LOOKS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _tell(life: ShopLife, products: Sequence[ProductSnapshot], chapter: Chapter, number: int, team: Team) -> None:
    """Tell one chapter and note that it is told."""
    _decide(life, chapter)
    prices = [one for one in products if chapter.starts_at < one.modified_at <= chapter.ends_at]
    for piece in _pieces(prices, PRODUCTS_AT_ONCE):
        commerce.take_products(piece, now=chapter.ends_at)
    team.do("orders", chapter)
    deliver_and_settle(team, chapter.ends_at)
    team.do("hand_over", chapter.ends_at)
    team.do("rewards", (number, chapter.ends_at))
    DemoLife.objects.filter(shop_id=life.shop_id).update(chapters_told=number + 1)


def deliver_and_settle(team: Team, now: datetime) -> None:
    """Let every subscription see the chapter, then move the points that are due, and let that be seen too."""
    team.do("deliver", now)
    loyalty.run_due(now=now, hands=team.size)
    team.do("deliver", now)


class Teller:
    """One hand that tells orders. It remembers which of its own will go on, so that none is thought up only to ask."""

    def __init__(self, life: ShopLife) -> None:
        self._life = life
        self._unsettled: list[int] | None = None
        self._carts_from = first_place(life)

    def tell(self, share: Share, chapter: Chapter) -> None:
        """Tell the news of this chapter about the customers who are ours."""
        for snapshots in _pieces(self._news(share, chapter), ORDERS_AT_ONCE):
            commerce.take_orders(snapshots, now=chapter.ends_at)

    def _news(self, share: Share, chapter: Chapter) -> Iterator[OrderSnapshot]:
        """Yield what the shop tells: older orders that went on, then the new ones."""
        older = self._unsettled
        if older is None:
            older = self._life.unsettled(chapter.starts_at, whose=share.has)
        new = (place for place in range(chapter.first, chapter.last) if share.has(self._number(place)))
        unsettled = []
        for place in chain(older, new):
            told = self._life.told_order(place, at=chapter.ends_at)
            if not told.is_settled:
                unsettled.append(place)
            yield carts.priced(self._life, place, told.snapshot) if place >= self._carts_from else told.snapshot
        self._unsettled = unsettled

    def _number(self, place: int) -> int:
        return self._life.visits[place].person.number


def _deliver(share: Share, now: datetime) -> None:
    """Let every subscription see what happened, each hand in its own lanes."""
    events.deliver_all(now=now, share=(share.number, share.of))


def _reward(life: ShopLife, share: Share, when: tuple[int, datetime]) -> None:
    """Let members take rewards at the end of a chapter, each hand for its own people."""
    number, now = when
    rewarding.take_rewards(life, share, number, now)


def _decide(life: ShopLife, chapter: Chapter) -> None:
    """Publish what the merchant decides in this chapter; what says the same already makes no new version."""
    first = life.chapters()[0].starts_at
    for decision in (*programme.DECISIONS, *club.DECISIONS, *promotions.DECISIONS):
        moment = first + timedelta(days=decision.after_days)
        if not chapter.starts_at <= moment < chapter.ends_at:
            continue
        definitions.save_draft(
            kind=decision.kind,
            key=decision.key,
            name=decision.name,
            body=decision.body,
            expected_revision=None,
            actor=SYSTEM,
            now=moment,
        )
        definitions.publish(
            kind=decision.kind,
            key=decision.key,
            expected_revision=None,
            actor=SYSTEM,
            now=moment,
            note=decision.note,
        )


def _pieces(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while piece := list(islice(rest, size)):
        yield piece
