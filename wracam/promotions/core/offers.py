"""Offers as the engine sees them: filters, cart conditions and effects. Compiled once from a promotion's version.

Effects work in three lanes, one after another: products, then the order, then shipping. Inside the product lane the
stages are fixed: offers that use units up (sets, n-th unit, buy-and-get), then set prices, then percentages, then
amounts; inside a stage by priority (higher first), then by key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from wracam.promotions.contracts import Combination


class Stage(IntEnum):
    """The order in which effects work."""

    CONSUMING = 0
    SET_PRICE = 1
    PERCENT = 2
    AMOUNT = 3
    ORDER_PRICE = 4
    ORDER_PERCENT = 5
    ORDER_AMOUNT = 6
    SHIPPING_PRICE = 7
    SHIPPING_PERCENT = 8
    SHIPPING_AMOUNT = 9
    EXTRA = 10


class Pick(StrEnum):
    """Which of the matching units an offer takes."""

    DEAREST = "dearest"
    CHEAPEST = "cheapest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which units an offer is about; empty means all. Price bands look at the unit price before promotions."""

    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    attributes: frozenset[tuple[str, str]] = frozenset()
    excluded_skus: frozenset[str] = frozenset()
    excluded_categories: frozenset[str] = frozenset()
    price_from_minor: int | None = None
    price_to_minor: int | None = None
    includes_reduced: bool = True
    """Whether units that the catalog already reduced are meant too."""
    is_simple: bool = field(init=False, compare=False)
    """Worked out: the filter names one kind of mark only, so that an index of it needs no second look."""

    def __post_init__(self) -> None:
        named = bool(self.skus) + bool(self.categories) + 2 * bool(self.attributes)
        others = self.excluded_skus or self.excluded_categories or not self.includes_reduced
        is_banded = self.price_from_minor is not None or self.price_to_minor is not None
        object.__setattr__(self, "is_simple", named <= 1 and not others and not is_banded)


ALL = Filter()


