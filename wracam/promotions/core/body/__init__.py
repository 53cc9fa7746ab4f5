"""A promotion's definition: what its JSON body means, and everything that may be wrong in it."""

from wracam.promotions.core.body.promotion import (
    Budget,
    BudgetEnd,
    Limit,
    Period,
    Promotion,
    Stacking,
    read_promotion,
)

__all__ = ["Budget", "BudgetEnd", "Limit", "Period", "Promotion", "Stacking", "read_promotion"]
