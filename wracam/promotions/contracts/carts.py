"""The public language of promotions: the cart document and the answer to it.

All amounts are integer minor units of the cart's currency, gross or net as `Cart.prices_include_tax` says. What an
answer consists of is made by the hundred for one cart, so it is built of msgspec's structs: a tenth of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct


class Reason(StrEnum):
    """Why a promotion gave nothing, or less than it could."""

    NO_MATCHING_ITEMS = "no_matching_items"
    NOT_ENOUGH_ITEMS = "not_enough_items"
    """Matching products are in the cart, but too few for the set, the n-th unit, the step or the purchase."""
    CONDITION_NOT_MET = "condition_not_met"
    NOT_YOURS = "not_yours"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    CUSTOMER_LIMIT_REACHED = "customer_limit_reached"
    CODE_REQUIRED = "code_required"
    CODE_UNKNOWN = "code_unknown"
    DISPLACED = "displaced"
    GIFT_OUT_OF_STOCK = "gift_out_of_stock"
    BUDGET_SPENT = "budget_spent"
    """Nothing is left of the promotion's budget."""
    NO_EFFECT = "no_effect"
    TOO_MANY = "too_many_promotions"
    """The shop lets only so many promotions lower one cart, and others are better or come first."""


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
    """Where a percentage is rounded."""

    LINE = "line"
    """Once for all units of the same product and price."""
    UNIT = "unit"
    """For each unit."""


class RoundingMode(StrEnum):
    """Which way a percentage is rounded, as seen from the discount."""

    HALF_DOWN = "half_down"
    """To the nearest; half a grosz of discount down, so that the price is rounded half up."""
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"


class TaxRounding(StrEnum):
    """Where tax is rounded."""

    RATE = "rate"
    """Once per rate on the rate's sum, as on an invoice, and split over the lines."""
    LINE = "line"
    """On each line."""
    UNIT = "unit"
    """On each unit."""


class PerProduct(StrEnum):
    """How many promotions may lower one product's price, where promotions work in the merchant's order."""

    ALL = "all"
    BEST = "best"
    """In each phase, the one that gives most on it."""
    FIRST = "first"
    """In each phase, the first in turn that gives something on it."""


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
    rounding_mode: RoundingMode = RoundingMode.HALF_DOWN
    remainder: Remainder = Remainder.LARGEST
    tax_rounding: TaxRounding = TaxRounding.RATE
    per_product: PerProduct = PerProduct.ALL
    is_exclusive_first: bool = False
    """In priority mode, a promotion that stands alone comes before all others, whatever their priority."""
    is_condition_on_running_total: bool = False
    """In priority mode, order conditions look at what the promotions before left (else at the lane's start)."""
    discount_max_bp: int | None = None
    """All promotions together take at most this share off the items (in basis points of `items_minor`)."""
    promotions_max: int | None = None
    """So many promotions at most lower the prices of one cart. Those of gifts, rewards and points do not count."""
    nearly_share_bp: int = 5_000
    """A missing condition is a hint (`Quote.nearly`) from this share of what is required, or when one piece is
    missing."""
    search_work_max: int = 2_000
    """How much the search may do for one cart: combinations of a small cart, fewer of a large one. The same on every
    machine, so that the answer is; beyond it, the quote names the gap."""


class CartLine(Struct, frozen=True, kw_only=True, gc=False):
    """One line. `unit_minor` is the selling price of one unit before promotions; `regular_minor` the price before a
    catalog reduction; `floor_minor` the least that one unit may cost; `lowest_30_days_minor` the lowest price of one
    unit in the 30 days before the reduction (Omnibus; see `core.omnibus.price_before_reduction`), None when unknown.
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
    lowest_30_days_minor: int | None = None


class Charge(Struct, frozen=True, kw_only=True, gc=False):
    """What a cart costs beside its products: one shipment (`name` is its method), or a fee by its name.

    Fees are what the shop asks for packing, payment on delivery, a deposit: zero or more.
    """

    name: str
    amount_minor: int
    tax_rate_bp: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """What the shop's customer is about to buy. `gift_picks` are the gifts picked so far: (promotion key, SKU).

    Where the order goes in several shipments, `shipments` names them; `shipping_minor` is then what they cost together.
    """

    currency: str
    lines: tuple[CartLine, ...]
    shipping_minor: int = 0
    shipping_method: str = ""
    shipping_tax_rate_bp: int = 0
    prices_include_tax: bool = True
    gift_picks: tuple[tuple[str, str], ...] = ()
    shipments: tuple[Charge, ...] = ()
    fees: tuple[Charge, ...] = ()

    @property
    def shipping_methods(self) -> frozenset[str]:
        """The ways in which the order is delivered."""
        return frozenset(one.name for one in self.shipments) or frozenset((self.shipping_method,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Why an offer is out of the question for this customer now, decided before prices: dates, limits, audience."""

    reason: Reason
    required: str = ""
    measured: str = ""


