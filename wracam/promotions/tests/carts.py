"""Random small carts and offers for property tests, and the oracle that tries everything."""

from __future__ import annotations

import itertools
import os

from hypothesis import strategies as st

from wracam.promotions.contracts import (
    Cart,
    CartLine,
    Charge,
    Combination,
    PercentBase,
    PerProduct,
    Policy,
    Rounding,
    RoundingMode,
    TaxRounding,
)
from wracam.promotions.core.catalog import Catalog
from wracam.promotions.core.conditions import shortfalls
from wracam.promotions.core.givers import count_given
from wracam.promotions.core.offers import (
    ALL,
    Bundle,
    BuyGet,
    Filter,
    GiftOption,
    Give,
    Measure,
    MultiplyPoints,
    NthUnit,
    Offer,
    Pick,
    Reduction,
    SetPrice,
    Stage,
    Threshold,
)
from wracam.promotions.core.parts import conflict
from wracam.promotions.core.trial import Desk
from wracam.promotions.core.units import Units

EXAMPLES = int(os.environ.get("WRACAM_PROMOTION_EXAMPLES", "120"))
"""How many random carts each property is tried on; `make oracle` tries 10,000."""
SKUS = ("mug", "pot", "rose", "seed")
CATEGORIES = {"mug": ("home",), "pot": ("home", "garden"), "rose": ("garden",), "seed": ("garden",)}

SHIPMENTS = (
    Charge(name="inpost", amount_minor=1299, tax_rate_bp=2300),
    Charge(name="dpd", amount_minor=1801, tax_rate_bp=800),
)
FEES = (Charge(name="packing", amount_minor=501, tax_rate_bp=2300), Charge(name="deposit", amount_minor=50))

filters = st.sampled_from(
    [
        ALL,
        Filter(skus=frozenset({"mug"})),
        Filter(skus=frozenset({"rose", "seed"})),
        Filter(categories=frozenset({"garden"})),
        Filter(categories=frozenset({"home"})),
        Filter(price_from_minor=1000),
        Filter(includes_reduced=False),
    ]
)
percents = st.sampled_from([50_000, 100_000, 123_450, 200_000, 333_333, 500_000, 1_000_000])
amounts = st.sampled_from([1, 99, 500, 1000, 2500])


