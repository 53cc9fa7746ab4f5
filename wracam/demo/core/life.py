"""The whole life of the shop: its people, its products, and every order in the order of time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from random import Random

from msgspec import Struct

from wracam.commerce.contracts import OrderSnapshot, ProductSnapshot
from wracam.demo.core import orders
from wracam.demo.core.baskets import basket
from wracam.demo.core.catalogue import Catalogue, Product, catalogue
from wracam.demo.core.catalogue_words import CATEGORIES
from wracam.demo.core.chance import Choice, happens, stream
from wracam.demo.core.people import KNOWN_PEOPLE, Person, known_person, person
from wracam.demo.core.rhythms import Story, known_moments, order_moments, story

DAYS = 730
CHAPTER_DAYS = 30
CHANGES_DAYS = 32
"""No order changes later than this after it was placed."""
CUSTOMERS_DEFAULT, PRODUCTS_DEFAULT, SEED_DEFAULT = 20_000, 500, 20
SHARE_GUESTS = 0.42
SHARE_REGISTERS_LATER = 0.16
REGISTERED_BEFORE_DAYS = 400
_FAVOURITES = Choice([(words.name, words.share) for words in CATEGORIES])


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of a shop to live."""

    customers: int = CUSTOMERS_DEFAULT
    products: int = PRODUCTS_DEFAULT
    days: int = DAYS


