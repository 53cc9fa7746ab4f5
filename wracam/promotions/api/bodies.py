"""The cart document and the answer to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from wracam.faces.api.bodies import require_form
from wracam.faces.api.problems import invalid
from wracam.faces.api.values import (
    AMOUNT_FORM,
    AmountText,
    Answer,
    BasisPoints,
    Body,
    CurrencyCode,
    Identifier,
    MinorUnits,
    Moment,
    Name,
    Part,
    minor,
)
from wracam.kernel.language import Words
from wracam.kernel.money import plain_minor
from wracam.promotions.contracts import Cart, CartLine, Charge

LINES_MAX = 1_000
QUANTITY_MAX = 1_000_000
UNITS_MAX = 1_000_000
CODES_MAX = 20
ATTRIBUTES_MAX = 50
CATEGORIES_MAX = 100
CHARGES_MAX = 50
AMOUNTS_KEPT = 16_384
"""A shop has so many different prices at most, mostly far fewer."""
ShortName = Annotated[str, msgspec.Meta(max_length=200)]
RATE_FORM = r"^[0-9]{1,3}(\.[0-9]{1,2})?$"
_RATE = re.compile(RATE_FORM)
RateText = Annotated[
    str, msgspec.Meta(pattern=RATE_FORM, description='A tax rate in percent, as text: `"23"`.', examples=["23"])
]
LinePrice = Annotated[
    str,
    msgspec.Meta(
        description='A decimal amount in major units, zero or more, as text: `"129.90"`.',
        examples=["129.90"],
        extra_json_schema={"pattern": AMOUNT_FORM},
    ),
]
LineRate = Annotated[
    str,
    msgspec.Meta(
        description='A tax rate in percent, as text: `"23"`.', examples=["23"], extra_json_schema={"pattern": RATE_FORM}
    ),
]
"""Prices and rates of lines, of which a cart has dozens: their form is checked when they are read, once each."""
Quantity = Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)]


class LineBody(Part):
    """One line. `price` is that of one unit before promotions; `regular_price` that before a catalogue reduction.

    `floor` is the least that one unit may cost. Categories that are left out are taken from our catalogue.
    """

    sku: Identifier
    price: LinePrice
    quantity: Quantity = 1
    id: Annotated[str, msgspec.Meta(max_length=200)] = ""
    regular_price: AmountText | None = None
    floor: AmountText | None = None
    tax_rate: LineRate = "0"
    categories: Annotated[list[ShortName], msgspec.Meta(max_length=CATEGORIES_MAX)] | None = None
    attributes: Annotated[dict[ShortName, ShortName], msgspec.Meta(max_length=ATTRIBUTES_MAX)] = {}


class ShippingBody(Part):
    """How the order is delivered and what that costs before promotions."""

    price: AmountText = "0"
    method: ShortName = ""
    tax_rate: RateText = "0"


class FeeBody(Part):
    """What the shop asks beside products and delivery: packing, payment on delivery, a deposit."""

    name: ShortName
    amount: AmountText
    tax_rate: RateText = "0"


class CartBody(Body):
    """A cart. Who buys is named by `customer_id` (server keys) or a signed `customer_token` (also in a browser).

    `email` or `phone` of a guest let limits per customer count them, as a keyed hash; nothing else is done with them.
    `shipments` stand instead of `shipping` where the order goes in several; promotions may be on some of them only.
    `fees` are asked beside them; no promotion lowers them but one that says so. `gift_picks` names the SKU picked for
    a promotion's gift. `explain` is `relevant` (promotions that have to do with this cart) or `all`. `at` and `drafts`
    are for tests, with a server key.
    """

    lines: Annotated[list[LineBody], msgspec.Meta(max_length=LINES_MAX)]
    currency: CurrencyCode | None = None
    shipping: ShippingBody = msgspec.field(default_factory=ShippingBody)
    shipments: Annotated[list[ShippingBody], msgspec.Meta(max_length=CHARGES_MAX)] = []
    fees: Annotated[list[FeeBody], msgspec.Meta(max_length=CHARGES_MAX)] = []
    prices_include_tax: bool = True
    customer_id: UUID | None = None
    customer_token: Annotated[str, msgspec.Meta(max_length=4_000)] | None = None
    email: Annotated[str, msgspec.Meta(max_length=320)] = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    codes: Annotated[list[ShortName], msgspec.Meta(max_length=CODES_MAX)] = []
    gift_picks: Annotated[dict[ShortName, ShortName], msgspec.Meta(max_length=20)] = {}
    channel: ShortName = "web"
    country: Annotated[str, msgspec.Meta(max_length=2)] = ""
    explain: Literal["relevant", "all"] = "relevant"
    at: Moment | None = None
    drafts: Annotated[list[Name], msgspec.Meta(max_length=100)] = []


class LineAnswer(Answer):
    """A line after promotions; amounts in minor units.

    `lowest_30_days` is the lowest price of one unit in the 30 days before its reduction: show it beside every reduced
    price (Directive 98/6/EC, article 6a). Null when nothing is reduced or no price is known.
    """

    id: str
    sku: str
    quantity: int
    subtotal: MinorUnits
    discount: MinorUnits
    total: MinorUnits
    tax: MinorUnits
    tax_rate_bp: BasisPoints
    regular_price: MinorUnits | None
    lowest_30_days: MinorUnits | None
    points_multiplier_bp: BasisPoints


class ChargeAnswer(Answer):
    """A shipment (`name` is its method) or a fee after promotions; amounts in minor units."""

    name: str
    amount: MinorUnits
    discount: MinorUnits
    tax: MinorUnits
    tax_rate_bp: BasisPoints
    is_fee: bool


class TaxAnswer(Answer):
    """Tax of one rate; amounts in minor units."""

    rate_bp: BasisPoints
    net: MinorUnits
    tax: MinorUnits
    gross: MinorUnits


class RequirementAnswer(Answer):
    """A condition: what it requires, what was found, how much is missing (null: not a matter of more)."""

    what: str
    required: str
    measured: str
    missing: int | None
    is_money: bool
    sentence: Words


class LineDiscountAnswer(Answer):
    """What one promotion took off one line, in minor units."""

    id: str
    discount: MinorUnits


class OfferAnswer(Answer):
    """What became of one promotion. `outcome` is a stable code; `reason` says more of a "no"; amounts in minor units.

    Outcomes: `applied`, `nearly`, `not_eligible`, `no_matching_items`, `displaced`, `no_effect`, `code_required`,
    `not_yours`, `not_yet`, `expired`, `exhausted`, `customer_limit_reached`.
    """

    key: str
    title: Words
    outcome: str
    reason: str
    sentence: Words
    discount: MinorUnits
    desired: MinorUnits
    shipping: MinorUnits
    lines: list[LineDiscountAnswer]
    requirements: list[RequirementAnswer]
    displaced_by: tuple[str, ...]
    difference: MinorUnits
    codes: tuple[str, ...]


class CodeAnswer(Answer):
    """What became of one code.

    Outcomes: `applied`, `accepted` (the code is good, the cart not yet), `typo`, `unknown`, `not_yet`, `expired`,
    `exhausted`, `not_yours`, `blocked`, `no_promotion`.
    """

    code: str
    outcome: str
    promotions: list[str]
    sentence: Words


class GiftAnswer(Answer):
    """A gift of an applied promotion; `value` in minor units is that of all pieces."""

    promotion: str
    sku: str
    quantity: int
    value: MinorUnits


class GiftChoiceAnswer(Answer):
    """A gift to be picked (`gift_picks`); `picked` is empty as long as nothing is."""

    promotion: str
    skus: list[str]
    quantity: int
    picked: str


class RewardAnswer(Answer):
    """A reward that is granted with the order."""

    promotion: str
    reward: str
    quantity: int


class PointsAnswer(Answer):
    """What the cart would earn, and how many points could pay for it (`payable_amount` in minor units)."""

    program: str
    point_kind: str
    earned: int
    payable: int
    payable_amount: MinorUnits


class EvaluationAnswer(Answer):
    """A cart's prices and their explanation. All amounts are integer minor units of `currency`.

    `proved_optimal` says that no allowed combination is cheaper; else `gap` is how much cheaper one could at most be.
    """

    at: datetime
    currency: str
    items: MinorUnits
    discount: MinorUnits
    shipping: MinorUnits
    shipping_discount: MinorUnits
    fees: MinorUnits
    fees_discount: MinorUnits
    total: MinorUnits
    tax: MinorUnits
    gross: MinorUnits
    proved_optimal: bool
    gap: MinorUnits
    points_multiplier_bp: BasisPoints
    lines: list[LineAnswer]
    charges: list[ChargeAnswer]
    taxes: list[TaxAnswer]
    offers: list[OfferAnswer]
    codes: list[CodeAnswer]
    gifts: list[GiftAnswer]
    gift_choices: list[GiftChoiceAnswer]
    rewards: list[RewardAnswer]
    points: list[PointsAnswer]


def read_cart(body: CartBody, currency: str, categories: Mapping[str, tuple[str, ...]]) -> Cart:
    """Turn the document into a cart; amounts that the currency cannot hold are refused with their place.

    *categories* are those of our catalogue, by SKU, for lines that name none.
    """
    if body.currency not in (None, currency):
        raise invalid("body.currency", "currency", f"The prices of this shop are in {currency}.")
    code = currency
    if sum([line.quantity for line in body.lines]) > UNITS_MAX:
        raise invalid("body.lines", "too_many", f"A cart may have {UNITS_MAX:,} units.")
    lines = tuple([_line(line, place, code, categories) for place, line in enumerate(body.lines)])
    if len({line.id for line in lines}) < len(lines):
        raise invalid("body.lines", "id_twice", "Two lines have the same id; leave ids out or make them differ.")
    shipments = tuple([_shipment(one, place, code) for place, one in enumerate(body.shipments)])
    if shipments and body.shipping != ShippingBody():
        raise invalid("body.shipments", "shipping_twice", "Give either shipping or shipments, not both.")
    first = body.shipments[0] if shipments else body.shipping
    return Cart(
        currency=code,
        lines=lines,
        shipping_minor=sum([one.amount_minor for one in shipments]) if shipments else _shipping(first, code),
        shipping_method=first.method,
        shipping_tax_rate_bp=_rate(first.tax_rate, "body.shipping.tax_rate"),
        shipments=shipments,
        fees=tuple([_fee(one, place, code) for place, one in enumerate(body.fees)]),
        prices_include_tax=body.prices_include_tax,
        gift_picks=tuple(sorted(body.gift_picks.items())),
    )


def _shipping(one: ShippingBody, currency: str) -> int:
    found = _plain_minor(one.price, currency)
    return minor(one.price, currency, "body.shipping.price") if found is None else found


def _shipment(one: ShippingBody, place: int, currency: str) -> Charge:
    amount = minor(one.price, currency, f"body.shipments[{place}].price")
    rate = _rate(one.tax_rate, "body.shipments[{}].tax_rate", place)
    return Charge(name=one.method, amount_minor=amount, tax_rate_bp=rate)


def _fee(one: FeeBody, place: int, currency: str) -> Charge:
    amount = minor(one.amount, currency, f"body.fees[{place}].amount")
    return Charge(name=one.name, amount_minor=amount, tax_rate_bp=_rate(one.tax_rate, "body.fees[{}].tax_rate", place))


def _line(line: LineBody, place: int, currency: str, categories: Mapping[str, tuple[str, ...]]) -> CartLine:
    regular, floor, attributes = line.regular_price, line.floor, line.attributes
    price = _plain_minor(line.price, currency)
    return CartLine(
        id=line.id or str(place + 1),
        sku=line.sku,
        quantity=line.quantity,
        unit_minor=_amount(line.price, currency, place, "price") if price is None else price,
        regular_minor=_amount(regular, currency, place, "regular_price") if regular else None,
        floor_minor=_amount(floor, currency, place, "floor") if floor else 0,
        categories=categories.get(line.sku, ()) if line.categories is None else tuple(line.categories),
        attributes=tuple(sorted(attributes.items())) if attributes else (),
        tax_rate_bp=_rate(line.tax_rate, "body.lines[{}].tax_rate", place),
    )


def _amount(text: str, currency: str, place: int, name: str) -> int:
    """Read an amount of a line; its place is written down only for one that is refused."""
    found = _plain_minor(text, currency)
    if found is not None:
        return found
    path = f"body.lines[{place}].{name}"
    require_form(text, AmountText, path)
    return minor(text, currency, path)


@lru_cache(maxsize=AMOUNTS_KEPT)
def _plain_minor(text: str, currency: str) -> int | None:
    """Return an amount of zero or more that is written plainly; None for any other."""
    return None if text.startswith("-") else plain_minor(text, currency)


def _rate(text: str, path: str, place: int = 0) -> int:
    """Read a tax rate in basis points; *path* with the *place* in it is written down only for one that is refused."""
    try:
        return _basis_points(text)
    except ValueError:
        require_form(text, RateText, path.format(place))
        raise


@lru_cache(maxsize=1_024)
def _basis_points(text: str) -> int:
    if not _RATE.search(text):
        raise ValueError("not a rate such as 23")
    return int(Decimal(text) * 100)
