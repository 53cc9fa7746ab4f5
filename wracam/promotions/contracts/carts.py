"""The public language of promotions: the cart document and the answer to it.

All amounts are integer minor units of the cart's currency, gross or net as `Cart.prices_include_tax` says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why a promotion gave nothing, or less than it could."""

    NO_MATCHING_ITEMS = "no_matching_items"
    CONDITION_NOT_MET = "condition_not_met"
    NOT_YOURS = "not_yours"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    CUSTOMER_LIMIT_REACHED = "customer_limit_reached"
    CODE_REQUIRED = "code_required"
    CODE_UNKNOWN = "code_unknown"
    DISPLACED = "displaced"
    NO_EFFECT = "no_effect"


class Combination(StrEnum):
    """How promotions that compete are chosen."""

    BEST = "best"
    """The allowed combination with the lowest price for the customer."""
    PRIORITY = "priority"
    """The merchant's order: each promotion in turn, if those before it allow it."""


class PercentBase(StrEnum):
    """What a second percentage is taken of."""

    RUNNING = "running"
    """Of what is left after the first."""
    ORIGINAL = "original"
    """Of the price before any promotion."""


class Rounding(StrEnum):
    """Where a percentage is rounded. Either way a discount of half a grosz is rounded down (the price up)."""

    LINE = "line"
    """Once for all units of the same product and price."""
    UNIT = "unit"
    """For each unit."""


class Remainder(StrEnum):
    """Who gets the odd minor units when an amount is split over lines."""

    LARGEST = "largest"
    """The largest fractions first (Hamilton)."""
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A shop's choices about prices; every quote names them."""

    combination: Combination = Combination.BEST
    percent_base: PercentBase = PercentBase.RUNNING
    rounding: Rounding = Rounding.LINE
    remainder: Remainder = Remainder.LARGEST
    is_condition_on_running_total: bool = False
    """In priority mode, order conditions look at what the promotions before left (else at the lane's start)."""
    search_nodes_max: int = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLine:
    """One line. `unit_minor` is the selling price of one unit before promotions; `regular_minor` the price before a
    catalog reduction; `floor_minor` the least that one unit may cost.
    """

    id: str
    sku: str
    quantity: int
    unit_minor: int
    regular_minor: int | None = None
    floor_minor: int = 0
    categories: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    tax_rate_bp: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """What the shop's customer is about to buy."""

    currency: str
    lines: tuple[CartLine, ...]
    shipping_minor: int = 0
    shipping_method: str = ""
    shipping_tax_rate_bp: int = 0
    prices_include_tax: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Why an offer is out of the question for this customer now, decided before prices: dates, limits, audience."""

    reason: Reason
    required: str = ""
    measured: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A condition that the cart does not meet yet: what was measured against what is required."""

    measure: str
    required: int
    measured: int

    @property
    def missing(self) -> int:
        """How much is missing, in the measure's unit (minor units or pieces)."""
        return max(0, self.required - self.measured)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """A product given on top."""

    offer: str
    sku: str
    quantity: int
    value_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedOffer:
    """What one promotion gave: in all, per line, on shipping; points are multiplied by `points_multiplier_bp`."""

    key: str
    discount_minor: int
    lines: tuple[tuple[str, int], ...]
    shipping_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedOffer:
    """Why one promotion gave nothing."""

    key: str
    reason: Reason
    shortfalls: tuple[Shortfall, ...] = ()
    displaced_by: tuple[str, ...] = ()
    difference_minor: int = 0
    """For a displaced offer: how much worse the price would be with it instead."""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A line after promotions. `tax_minor` is contained in `total_minor` when prices include tax, else on top."""

    id: str
    sku: str
    quantity: int
    subtotal_minor: int
    discount_minor: int
    total_minor: int
    tax_rate_bp: int
    tax_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxShare:
    """Tax of one rate over the whole cart."""

    rate_bp: int
    net_minor: int
    tax_minor: int
    gross_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The answer to a cart: prices, what applied, what did not and why, and whether the choice is proved best."""

    currency: str
    lines: tuple[PricedLine, ...]
    items_minor: int
    discount_minor: int
    shipping_minor: int
    shipping_discount_minor: int
    total_minor: int
    tax_minor: int
    gross_minor: int
    taxes: tuple[TaxShare, ...]
    applied: tuple[AppliedOffer, ...]
    refused: tuple[RefusedOffer, ...]
    gifts: tuple[Gift, ...] = ()
    points_multiplier_bp: int = 10_000
    proved_optimal: bool = True
    gap_minor: int = 0
    """How much better an unexplored combination could at most be; 0 when proved."""
    evaluations: int = field(default=0, compare=False)
