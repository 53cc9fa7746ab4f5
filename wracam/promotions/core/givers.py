"""Which offers gave something in a trial."""

from __future__ import annotations

from wracam.promotions.core.trial import Desk, Outcome


def gave(outcome: Outcome, place: int) -> bool:
    """Say whether the offer at this place gave anything, if only points, a reward or a choice of gifts."""
    if outcome.by_offer.get(place) or outcome.shipping_by_offer.get(place):
        return True
    return place in outcome.extras and place not in outcome.without_stock


def givers(outcome: Outcome) -> set[int]:
    """Return the places of all offers that `gave` anything."""
    found = outcome.extras.difference(outcome.without_stock)
    found.update([place for place, given in outcome.by_offer.items() if given])
    found.update([place for place, off in outcome.shipping_by_offer.items() if off])
    return found


def count_given(desk: Desk, outcome: Outcome) -> int:
    """Return how many promotions lowered prices: what `Policy.promotions_max` limits."""
    return sum([desk.entries[place].lowers_prices for place in givers(outcome)])
