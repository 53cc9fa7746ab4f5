"""The cart as classes of equal units, so that the order of lines and how they are split cannot matter.

A class holds all units with the same product, price, floor, tax and marks. The classes stand in a canonical order and
are known by their numbers in it; what each filter means in this cart is worked out once.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec import Struct

from wracam.promotions.contracts import Cart, CartLine, RoundingMode
from wracam.promotions.core.offers import ALL, Filter
from wracam.promotions.core.rounding import PERCENTAGES

T = TypeVar("T")
Key = tuple[str, ...]
"""What offers are indexed by: ("sku", sku), ("category", name) or ("attribute", name, value)."""
Marks = tuple[str, int, int, bool, tuple[str, ...], tuple[tuple[str, str], ...], int]
"""SKU, price, floor, whether it was reduced, categories, attributes, tax."""
Run = tuple[int, int]
"""So many units of a class, which together cost so many minor units now."""


class UnitClass(Struct, frozen=True, gc=False):
    """Units that nothing tells apart. `lines` are (line id, quantity) in the order of ids."""

    sku: str
    quantity: int
    unit_minor: int
    floor_minor: int
    is_reduced: bool
    categories: tuple[str, ...]
    attributes: tuple[tuple[str, str], ...]
    tax_rate_bp: int
    lines: tuple[tuple[str, int], ...]


class State:
    """What the units cost at one moment of a trial.

    `amounts` is what each class costs in all. `runs` tells the units of a class apart where an offer has used some up:
    first the free units, then the used ones; `left` is how many units of each class are free. `is_fresh` until a price
    has changed other than by using units up.
    """

    __slots__ = ("amounts", "cut", "is_fresh", "left", "runs")

    def __init__(
        self, amounts: list[int], left: list[int], runs: dict[int, tuple[Run, ...]], *, is_fresh: bool = True
    ) -> None:
        self.amounts = amounts
        self.left = left
        self.runs = runs
        self.is_fresh = is_fresh
        self.cut = 0
        """What caps and floors kept the last effect from giving."""

    def copy(self) -> State:
        """Return the same state, to go on from."""
        return State(self.amounts.copy(), self.left.copy(), self.runs.copy(), is_fresh=self.is_fresh)


class Units:
    """A cart's unit classes in canonical order, with what each filter means worked out once."""

    __slots__ = (
        "_dearest",
        "_filters",
        "_matches",
        "cart",
        "classes",
        "everything",
        "figures",
        "floors",
        "keys",
        "percentage",
        "quantities",
        "start_amounts",
        "start_total",
    )

    def __init__(self, cart: Cart, rounding_mode: RoundingMode = RoundingMode.HALF_DOWN) -> None:
        self.cart = cart
        self.percentage = PERCENTAGES[rounding_mode]
        """How a percentage of an amount is rounded."""
        self.classes = _classes(cart.lines)
        self.everything = tuple(range(len(self.classes)))
        self.quantities = [unit.quantity for unit in self.classes]
        self.start_amounts = [unit.quantity * unit.unit_minor for unit in self.classes]
        self.start_total = sum(self.start_amounts)
        self.floors = _floors(self.classes)
        """The least that all units of each class may cost; None when no class has a floor."""
        self.keys = _numbers_by_key(self.classes)
        self.figures: dict[tuple[str, int], tuple[object, int]] = {}
        """What conditions and steps measured, by (measure, id of what measures)."""
        self._matches: dict[int, tuple[int, ...]] = {id(ALL): self.everything}
        self._filters: list[Filter] = []
        """The filters that were asked for, kept so that their identities are not given to others."""
        self._dearest: dict[int, tuple[int, ...]] = {}

    def start(self) -> State:
        """Return the state before any promotion."""
        return State(self.start_amounts.copy(), self.quantities.copy(), {})

    def matching(self, units: Filter) -> tuple[int, ...]:
        """Return the numbers of the classes that *units* means, in order."""
        try:
            return self._matches[id(units)]
        except KeyError:
            self._filters.append(units)
            found = self._matches[id(units)] = self._matched(units)
            return found

    def dearest(self, units: Filter) -> tuple[int, ...]:
        """Return the numbers of the classes that *units* means, the dearest units first."""
        found = self._dearest.get(id(units))
        if found is None:
            classes = self.classes
            found = tuple(sorted(self.matching(units), key=lambda number: (-classes[number].unit_minor, number)))
            self._dearest[id(units)] = found
        return found

    def _matched(self, units: Filter) -> tuple[int, ...]:
        keys = narrowing_keys(units)
        if keys is None:
            numbers = self.everything
        elif len(keys) == 1:
            numbers = tuple(self.keys.get(next(iter(keys)), ()))
        else:
            numbers = tuple(sorted({number for key in keys for number in self.keys.get(key, ())}))
        if units.is_simple:
            return numbers
        return tuple(number for number in numbers if matches(self.classes[number], units))


