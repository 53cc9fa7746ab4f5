"""The public language of the demo: how far it is, and what it made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SHOP_KEY = "zielnik"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the filling is: `done` of `total` orders."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What is there after filling."""

    shop_id: int
    customers: int
    products: int
    orders: int
    is_new: bool
    """Whether this call did anything: a demo that is complete is left as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorefrontKeys:
    """What the sample shop's pages hold: a key for browsers and one for the shop's own server."""

    shop_id: int
    publishable: str
    server: str


OnProgress = Callable[[Progress], None]
