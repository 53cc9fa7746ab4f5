"""The command palette (Ctrl-K): every page is in it; features add what can be found by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wracam.kernel.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class PaletteEntry:
    """Something to jump to: `title` and `detail` are finished texts, `group` says what kind of thing it is."""

    group: str
    title: str
    url: str
    detail: str = ""
    icon: str = "arrow-right"


Provider = Callable[[int, str, str, int], Sequence[PaletteEntry]]
"""`(shop_id, text, language, limit)` → what matches *text*; fast, one indexed query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaletteProvider:
    """A feature's finder and the permission it needs."""

    name: str
    permission: str
    find: Provider


PALETTE: Registry[PaletteProvider] = Registry("palette provider")


def palette(name: str, *, permission: str = "view") -> Callable[[Provider], Provider]:
    """Register a finder: `@palette("customers")` on a function of shop id, text, language and limit."""

    def register(find: Provider) -> Provider:
        PALETTE.register(name, PaletteProvider(name=name, permission=permission, find=find))
        return find

    return register