class Visit(Struct, frozen=True, kw_only=True):
    """One future order: who buys, for the how many-th time, when, and whether with an account."""

    placed_at: datetime
    person: Person
    nth: int
    is_guest: bool
    registered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A piece of the story: the visits from `first` up to, without, `last` happen in it."""

    starts_at: datetime
    ends_at: datetime
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopLife:
    """Everything that happened at zielnik up to `now`; the same size, seed and now give the same life."""

    shop_id: int
    seed: int
    now: datetime
    size: Size
    told: Story
    goods: Catalogue
    visits: tuple[Visit, ...]

    def told_order(self, place: int, *, at: datetime) -> orders.Told:
        """Return the order of the visit at *place* (in the order of time) as the shop tells it *at* a moment."""
        visit = self.visits[place]
        random = stream(self.seed, "order", visit.person.number, visit.nth)
        filled = basket(
            random,
            self.goods,
            visit.placed_at,
            favourites=_favourites(self.seed, visit.person.number),
            is_firm=visit.person.company is not None,
            largesse=1.9 if visit.person.key == "daria" else 1.0,
        )
        placed = orders.Placed(
            shop_id=self.shop_id,
            number=f"ZL/{visit.placed_at.year}/{place + 1:06d}",
            external_id=f"z-{place + 1}",
            person=visit.person,
            nth=visit.nth,
            is_guest=visit.is_guest,
            registered_at=visit.registered_at,
            placed_at=visit.placed_at,
            basket=filled,
        )
        return orders.tell(random, placed, at)

    def orders(self) -> Iterator[OrderSnapshot]:
        """Yield every order as it stands at the end of the story, oldest first."""
        return (self.told_order(place, at=self.now).snapshot for place in range(len(self.visits)))

    def chapters(self) -> list[Chapter]:
        """Cut the story into pieces of `CHAPTER_DAYS`; the last one ends now."""
        midnight = datetime.combine(self.told.start, time(), UTC)
        ends = [midnight + timedelta(days=days) for days in range(CHAPTER_DAYS, self.size.days + 1, CHAPTER_DAYS)]
        ends = [end for end in ends if end < self.now] + [self.now]
        starts = [midnight - timedelta(days=1), *ends[:-1]]
        return [
            Chapter(starts_at=start, ends_at=end, first=self._place_of(start), last=self._place_of(end))
            for start, end in zip(starts, ends, strict=True)
        ]

    def unsettled(self, at: datetime, *, whose: Callable[[int], bool] = lambda number: True) -> list[int]:
        """Return the places of the orders placed before *at* by some people that will still change after it."""
        first, last = (self._place_of(moment) for moment in (at - timedelta(days=CHANGES_DAYS), at))
        places = (place for place in range(first, last) if whose(self.visits[place].person.number))
        return [place for place in places if not self.told_order(place, at=at).is_settled]

    def _place_of(self, moment: datetime) -> int:
        return bisect_right(self.visits, moment, key=lambda visit: visit.placed_at)

    def products(self) -> list[ProductSnapshot]:
        """Return every product with every price it had, oldest first."""
        told = [
            self._product(product, place) for product in self.goods.products for place in range(len(product.prices))
        ]
        return sorted(told, key=lambda snapshot: (snapshot.modified_at, snapshot.sku))

    def _product(self, product: Product, place: int) -> ProductSnapshot:
        price = product.prices[place]
        return ProductSnapshot(
            shop_id=self.shop_id,
            source=orders.SOURCE,
            external_id=product.external_id,
            modified_at=price.starts_at,
            name=product.name,
            currency=orders.CURRENCY,
            price_minor=price.price_minor,
            regular_minor=price.regular_minor,
            sku=product.sku,
            categories=(product.category.name,),
        )


def live(*, shop_id: int, seed: int, now: datetime, size: Size) -> ShopLife:
    """Plan the life: who comes and when. What they buy is computed order by order."""
    now = whole_second(now)
    told = story(now, size.days)
    visits = [visit for number in range(1, size.customers + 1) for visit in _visits(seed, told, number)]
    visits.sort(key=lambda visit: (visit.placed_at, visit.person.number, visit.nth))
    goods = catalogue(seed=seed, count=size.products, start=told.start, end=now.date() + timedelta(days=1))
    return ShopLife(shop_id=shop_id, seed=seed, now=now, size=size, told=told, goods=goods, visits=tuple(visits))


def whole_second(now: datetime) -> datetime:
    """Return the moment at which a life ends that is planned at *now*."""
    return now.astimezone(UTC).replace(microsecond=0)


def _visits(seed: int, told: Story, number: int) -> list[Visit]:
    """Return the visits of one customer; the first four customers are the people everybody knows."""
    random = stream(seed, "customer", number)
    keys = list(KNOWN_PEOPLE)
    is_known = number <= len(keys)
    who = known_person(keys[number - 1]) if is_known else person(random, number)
    if is_known:
        moments = known_moments(who.key, random, told)
    else:
        moments = order_moments(random, told, is_firm=who.company is not None)
    starts_as_guest = not is_known and who.company is None and happens(random, SHARE_GUESTS)
    registers_at = _registering_order(random, len(moments)) if starts_as_guest else 1
    registered_at = None
    visits = []
    for nth, placed_at in enumerate(moments, 1):
        if nth == registers_at:
            registered_at = _registration(random, placed_at, is_new=nth > 1 or happens(random, 0.7))
        visits.append(
            Visit(
                placed_at=placed_at,
                person=who,
                nth=nth,
                is_guest=nth < registers_at,
                registered_at=registered_at,
            )
        )
    return visits


def _registering_order(random: Random, count: int) -> int:
    """Return with which order a guest opens an account; one past the last: never."""
    for nth in range(2, count + 1):
        if happens(random, SHARE_REGISTERS_LATER):
            return nth
    return count + 1


def _registration(random: Random, placed_at: datetime, *, is_new: bool) -> datetime:
    """Return when the account was opened: while buying, or long before."""
    if is_new:
        return placed_at - timedelta(minutes=random.randrange(2, 15))
    return placed_at - timedelta(days=random.randrange(1, REGISTERED_BEFORE_DAYS))


@lru_cache(maxsize=65_536)
def _favourites(seed: int, number: int) -> tuple[str, ...]:
    random = stream(seed, "favourites", number)
    return tuple({_FAVOURITES.draw(random): None for _ in range(random.randrange(1, 4))})
