"""Tax per line and per rate after promotions, so that lines, rates and totals add up to the grosz."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wracam.kernel.allocation import divide_half_up, split_by_weights
from wracam.promotions.contracts import TaxRounding, TaxShare

RATE: Final = TaxRounding.RATE
UNIT: Final = TaxRounding.UNIT
"""By names that need no look-up in their class (slow in Python 3.11)."""


def tax_of(amount_minor: int, rate_bp: int, prices_include_tax: bool) -> int:
    """Return the tax contained in a gross amount, or due on top of a net one, rounded half away from zero."""
    if prices_include_tax:
        return divide_half_up(amount_minor * rate_bp, 10_000 + rate_bp)
    return divide_half_up(amount_minor * rate_bp, 10_000)


def taxes(
    amounts: Sequence[tuple[int, int]],
    prices_include_tax: bool,
    rounding: TaxRounding = TaxRounding.RATE,
    quantities: Sequence[int] = (),
) -> tuple[tuple[TaxShare, ...], list[int]]:
    """Return tax per rate and per part for (amount, rate) *parts*.

    Tax is worked out once per rate on the rate's sum, as on an invoice, and split over the parts by largest
    remainder; or on each part, or on each of its units (*quantities* in the order of the parts, 1 where absent), and
    summed. Parts always add up to their rate and rates to the total.
    """
    by_rate: dict[int, list[int]] = {}
    for place, (_, rate) in enumerate(amounts):
        if rate in by_rate:
            by_rate[rate].append(place)
        else:
            by_rate[rate] = [place]
    shares = []
    parts = [0] * len(amounts)
    for rate in sorted(by_rate):
        places = by_rate[rate]
        of_rate = [amounts[place][0] for place in places]
        amount = sum(of_rate)
        if rounding is RATE:
            tax = tax_of(amount, rate, prices_include_tax)
            shared = split_by_weights(tax, of_rate)
        else:
            by_unit = quantities if rounding is UNIT else ()
            shared = [
                _tax_of_units(
                    amounts[place][0], rate, prices_include_tax, by_unit[place] if place < len(by_unit) else 1
                )
                for place in places
            ]
            tax = sum(shared)
        for place, part in zip(places, shared, strict=True):
            parts[place] = part
        net = amount - tax if prices_include_tax else amount
        shares.append(TaxShare(rate_bp=rate, net_minor=net, tax_minor=tax, gross_minor=net + tax))
    return tuple(shares), parts


def _tax_of_units(amount_minor: int, rate_bp: int, prices_include_tax: bool, quantity: int) -> int:
    """The tax of units that cost the same, up to one minor unit."""
    each, dearer = divmod(amount_minor, max(1, quantity))
    tax = (quantity - dearer) * tax_of(each, rate_bp, prices_include_tax)
    return tax + dearer * tax_of(each + 1, rate_bp, prices_include_tax) if dearer else tax
