"""The cart as classes of equal units, so that the order of lines and how they are split cannot matter.

A class holds all units with the same product, price, floor, tax and marks. The running state of a class is a tuple
of runs `(count, amount_minor, is_used)`: so many units that together cost so much now, used up by an offer or free.
"""

from __future__ import annotations

from dataclasses import dataclass

from wracam.promotions.contracts import Cart, CartLine
from wracam.promotions.core.offers import ALL, Filter

Run = tuple[int, int, bool]
State = list[tuple[Run, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitClass:
    """Units that nothing tells apart. `lines` are (line id, quantity) in the order of ids."""

    sku: str
    quantity: int
    unit_minor: int
    floor_minor: int
    is_reduced: bool
    categories: frozenset[str]
    attributes: frozenset[tuple[str, str]]
    tax_rate_bp: int
    lines: tuple[tuple[str, int], ...]


class Units:
    """A cart's unit classes in a canonical order, with the classes of each filter worked out once."""

    __slots__ = ("_matches", "cart", "classes", "everything", "keys")

    def __init__(self, cart: Cart) -> None:
        self.cart = cart
        self.classes = _classes(cart.lines)
        self.everything = tuple(range(len(self.classes)))
        self.keys = frozenset(key for unit in self.classes for key in (("sku", unit.sku), *_category_keys(unit)))
        self._matches: dict[Filter, tuple[int, ...]] = {ALL: self.everything}

    def start(self) -> State:
        """Return the state before any promotion."""
        return [((unit.quantity, unit.quantity * unit.unit_minor, False),) for unit in self.classes]

    def matching(self, units: Filter) -> tuple[int, ...]:
        """Return the numbers of the classes that *units* means."""
        found = self._matches.get(units)
        if found is None:
            found = tuple(number for number, unit in enumerate(self.classes) if matches(unit, units))
            self._matches[units] = found
        return found


def matches(unit: UnitClass, units: Filter) -> bool:
    """Say whether a filter means the units of this class."""
    if units.skus and unit.sku not in units.skus:
        return False
    if units.categories and units.categories.isdisjoint(unit.categories):
        return False
    if units.attributes and not units.attributes <= unit.attributes:
        return False
    if unit.sku in units.excluded_skus or not units.excluded_categories.isdisjoint(unit.categories):
        return False
    if units.price_from_minor is not None and unit.unit_minor < units.price_from_minor:
        return False
    if units.price_to_minor is not None and unit.unit_minor > units.price_to_minor:
        return False
    return units.includes_reduced or not unit.is_reduced


def gate_keys(units: Filter) -> frozenset[tuple[str, str]] | None:
    """Return the product keys of which a cart must hold one for the filter to mean anything; None means any cart."""
    if units.skus:
        return frozenset(("sku", sku) for sku in units.skus)
    if units.categories:
        return frozenset(("category", category) for category in units.categories)
    return None


def _category_keys(unit: UnitClass) -> list[tuple[str, str]]:
    return [("category", category) for category in unit.categories]


def _classes(lines: tuple[CartLine, ...]) -> tuple[UnitClass, ...]:
    grouped: dict[tuple[object, ...], list[CartLine]] = {}
    for line in lines:
        if line.quantity > 0:
            grouped.setdefault(_class_key(line), []).append(line)
    classes = [_unit_class(group) for group in grouped.values()]
    return tuple(sorted(classes, key=_canonical))


def _class_key(line: CartLine) -> tuple[object, ...]:
    return (
        line.sku,
        line.unit_minor,
        line.floor_minor,
        _is_reduced(line),
        frozenset(line.categories),
        frozenset(line.attributes),
        line.tax_rate_bp,
    )


def _unit_class(lines: list[CartLine]) -> UnitClass:
    first = lines[0]
    return UnitClass(
        sku=first.sku,
        quantity=sum(line.quantity for line in lines),
        unit_minor=first.unit_minor,
        floor_minor=max(0, min(first.floor_minor, first.unit_minor)),
        is_reduced=_is_reduced(first),
        categories=frozenset(first.categories),
        attributes=frozenset(first.attributes),
        tax_rate_bp=first.tax_rate_bp,
        lines=tuple(sorted((line.id, line.quantity) for line in lines)),
    )


def _is_reduced(line: CartLine) -> bool:
    return line.regular_minor is not None and line.regular_minor > line.unit_minor


def _canonical(unit: UnitClass) -> tuple[object, ...]:
    return (
        unit.sku,
        unit.unit_minor,
        unit.floor_minor,
        unit.is_reduced,
        sorted(unit.categories),
        sorted(unit.attributes),
        unit.tax_rate_bp,
    )