@st.composite
def carts(draw: st.DrawFn, *, lines_max: int = 4) -> Cart:
    lines = []
    for number in range(draw(st.integers(1, lines_max))):
        sku = draw(st.sampled_from(SKUS))
        unit = draw(st.sampled_from([0, 1, 333, 999, 1000, 1999, 5000]))
        lines.append(
            CartLine(
                id=f"l{number}",
                sku=sku,
                quantity=draw(st.integers(1, 4)),
                unit_minor=unit,
                regular_minor=unit + draw(st.sampled_from([0, 0, 500])),
                floor_minor=draw(st.sampled_from([0, 0, 0, unit // 2])),
                categories=CATEGORIES[sku],
                tax_rate_bp=draw(st.sampled_from([2300, 800, 0])),
            )
        )
    shipments = draw(st.sampled_from([(), (), (), SHIPMENTS]))
    shipping = sum(one.amount_minor for one in shipments) or draw(st.sampled_from([0, 1299]))
    return Cart(
        currency="PLN",
        lines=tuple(lines),
        shipping_minor=shipping,
        shipping_method="inpost",
        shipments=shipments,
        fees=draw(st.sampled_from([(), (), FEES])),
        shipping_tax_rate_bp=2300,
        prices_include_tax=draw(st.booleans()),
    )


limits = st.sampled_from([None, None, 1, 2, 3])
skips = st.sampled_from([0, 0, 0, 1])
picks = st.sampled_from(list(Pick))
caps = st.sampled_from([None, None, 300, 1000])
steps = st.sampled_from([(), (), ((2, 100_000), (4, 250_000)), ((0, 50_000), (3, 500_000))])

effects = st.one_of(
    st.builds(
        Reduction,
        stage=st.just(Stage.PERCENT),
        units=filters,
        percent_ppm=percents,
        steps=steps,
        are_steps_per_line=st.booleans(),
        unit_limit=limits,
        unit_skip=skips,
        is_limit_per_line=st.booleans(),
        pick=picks,
        cap_minor=caps,
        is_cap_gross=st.booleans(),
        line_cap_minor=caps,
    ),
    st.builds(Reduction, stage=st.just(Stage.PERCENT), units=filters, percent_ppm=percents),
    st.builds(
        Reduction,
        stage=st.just(Stage.AMOUNT),
        units=filters,
        amount_minor=amounts,
        unit_limit=limits,
        cap_minor=caps,
        is_per_line=st.booleans(),
        is_amount_gross=st.booleans(),
    ),
    st.builds(
        Reduction,
        stage=st.just(Stage.AMOUNT),
        units=filters,
        steps=st.sampled_from([((2, 99), (3, 500)), ((1000, 250), (5000, 900))]),
        are_steps_by_value=st.booleans(),
        are_steps_per_line=st.just(True),
    ),
    st.builds(
        SetPrice,
        units=filters,
        price_minor=amounts,
        steps=st.sampled_from([(), (), ((2, 900), (3, 700))]),
        are_steps_per_line=st.booleans(),
        unit_limit=limits,
        unit_skip=skips,
        is_limit_per_line=st.booleans(),
        pick=picks,
    ),
    st.builds(
        NthUnit,
        units=filters,
        group_size=st.integers(2, 3),
        percent_ppm=percents,
        price_minor=st.sampled_from([None, None, 1, 500]),
        amount_minor=st.sampled_from([None, None, 250]),
        pick=picks,
        is_same_product=st.booleans(),
        times_max=st.sampled_from([None, None, 1]),
    ),
    st.builds(
        BuyGet,
        buy=filters,
        buy_quantity=st.integers(1, 2),
        get=filters,
        get_quantity=st.integers(1, 2),
        percent_ppm=percents,
        price_minor=st.sampled_from([None, None, 100]),
        amount_minor=st.sampled_from([None, None, 250]),
        pick=picks,
        times_max=st.sampled_from([None, 1]),
    ),
    st.builds(
        Bundle,
        parts=st.lists(st.tuples(filters, st.integers(1, 2)), min_size=1, max_size=2).map(tuple),
        price_minor=st.one_of(st.none(), amounts),
        percent_ppm=percents,
        amount_minor=st.sampled_from([None, None, 400]),
        pick=picks,
    ),
    st.builds(
        Reduction,
        stage=st.just(Stage.ORDER_PERCENT),
        units=filters,
        percent_ppm=percents,
        cap_minor=caps,
        steps=steps,
        unit_limit=limits,
        unit_skip=skips,
        pick=picks,
    ),
    st.builds(
        Reduction,
        stage=st.sampled_from([Stage.ORDER_PRICE, Stage.SHIPPING_PRICE]),
        units=filters,
        amount_minor=amounts,
        cap_minor=caps,
    ),
    st.builds(
        Reduction,
        stage=st.just(Stage.ORDER_AMOUNT),
        units=filters,
        amount_minor=amounts,
        is_split_by_quantity=st.booleans(),
        is_amount_gross=st.booleans(),
        unit_limit=limits,
    ),
    st.builds(
        Reduction,
        stage=st.just(Stage.SHIPPING_PERCENT),
        percent_ppm=percents,
        steps=steps,
        is_on_fees=st.sampled_from([False, False, True]),
        names=st.sampled_from([frozenset(), frozenset({"inpost"})]),
    ),
    st.builds(
        Reduction,
        stage=st.sampled_from([Stage.SHIPPING_AMOUNT, Stage.SHIPPING_PRICE]),
        amount_minor=st.sampled_from([99, 333, 1000]),
        is_per_line=st.booleans(),
        is_on_fees=st.booleans(),
        names=st.sampled_from([frozenset(), frozenset({"inpost"}), frozenset({"dpd", "packing"})]),
        cap_minor=caps,
    ),
    st.builds(
        Give,
        options=st.just((GiftOption(sku="seeds", value_minor=500),)),
        per_quantity=st.sampled_from([None, None, 2]),
        units=filters,
    ),
    st.builds(MultiplyPoints, units=filters, multiplier_bp=st.just(20_000)),
)
policies = st.builds(
    Policy,
    percent_base=st.sampled_from(list(PercentBase)),
    rounding=st.sampled_from(list(Rounding)),
    rounding_mode=st.sampled_from(list(RoundingMode)),
    discount_max_bp=st.sampled_from([None, None, None, 2_000]),
    promotions_max=st.sampled_from([None, None, None, 1, 2]),
)
settled_policies = st.builds(
    Policy,
    combination=st.sampled_from(list(Combination)),
    rounding_mode=st.sampled_from(list(RoundingMode)),
    tax_rounding=st.sampled_from(list(TaxRounding)),
    per_product=st.sampled_from(list(PerProduct)),
    is_exclusive_first=st.booleans(),
    promotions_max=st.sampled_from([None, None, None, 1, 2]),
)
"""Also the merchant's order, which no oracle of the best combination knows."""
thresholds = st.builds(
    Threshold,
    measure=st.sampled_from([Measure.ITEMS_TOTAL, Measure.DISCOUNTED_TOTAL, Measure.QUANTITY]),
    required=st.sampled_from([1, 2, 1000, 3000]),
    units=filters,
    is_upper=st.sampled_from([False, False, True]),
)


@st.composite
def offer_lists(draw: st.DrawFn, *, most: int = 4, conditions: bool = True) -> list[Offer]:
    count = draw(st.integers(1, most))
    keys = [f"o{number}" for number in range(count)]
    return [
        Offer(
            key=key,
            effects=tuple(draw(st.lists(effects, min_size=1, max_size=2))),
            conditions=tuple(draw(st.lists(thresholds, max_size=1))) if conditions else (),
            priority=draw(st.integers(0, 2)),
            phase=draw(st.integers(0, 1)),
            group=draw(st.sampled_from(["", "", "g"])),
            is_exclusive=draw(st.sampled_from([False, False, False, False, True])),
            cap_minor=draw(st.sampled_from([None, None, None, None, 700])),
            excludes=frozenset(draw(st.lists(st.sampled_from(keys), max_size=1))) - {key},
        )
        for key in keys
    ]


def allowed_sequences(offers: list[Offer]):
    """Every allowed choice of offers in every turn."""
    places = range(len(offers))
    for size in range(len(offers) + 1):
        for chosen in itertools.combinations(places, size):
            if any(conflict(offers[one], offers[two]) for one, two in itertools.combinations(chosen, 2)):
                continue
            yield from itertools.permutations(chosen)


def oracle_saving(cart: Cart, offers: list[Offer], policy: Policy) -> int:
    """The most that any allowed choice in any turn saves: no pruning, no cleverness."""
    units = Units(cart, policy.rounding_mode)
    eligible = [offer for offer in offers if not shortfalls(offer, units)]
    entries = Catalog(eligible).entries
    desk = Desk(units, entries, policy)
    outcomes = [desk.run(sequence) for sequence in allowed_sequences([entry.offer for entry in entries])]
    most = policy.promotions_max
    return max(one.saved_minor for one in outcomes if most is None or count_given(desk, one) <= most)
