"""A named registry: the plain mechanism behind every port. A duplicate name is an error at start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class DuplicateNameError(ValueError):
    """Two features registered the same name; rename one of them."""


class UnknownNameError(LookupError):
    """Nothing of this name is registered; the message lists what is."""


class Registry(Generic[Item]):
    """Items by unique name, iterated in the order of their names."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._items: dict[str, Item] = {}

    def register(self, name: str, item: Item) -> Item:
        """Add *item* under *name* and return it; raises `DuplicateNameError` for a name in use."""
        if name in self._items:
            raise DuplicateNameError(f"{self.noun} {name!r} is registered twice")
        self._items[name] = item
        return item

    def get(self, name: str) -> Item:
        """Return the item called *name* or raise `UnknownNameError`."""
        try:
            return self._items[name]
        except KeyError:
            known = ", ".join(sorted(self._items)) or "none"
            raise UnknownNameError(f"there is no {self.noun} {name!r}; known: {known}") from None

    def find(self, name: str) -> Item | None:
        """Return the item called *name*, or None."""
        return self._items.get(name)

    def names(self) -> list[str]:
        """Return all names, sorted."""
        return sorted(self._items)

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[Item]:
        return (self._items[name] for name in self.names())

    def __len__(self) -> int:
        return len(self._items)