def matches(unit: UnitClass, units: Filter) -> bool:
    """Say whether a filter means the units of this class."""
    if units.skus and unit.sku not in units.skus:
        return False
    if units.categories and units.categories.isdisjoint(unit.categories):
        return False
    if units.attributes and not units.attributes.issubset(unit.attributes):
        return False
    if unit.sku in units.excluded_skus or not units.excluded_categories.isdisjoint(unit.categories):
        return False
    if units.price_from_minor is not None and unit.unit_minor < units.price_from_minor:
        return False
    if units.price_to_minor is not None and unit.unit_minor > units.price_to_minor:
        return False
    return units.includes_reduced or not unit.is_reduced


def narrowing_keys(units: Filter) -> frozenset[Key] | None:
    """Return the keys of which a product must have one for the filter to mean it; None means any product."""
    if units.skus:
        return frozenset(("sku", sku) for sku in units.skus)
    if units.categories:
        return frozenset(("category", category) for category in units.categories)
    if units.attributes:
        return frozenset({("attribute", *min(units.attributes))})
    return None


def _floors(classes: tuple[UnitClass, ...]) -> list[int] | None:
    if any([unit.floor_minor for unit in classes]):  # noqa: C419  the list is faster
        return [unit.floor_minor * unit.quantity for unit in classes]
    return None


def _numbers_by_key(classes: tuple[UnitClass, ...]) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = {}
    for number, unit in enumerate(classes):
        keys: list[Key] = [("sku", unit.sku), *[("category", category) for category in unit.categories]]
        if unit.attributes:
            keys += [("attribute", name, value) for name, value in unit.attributes]
        for key in keys:
            if key in found:
                found[key].append(number)
            else:
                found[key] = [number]
    return found


def _classes(lines: tuple[CartLine, ...]) -> tuple[UnitClass, ...]:
    grouped: dict[Marks, list[CartLine]] = {}
    for line in lines:
        if line.quantity > 0:
            marks = _marks(line)
            if marks in grouped:
                grouped[marks].append(line)
            else:
                grouped[marks] = [line]
    return tuple([_unit_class(marks, grouped[marks]) for marks in sorted(grouped)])


def _marks(line: CartLine) -> Marks:
    """What tells units apart; sorting by it is the canonical order."""
    unit, regular, categories, attributes = line.unit_minor, line.regular_minor, line.categories, line.attributes
    return (
        line.sku,
        unit,
        line.floor_minor,
        regular is not None and regular > unit,
        categories if len(categories) < 2 else _once_each(categories),
        attributes if len(attributes) < 2 else _once_each(attributes),
        line.tax_rate_bp,
    )


def _once_each(marks: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(sorted(set(marks)))  # type: ignore[type-var]


def _unit_class(marks: Marks, lines: list[CartLine]) -> UnitClass:
    sku, unit_minor, floor_minor, is_reduced, categories, attributes, tax_rate_bp = marks
    if floor_minor:
        floor_minor = max(0, min(floor_minor, unit_minor))
    parts: tuple[tuple[str, int], ...] = ((lines[0].id, lines[0].quantity),)
    quantity = lines[0].quantity
    if len(lines) > 1:
        parts = tuple(sorted([(line.id, line.quantity) for line in lines]))
        quantity = sum([count for _, count in parts])
    return UnitClass(sku, quantity, unit_minor, floor_minor, is_reduced, categories, attributes, tax_rate_bp, parts)
