"""Where features say which scopes an API key can have."""

from __future__ import annotations

from dataclasses import dataclass

from wracam.kernel.language import Words
from wracam.kernel.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Something a key may do, such as `orders:write`; public ones may be given to publishable keys."""

    name: str
    title: Words
    is_public: bool = False


SCOPES: Registry[Scope] = Registry("scope")


def register_scope(name: str, *, pl: str, en: str, is_public: bool = False) -> Scope:
    """Add a scope that keys can be given."""
    return SCOPES.register(name, Scope(name=name, title=Words(pl=pl, en=en), is_public=is_public))
