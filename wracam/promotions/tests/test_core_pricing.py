"""What an offer saves at most beyond the charges of its units, against trying every way to pick them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence

import pytest

from wracam.promotions.core.packing import Packing
from wracam.promotions.core.pricing import IMPOSSIBLE, USED_BITS, Groups, Item, Pricing, Purchase, Sets, items_of

Picked = tuple[int, ...]
"""The classes of the picked units, in order of price."""
CARTS = range(150)


class Shelf:
    """Units of a few classes, the dearest first, with what each is worth reduced and what it is charged."""

    def __init__(self, seed: int, most: tuple[int, int, int] = (3, 3, 3)) -> None:
        self.chance = random.Random(seed)
        self.quantities = [self.chance.randint(0, count) for count in most]
        self.packing = Packing(most)
        self.packed = self.packing.packed(self.quantities)
        self.charges = [float(self.chance.choice((0, 0, 3, 10))) for _ in self.quantities]
        self.worth = {number: float(self.chance.randint(0, 20)) for number in range(3)}

    def items(self, *numbers: int) -> list[Item]:
        return items_of(self.packing, self.worth, numbers)

    def picks(self, *numbers: int) -> Iterator[Picked]:
        """Every way to pick units of these classes."""
        for counts in itertools.product(*(range(self.quantities[number] + 1) for number in numbers)):
            yield tuple(number for number, count in zip(numbers, counts, strict=True) for _ in range(count))

    def charged(self, picked: Picked) -> float:
        return sum(self.charges[number] for number in picked)

    def most(self, picks: Iterator[Picked], saved: Callable[[Picked], float | None]) -> float:
        """The most that a pick saves beyond its charges, of those that save anything at all."""
        found = [value - self.charged(picked) for picked in picks if (value := saved(picked)) is not None]
        return max([0.0, *found]) if found else IMPOSSIBLE[0]


def is_right(shelf: Shelf, pricing: Pricing, most: float) -> bool:
    value, used = pricing.best(shelf.packed, shelf.charges)
    counts = [used >> USED_BITS * number & 0xFFFF for number in range(3)]
    return value == pytest.approx(most) and all(map(int.__le__, counts, shelf.quantities))


@pytest.mark.parametrize("most", [(3, 3, 3), (2, 9, 2)], ids=["few", "many of one"])
@pytest.mark.parametrize(("size", "reduced", "times"), [(1, 1, None), (2, 1, None), (3, 1, None), (3, 2, 1), (2, 1, 2)])
def test_groups_are_filled_in_order_of_price_as_well_as_can_be(size, reduced, times, most):
    for seed in CARTS:
        shelf = Shelf(seed, most)

        def saved(picked: Picked, shelf: Shelf = shelf) -> float | None:
            groups, odd = divmod(len(picked), size)
            if odd or not groups or (times is not None and groups > times):
                return None
            return sum(
                shelf.worth[number] for place, number in enumerate(picked) if place % size >= size - reduced
            )  # fmt: skip

        pricing = Groups([shelf.items(0, 1, 2)], size, size - reduced, times)
        assert is_right(shelf, pricing, shelf.most(shelf.picks(0, 1, 2), saved)), seed


def test_a_last_round_may_lack_some_of_the_units_to_get():
    for seed in CARTS:
        shelf = Shelf(seed)

        def saved(picked: Picked, shelf: Shelf = shelf) -> float | None:
            odd = len(picked) % 4
            if not picked or odd in (1, 2):
                return None
            return sum(shelf.worth[number] for place, number in enumerate(picked) if place % 4 >= 2)

        pricing = Groups([shelf.items(0, 1, 2)], 4, 2, None, tail=True)
        assert is_right(shelf, pricing, shelf.most(shelf.picks(0, 1, 2), saved)), seed


@pytest.mark.parametrize("times", [None, 1])
def test_each_purchase_takes_the_cheapest_charges_and_gets_the_best(times):
    for seed in CARTS:
        shelf = Shelf(seed)

        def saved(picked: Picked, shelf: Shelf = shelf) -> float | None:
            bought = sum(number == 0 for number in picked)
            got = [shelf.worth[number] for number in picked if number]
            if bought % 2 or not got or len(got) > bought // 2 or (times is not None and bought // 2 > times):
                return None
            return sum(got)

        shelf.worth[0] = 0.0
        pricing = Purchase(shelf.items(0), 2, shelf.items(1, 2), 1, times)
        assert is_right(shelf, pricing, shelf.most(shelf.picks(0, 1, 2), saved)), seed


@pytest.mark.parametrize(("times", "price"), [(None, 12.0), (1, 12.0), (None, 0.0)])
def test_each_set_takes_the_best_units_of_its_parts(times: int | None, price: float) -> None:
    for seed in CARTS:
        shelf = Shelf(seed)

        def saved(picked: Picked, shelf: Shelf = shelf) -> float | None:
            sets = sum(number == 0 for number in picked)
            others = [number for number in picked if number]
            if not sets or len(others) != 2 * sets or (times is not None and sets > times):
                return None
            return sum([shelf.worth[number] for number in picked], -sets * price)

        pricing = Sets([(shelf.items(0), 1), (shelf.items(1, 2), 2)], price, times)
        assert is_right(shelf, pricing, shelf.most(shelf.picks(0, 1, 2), saved)), seed


def test_many_units_are_counted_at_once():
    packing = Packing([1000])
    pricing: Sequence[Groups] = [Groups([items_of(packing, {0: 9.0}, [0])], 3, 2, None)]

    assert pricing[0].best(packing.start, [2.0]) == (333 * 3.0, 999)


def test_groups_of_many_units_leave_those_that_end_one_and_begin_another():
    packing = Packing([1, 6, 1])
    pricing = Groups([items_of(packing, {0: 20.0, 1: 16.0, 2: 14.0}, [0, 1, 2])], 3, 2, None)

    value, used = pricing.best(packing.start, [0.0, 4.0, 0.0])

    assert value == (16 - 8) + (14 - 8)
    assert [used >> USED_BITS * number & 0xFFFF for number in range(3)] == [1, 4, 1]
