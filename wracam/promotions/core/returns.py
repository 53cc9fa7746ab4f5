"""What a refund gives back beside money: gifts whose condition no longer holds, money of budgets, uses and codes.

Gifts go by pieces, budgets by unit as the money does: after `n` of a line's `q` units are back, `floor(share * n / q)`
of the line's share in a promotion's discount is back in the promotion's budget. Uses of promotions, and codes unless
their campaign says otherwise, come back when nothing of the order is left and the shop's policy gives them back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from wracam.promotions.contracts import ExplainedOffer, Gift
from wracam.promotions.core.claims import kind_of, owner_of
from wracam.promotions.core.explaining import FoundCode
from wracam.promotions.core.refunds import Returned, together
from wracam.promotions.core.standings import gift_counter
from wracam.vouchers.contracts import OnRefund

VALUE = "value:"
"""Begins the counters of gift cards, which are filled by what they paid."""
Pieces = Mapping[tuple[str, str], int]
"""Pieces of gifts by promotion and SKU."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """What returning needs to know of the sale: what it claimed, gave, and the units of its lines."""

    claimed: Mapping[str, int]
    offers: Sequence[ExplainedOffer]
    codes: Sequence[FoundCode]
    quantities: Mapping[str, int]


def pieces(gifts: Iterable[Gift]) -> dict[tuple[str, str], int]:
    """Add gifts up by promotion and SKU."""
    found: dict[tuple[str, str], int] = {}
    for gift in gifts:
        found[gift.offer, gift.sku] = found.get((gift.offer, gift.sku), 0) + gift.quantity
    return found


def undeserved(given: Pieces, deserved: Pieces, back: Pieces) -> dict[tuple[str, str], int]:
    """Return the pieces that are to come back: given, no longer *deserved* by what is kept, and not *back* yet."""
    missing = {key: count - deserved.get(key, 0) - back.get(key, 0) for key, count in given.items()}
    return {key: count for key, count in missing.items() if count > 0}


def amounts_back(sold: Sold, now: Returned, before: Returned, *, is_full: bool, gives_uses: bool) -> dict[str, int]:
    """Return what comes back of each counter with the refund *now*, when *before* was back already.

    *gives_uses* is the shop's policy for uses, budgets and codes.
    """
    found = {key: amount for key, amount in _gifts(sold, now).items() if amount}
    if gives_uses:
        found |= _budgets(sold, now, before)
    if gives_uses and is_full:
        found |= {key: amount for key, amount in sold.claimed.items() if _is_use(key)}
    return found | _codes(sold, is_full=is_full, gives_uses=gives_uses)


def _gifts(sold: Sold, now: Returned) -> dict[str, int]:
    return {
        key: count
        for (promotion, sku), count in now.gifts.items()
        if (key := gift_counter(promotion, sku)) in sold.claimed
    }


def _is_use(key: str) -> bool:
    return owner_of(key) is not None and not kind_of(key).startswith("gift:")


def _budgets(sold: Sold, now: Returned, before: Returned) -> dict[str, int]:
    by_promotion = {owner_of(key): key for key in sold.claimed if owner_of(key) and kind_of(key) == "budget"}
    after = together(now, before)
    found = {}
    for offer in sold.offers:
        key = by_promotion.get(offer.key)
        if key is not None:
            back = _share_back(offer, after, sold.quantities) - _share_back(offer, before, sold.quantities)
            if back:
                found[key] = back
    return found


def _share_back(offer: ExplainedOffer, back: Returned, quantities: Mapping[str, int]) -> int:
    items = sum(share * back.units.get(line, 0) // quantities[line] for line, share in offer.lines)
    return items + (offer.shipping_minor if back.has_shipping else 0)


def _codes(sold: Sold, *, is_full: bool, gives_uses: bool) -> dict[str, int]:
    kept: dict[str, int] = {}
    for code in sold.codes:
        returns = {
            OnRefund.RETURN: True,
            OnRefund.RETURN_WHEN_FULL: is_full and gives_uses,
            OnRefund.KEEP: False,
        }[code.on_refund]
        if returns:
            kept |= {claim.key: sold.claimed[claim.key] for claim in code.claims if claim.key in sold.claimed}
    return kept


def lines_left(quantities: Mapping[str, int], back: Mapping[str, int], lines: Collection[str]) -> dict[str, int]:
    """Return the units that the customer keeps, by line, in the order of *lines*; none of a line is left out."""
    left = {line: quantities[line] - back.get(line, 0) for line in lines}
    return {line: count for line, count in left.items() if count > 0}
