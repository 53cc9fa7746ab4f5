"""The products of zielnik and their prices over time: yearly rises, seasonal promotions, sales."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from wracam.demo.core.catalogue_words import CATEGORIES, CategoryWords
from wracam.demo.core.chance import Choice, happens, stream

EDITIONS = (("", 1.0), (" BIO", 1.25), (" – zestaw 3 szt.", 2.7), (" – edycja szkółkarska", 1.6))
PARTNERS = 2
PROMOTIONS: tuple[tuple[str, tuple[int, int], int, float, tuple[str, ...]], ...] = (
    ("Początek sezonu", (2, 20), 16, 0.15, ("Nasiona warzyw", "Nasiona kwiatów", "Podłoża i ziemia")),
    ("Majówka", (4, 26), 10, 0.10, ("Krzewy i drzewka", "Byliny i trawy", "Narzędzia ogrodowe")),
    ("Lato na balkonie", (6, 18), 14, 0.20, ("Nawadnianie", "Doniczki i osłonki")),
    ("Sadzimy cebulki", (9, 8), 14, 0.15, ("Cebulki kwiatowe",)),
    ("Black Week", (11, 22), 8, 0.25, ("Rośliny doniczkowe", "Doniczki i osłonki", "Narzędzia ogrodowe")),
    ("Po świętach", (12, 27), 20, 0.30, ("Prezenty i zestawy", "Dekoracje i światło")),
)  # fmt: skip
"""Name, first day (month, day), length in days, reduction, categories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """From when a product sells at `price_minor`; `regular_minor` is the price without the promotion."""

    starts_at: datetime
    price_minor: int
    regular_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One thing to buy. `prices` are in the order of time; `partners` are indexes of what goes with it."""

    index: int
    external_id: str
    sku: str
    name: str
    category: CategoryWords
    popularity: float
    prices: tuple[Price, ...]
    partners: tuple[int, ...]

    def price_at(self, moment: datetime) -> Price:
        """Return the price valid at *moment*."""
        place = bisect_right(self.prices, moment, key=lambda price: price.starts_at)
        return self.prices[max(place - 1, 0)]


class Catalogue:
    """All products, and how a buyer picks one."""

    def __init__(self, products: list[Product]) -> None:
        self.products = products
        self.by_category: dict[str, list[Product]] = {}
        for product in products:
            self.by_category.setdefault(product.category.name, []).append(product)
        self._picks = {
            name: Choice([(product, product.popularity) for product in found])
            for name, found in self.by_category.items()
        }
        self._categories = [
            Choice(
                [(words.name, words.share * words.months[month]) for words in CATEGORIES if words.name in self._picks]
            )
            for month in range(12)
        ]

    def category(self, random: Random, month: int) -> str:
        """Draw a category as it sells in *month* (1–12)."""
        return self._categories[month - 1].draw(random)

    def pick(self, random: Random, category: str) -> Product:
        """Draw a product of *category*, or of the whole catalogue when it has none."""
        picks = self._picks.get(category) or next(iter(self._picks.values()))
        return picks.draw(random)


def catalogue(*, seed: int, count: int, start: date, end: date) -> Catalogue:
    """Return *count* products whose prices cover the time from *start* to *end*."""
    names = list(_names(count))
    places: dict[str, list[int]] = {}
    for index, (words, _, _) in enumerate(names):
        places.setdefault(words.name, []).append(index)
    return Catalogue(
        [
            _product(seed, index, words, name, price, places, start, end)
            for index, (words, name, price) in enumerate(names)
        ]
    )


def _names(count: int) -> Iterator[tuple[CategoryWords, str, float]]:
    """Yield (category, name, price in złoty): one product of each category in turn, then their further editions."""
    made = 0
    for edition, factor in EDITIONS:
        queues = [list(_variants(words)) for words in CATEGORIES]
        for place in range(max(map(len, queues))):
            for words, queue in zip(CATEGORIES, queues, strict=True):
                if place >= len(queue):
                    continue
                if made == count:
                    return
                made += 1
                name, price = queue[place]
                yield words, name + edition, price * factor


def _variants(words: CategoryWords) -> Iterator[tuple[str, float]]:
    """Yield the variants of a category's lines, first ones of each line first, with prices spread over the range."""
    for place in range(max(len(line[1]) for line in words.lines)):
        for name, variants, lowest, highest in words.lines:
            if place < len(variants):
                share = place / max(len(variants) - 1, 1)
                yield f"{name} {variants[place]}", lowest + (highest - lowest) * share


def _product(
    seed: int,
    index: int,
    words: CategoryWords,
    name: str,
    price: float,
    places: dict[str, list[int]],
    start: date,
    end: date,
) -> Product:
    random = stream(seed, "product", index)
    rank = places[words.name].index(index) + 1
    around = [place for other in words.goes_with for place in places.get(other, ())]
    return Product(
        index=index,
        external_id=f"p-{index + 1}",
        sku=f"ZL-{index + 1:04d}",
        name=name,
        category=words,
        popularity=random.lognormvariate(0, 0.5) / rank**0.5,
        prices=tuple(_prices(random, words, price, start, end)),
        partners=tuple(random.sample(around, min(PARTNERS, len(around)))),
    )


def shelf_price(zloty: float) -> int:
    """Return a price as shops write it, in grosze: 4.99, 24.90, 129.00."""
    if zloty < 10:
        return max(int(zloty) * 100 + (49 if zloty % 1 < 0.5 else 99), 99)
    return int(zloty) * 100 + 90 if zloty < 100 else round(zloty) * 100


def _prices(random: Random, words: CategoryWords, price: float, start: date, end: date) -> Iterator[Price]:
    """Yield the steps of one product's price: what it costs, and less during promotions."""
    regular = _regular_prices(random, price, start, end)
    reductions = list(_reductions(random, words, start, end))
    borders = sorted({day for day, _ in regular} | {day for span in reductions for day in span[:2]})
    previous = None
    for day in borders:
        base = [zloty for since, zloty in regular if since <= day][-1]
        share = max((cut for first, last, cut in reductions if first <= day < last), default=0.0)
        regular_minor = shelf_price(base)
        step = (shelf_price(base * (1 - share)) if share else regular_minor, regular_minor)
        if step != previous:
            starts_at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
            yield Price(starts_at=starts_at, price_minor=min(step), regular_minor=regular_minor)
        previous = step


def _regular_prices(random: Random, price: float, start: date, end: date) -> list[tuple[date, float]]:
    """Return (first day, złoty): a rise each February, and for some products a correction in between."""
    steps = [(start, price)]
    for year in range(start.year, end.year + 1):
        rise = date(year, 2, 1) + timedelta(days=random.randrange(21))
        if start < rise < end:
            steps.append((rise, steps[-1][1] * random.uniform(1.02, 1.09)))
        correction = date(year, 7, 1) + timedelta(days=random.randrange(90))
        if start < correction < end and happens(random, 0.3):
            steps.append((correction, steps[-1][1] * random.uniform(0.92, 1.06)))
    return steps


def _reductions(random: Random, words: CategoryWords, start: date, end: date) -> Iterator[tuple[date, date, float]]:
    """Yield (first day, day after the last, share) of the promotions this product takes part in."""
    for year in range(start.year - 1, end.year + 1):
        for _, (month, day), length, share, categories in PROMOTIONS:
            first = max(date(year, month, day), start)
            last = min(date(year, month, day) + timedelta(days=length), end)
            if words.name in categories and first < last and happens(random, 0.6):
                yield first, last, share