class Shortfall(Struct, frozen=True, kw_only=True, gc=False):
    """A condition that the cart does not meet: what was measured against what is required.

    `measure` is a value of `core.offers.Measure` (`items_total`, `items_total_net`, `discounted_total`, `quantity`,
    `distinct_products`, `shipping_method`). `part` numbers the part of a set that is incomplete (from 0). With
    `is_upper`, the measure must be at most `required`: then nothing is missing, there is too much.
    """

    measure: str
    required: int
    measured: int
    part: int = 0
    is_upper: bool = False

    @property
    def missing(self) -> int:
        """How much is missing, in the measure's unit (minor units or pieces)."""
        missing = self.required - self.measured
        return missing if missing > 0 and not self.is_upper else 0


class Nearly(Struct, frozen=True, kw_only=True, gc=False):
    """What adding a little would bring: "add 12.40 zł for free delivery", "one more for −50 %".

    `shortfalls` is all that is missing for promotion `key`, each reachable by adding products. `is_applied` says that
    the promotion gives something already and would give more (its next step, its next group).
    """

    key: str
    shortfalls: tuple[Shortfall, ...]
    is_applied: bool = False


class Gift(Struct, frozen=True, kw_only=True, gc=False):
    """A product given on top; `value_minor` is what all `quantity` pieces are worth to the customer."""

    offer: str
    sku: str
    quantity: int
    value_minor: int


class GiftChoice(Struct, frozen=True, kw_only=True, gc=False):
    """A gift that the customer may pick: the SKUs in stock now, and the one picked ("" for none yet)."""

    offer: str
    skus: tuple[str, ...]
    quantity: int
    picked: str = ""


class GrantedReward(Struct, frozen=True, kw_only=True, gc=False):
    """A reward (by its key) that a promotion grants when the order is committed."""

    offer: str
    reward: str
    quantity: int = 1


class PointsMultiplier(Struct, frozen=True, kw_only=True, gc=False):
    """What a promotion multiplies the points of a purchase by: on these lines, or on the whole order when None."""

    offer: str
    multiplier_bp: int
    lines: tuple[str, ...] | None = None


class AppliedOffer(Struct, frozen=True, kw_only=True, gc=False):
    """What one promotion gave: `discount_minor` in all, of it per line and beside the products.

    `shipping_minor` is what came off shipping and fees, `fees_minor` the part of it that came off fees.

    `desired_minor` is what it would have given without its cap, the rest of its budget, floors and the shop's cap on
    all discounts; equal to `discount_minor` when nothing was cut.
    """

    key: str
    discount_minor: int
    lines: tuple[tuple[str, int], ...]
    shipping_minor: int = 0
    desired_minor: int = 0
    fees_minor: int = 0


class RefusedOffer(Struct, frozen=True, kw_only=True, gc=False):
    """Why one promotion gave nothing."""

    key: str
    reason: Reason
    shortfalls: tuple[Shortfall, ...] = ()
    displaced_by: tuple[str, ...] = ()
    difference_minor: int = 0
    """For a displaced offer: how much worse the price would be with it instead."""
    detail: str = ""


class PricedLine(Struct, frozen=True, kw_only=True, gc=False):
    """A line after promotions. `tax_minor` is contained in `total_minor` when prices include tax, else on top.

    `regular_minor` and `lowest_30_days_minor` (for one unit) stand beside any reduction that is shown; points for the
    line are multiplied by `points_multiplier_bp` / 10000.
    """

    id: str
    sku: str
    quantity: int
    subtotal_minor: int
    discount_minor: int
    total_minor: int
    tax_rate_bp: int
    tax_minor: int
    regular_minor: int | None = None
    lowest_30_days_minor: int | None = None
    points_multiplier_bp: int = 10_000


class PricedCharge(Struct, frozen=True, kw_only=True, gc=False):
    """A shipment or a fee after promotions; tax as in `PricedLine`."""

    name: str
    amount_minor: int
    discount_minor: int
    tax_rate_bp: int
    tax_minor: int
    is_fee: bool = False


class TaxShare(Struct, frozen=True, kw_only=True, gc=False):
    """Tax of one rate over the whole cart."""

    rate_bp: int
    net_minor: int
    tax_minor: int
    gross_minor: int


class Quote(Struct, frozen=True, kw_only=True, gc=False):
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
    prices_include_tax: bool = True
    shipping_tax_rate_bp: int = 0
    charges: tuple[PricedCharge, ...] = ()
    """Shipments and fees, where there are several shipments or any fee."""
    fees_minor: int = 0
    fees_discount_minor: int = 0
    nearly: tuple[Nearly, ...] = ()
    gifts: tuple[Gift, ...] = ()
    gift_choices: tuple[GiftChoice, ...] = ()
    rewards: tuple[GrantedReward, ...] = ()
    multipliers: tuple[PointsMultiplier, ...] = ()
    """What each promotion multiplies points by, in the order in which they are applied."""
    points_multiplier_bp: int = 10_000
    """What multiplies the points of the whole order; multipliers of some products are on their lines as well."""
    proved_optimal: bool = True
    gap_minor: int = 0
    """How much better an unexplored combination could at most be; 0 when proved."""
