"""Comparing two documents, place by place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wracam.definitions.contracts import Difference, DifferenceKind

_NOTHING = object()


def compare(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[Difference]:
    """Return every place where *old* and *new* differ, in the order of the newer document.

    Lists are compared position by position; True and 1 are different things, 1 and 1.0 are not.
    """
    return list(_compare(old if old is not None else {}, new if new is not None else {}, ""))


def same(old: Any, new: Any) -> bool:
    """Say whether two JSON values are the same."""
    return next(_compare(old, new, ""), None) is None


def _compare(old: Any, new: Any, path: str) -> Iterator[Difference]:
    if old is _NOTHING:
        yield Difference(path=path, what=DifferenceKind.ADDED, old=None, new=new)
    elif new is _NOTHING:
        yield Difference(path=path, what=DifferenceKind.REMOVED, old=old, new=None)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*new, *(key for key in old if key not in new)]:
            inner = f"{path}.{key}" if path else key
            yield from _compare(old.get(key, _NOTHING), new.get(key, _NOTHING), inner)
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else _NOTHING
            after = new[index] if index < len(new) else _NOTHING
            yield from _compare(before, after, f"{path}[{index}]")
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield Difference(path=path, what=DifferenceKind.CHANGED, old=old, new=new)