class Measure(StrEnum):
    """What a cart condition measures."""

    ITEMS_TOTAL = "items_total"
    ITEMS_TOTAL_NET = "items_total_net"
    DISCOUNTED_TOTAL = "discounted_total"
    QUANTITY = "quantity"
    DISTINCT_PRODUCTS = "distinct_products"
    SHIPPING_METHOD = "shipping_method"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A cart condition: the measure over the filtered units is at least `required`, or more than it with `is_strict`.

    With `is_upper` it is at most `required` (or less than it).
    """

    measure: Measure
    required: int
    units: Filter = ALL
    is_strict: bool = False
    is_upper: bool = False
    allowed: frozenset[str] = frozenset()
    """For the shipping method: the names that hold."""
    name: str = field(init=False, compare=False)
    """Worked out: the measure's value, which is slow to ask an enum for."""
    bound: int = field(init=False, compare=False)
    """Worked out: the least that is enough, or the most that is not too much."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.measure.value)
        beyond = 0 if not self.is_strict else -1 if self.is_upper else 1
        object.__setattr__(self, "bound", self.required + beyond)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """A percentage or an amount off units, the order or shipping.

    `steps` are (from, value) pairs over the quantity (or value) of the filtered units, or with `are_steps_per_line`
    of each line on its own; the highest step reached replaces `percent_ppm` or `amount_minor`. With `is_every` they are
    multiples of the first: so much for every so many. `unit_limit` limits how
    many units are reduced, in the order of `pick`, after the first `unit_skip`; with `is_limit_per_line` so many of
    each line. In the price stages `amount_minor` is what the order or shipping costs, where that is less. In the amount
    stage the amount comes off each unit, or with `is_per_line` once off each line (all units of one product at one
    price, however the cart splits them). `line_cap_minor` is the most that comes off one such line, `cap_minor` the
    most that comes off in all; both include tax with `is_cap_gross`, as an amount off products or the order does with
    `is_amount_gross`. In the shipping lane `names` are the ways of delivery, or with `is_on_fees` the fees
    (empty: any).
    """

    stage: Stage
    units: Filter = ALL
    percent_ppm: int = 0
    amount_minor: int = 0
    steps: tuple[tuple[int, int], ...] = ()
    are_steps_by_value: bool = False
    are_steps_per_line: bool = False
    is_every: bool = False
    unit_limit: int | None = None
    unit_skip: int = 0
    is_limit_per_line: bool = False
    pick: Pick = Pick.DEAREST
    is_per_line: bool = False
    line_cap_minor: int | None = None
    cap_minor: int | None = None
    is_cap_gross: bool = False
    is_amount_gross: bool = False
    is_split_by_quantity: bool = False
    is_on_fees: bool = False
    names: frozenset[str] = frozenset()
    is_limited: bool = field(init=False, compare=False)
    """Worked out: only some of the units that the filter means are reduced."""
    is_capped: bool = field(init=False, compare=False)
    """Worked out: there is a most that comes off a line or in all."""
    is_plain: bool = field(init=False, compare=False)
    """Worked out: one percentage of units without limits or caps, the most frequent kind."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "are_steps_per_line", self.are_steps_per_line and bool(self.steps))
        is_limited = self.unit_limit is not None or self.unit_skip > 0
        is_capped = self.line_cap_minor is not None or self.cap_minor is not None
        object.__setattr__(self, "is_limited", is_limited)
        object.__setattr__(self, "is_capped", is_capped)
        is_even = not is_limited and not is_capped and not self.are_steps_per_line
        object.__setattr__(self, "is_plain", self.stage is Stage.PERCENT and is_even)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPrice:
    """Each filtered unit costs `price_minor`, where that is less.

    `steps` are (from, price) pairs over the quantity of the filtered units, or with `are_steps_per_line` of each line
    on its own; below the first of them, nothing is set.
    `unit_limit` and `unit_skip` as in `Reduction`.
    """

    stage: Stage = Stage.SET_PRICE
    units: Filter = ALL
    price_minor: int
    steps: tuple[tuple[int, int], ...] = ()
    are_steps_per_line: bool = False
    unit_limit: int | None = None
    unit_skip: int = 0
    is_limit_per_line: bool = False
    pick: Pick = Pick.DEAREST
    is_limited: bool = field(init=False, compare=False)
    """Worked out: only some of the units that the filter means are reduced."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "are_steps_per_line", self.are_steps_per_line and bool(self.steps))
        object.__setattr__(self, "is_limited", self.unit_limit is not None or self.unit_skip > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NthUnit:
    """In every group of `group_size` matching units, dearest first, the cheapest `reduced` get `percent_ppm` off.

    Second at half price: group 2, reduced 1, 5000. Three for two: group 3, reduced 1, 10000. With `price_minor` they
    cost that instead ("the second for 1 zł"), with `amount_minor` so much less. With `is_same_product` only units of
    one product form a group. With `Pick.CHEAPEST` groups are formed of the cheapest units, and the cheapest of all are
    reduced: three for two on six units then makes the two cheapest free.
    """

    stage: Stage = Stage.CONSUMING
    units: Filter = ALL
    group_size: int
    reduced: int = 1
    percent_ppm: int = 1_000_000
    price_minor: int | None = None
    amount_minor: int | None = None
    pick: Pick = Pick.DEAREST
    is_same_product: bool = False
    times_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyGet:
    """For every `buy_quantity` of the bought units, up to `get_quantity` of the others get `percent_ppm` off.

    With `price_minor` they cost that instead, where it is less; with `amount_minor` each costs so much less.
    """

    stage: Stage = Stage.CONSUMING
    buy: Filter
    buy_quantity: int
    get: Filter
    get_quantity: int
    percent_ppm: int = 1_000_000
    price_minor: int | None = None
    amount_minor: int | None = None
    pick: Pick = Pick.DEAREST
    times_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A set for one price: so many units of each part. "Any 3 for 20 zł" is one part; a ready set has several.

    Without a price, `percent_ppm` comes off the set ("build your own box, 15 % off"), or `amount_minor`. `pick` says
    which units a set takes first.
    """

    stage: Stage = Stage.CONSUMING
    parts: tuple[tuple[Filter, int], ...]
    price_minor: int | None = None
    percent_ppm: int = 0
    amount_minor: int | None = None
    pick: Pick = Pick.DEAREST
    times_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftOption:
    """A product that may be given; `value_minor` is what one piece is worth to the customer."""

    sku: str
    value_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Give:
    """A gift on top of the cart, once: `quantity` pieces of one of `options`.

    The first option in stock is given; with `is_picked` the customer picks (`Cart.gift_picks`), and until then nothing
    is given but the choice is shown. What is given counts as saved. With `per_quantity` it is given for every so many
    of `units`, at most `times_max` times and as often as the stock allows.
    """

    stage: Stage = Stage.EXTRA
    options: tuple[GiftOption, ...]
    quantity: int = 1
    is_picked: bool = False
    per_quantity: int | None = None
    units: Filter = ALL
    times_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiplyPoints:
    """Points for the filtered units (all: for the order) times `multiplier_bp` / 10000."""

    stage: Stage = Stage.EXTRA
    multiplier_bp: int
    units: Filter = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantReward:
    """A reward granted with the order, by its key; `value_minor` is what one is worth to the customer."""

    stage: Stage = Stage.EXTRA
    reward: str
    quantity: int = 1
    value_minor: int = 0


Effect = Reduction | SetPrice | NthUnit | BuyGet | Bundle | Give | MultiplyPoints | GrantReward


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One live promotion, ready to be judged. `key` is its stable name; higher `priority` comes first.

    `group`: at most one offer of a group applies. `is_exclusive`: applies alone. `excludes`: names it cannot stand
    beside (either way). `phase`: where promotions work in the merchant's order, those of a later phase see the prices
    that all of the phases before left. `cap_minor` is the most that all its effects together take off this order,
    shipping included.
    `combination` overrides the shop's choice for this promotion: those in the merchant's order (`PRIORITY`) come
    first, one after another; the best combination of the others is found beside them.
    """

    key: str
    effects: tuple[Effect, ...]
    conditions: tuple[Threshold, ...] = ()
    priority: int = 0
    phase: int = 0
    group: str = ""
    is_exclusive: bool = False
    excludes: frozenset[str] = frozenset()
    cap_minor: int | None = None
    combination: Combination | None = None


def is_limited(effect: Reduction | SetPrice) -> bool:
    """Say whether an effect is only for some of the units that its filter means."""
    return effect.is_limited


def depends_on_others(offer: Offer) -> bool:
    """Say whether what other offers give can switch this one off (a threshold on the discounted total)."""
    return any(condition.measure is Measure.DISCOUNTED_TOTAL for condition in offer.conditions)
