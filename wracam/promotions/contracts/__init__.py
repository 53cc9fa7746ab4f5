"""The public language of promotions: carts and quotes, what was explained of them, and what happened to them."""

from wracam.promotions.contracts.carts import (
    AppliedOffer,
    Cart,
    CartLine,
    Combination,
    Gift,
    PercentBase,
    Policy,
    PricedLine,
    Quote,
    Reason,
    RefusedOffer,
    Remainder,
    Rounding,
    Shortfall,
    Standing,
    TaxShare,
)

__all__ = [
    "AppliedOffer",
    "Cart",
    "CartLine",
    "Combination",
    "Gift",
    "PercentBase",
    "Policy",
    "PricedLine",
    "Quote",
    "Reason",
    "RefusedOffer",
    "Remainder",
    "Rounding",
    "Shortfall",
    "Standing",
    "TaxShare",
]
