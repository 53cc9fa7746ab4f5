"""Which orders zielnik let Wracam price in the cart, as the shop's own checkout does, and how such an order is told.

The shop connected its cart three months ago. Of the orders since then we take some: those with an account that were
paid and kept, and had no code of the shop's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from wracam.commerce.contracts import LineSnapshot, OrderSnapshot
from wracam.demo.core.baskets import FREE_DELIVERY_FROM_MINOR
from wracam.demo.core.chance import happens, stream
from wracam.demo.core.figures import LOST
from wracam.demo.core.life import ShopLife
from wracam.demo.core.orders import tax_within
from wracam.promotions.contracts import Cart, CartLine, PricedLine, Quote

CHAPTERS = 3
"""In how many of the last chapters carts are priced by promotions."""
SHARE_PRICED = 0.06
SHARE_CODE, CODE_FROM_MINOR = 0.4, 110_00
CODE = "ZIELEN20"
GIFT = ("nasiona_gratis", ("ZL-0001", "ZL-0002"))
DELIVERY_MINOR, DELIVERY_PERCENT = 12_99, 23


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedCart:
    """A cart as the checkout brings it, with the codes that were typed in."""

    cart: Cart
    codes: tuple[str, ...]


def first_place(life: ShopLife) -> int:
    """Return the place of the first order whose cart may be priced by promotions."""
    chapters = life.chapters()
    return chapters[-min(CHAPTERS, len(chapters))].first


def priced_cart(life: ShopLife, place: int) -> PricedCart | None:
    """Return the cart of the order at a place (from the first on), None when the shop priced it by itself."""
    random = stream(life.seed, "cart", place)
    if life.visits[place].is_guest or not happens(random, SHARE_PRICED):
        return None
    told = life.told_order(place, at=life.now).snapshot
    if told.status in LOST or told.refunds or told.coupon_codes:
        return None
    goods = sum(line.total_minor for line in told.lines)
    has_code = goods >= CODE_FROM_MINOR and happens(random, SHARE_CODE)
    percents = {product.external_id: product.category.tax_percent for product in life.goods.products}
    cart = Cart(
        currency=told.currency,
        lines=tuple(_line(line, percents) for line in told.lines),
        shipping_minor=DELIVERY_MINOR if goods >= FREE_DELIVERY_FROM_MINOR else told.shipping_minor,
        shipping_tax_rate_bp=DELIVERY_PERCENT * 100,
        gift_picks=((GIFT[0], random.choice(GIFT[1])),),
    )
    return PricedCart(cart=cart, codes=(CODE,) if has_code else ())


def _line(line: LineSnapshot, percents: Mapping[str, int]) -> CartLine:
    return CartLine(
        id=line.external_id,
        sku=line.sku,
        quantity=line.quantity,
        unit_minor=line.total_minor // line.quantity,
        categories=line.categories,
        tax_rate_bp=percents[line.product_external_id or ""] * 100,
    )


def as_priced(told: OrderSnapshot, quote: Quote, codes: Sequence[str]) -> OrderSnapshot:
    """Return the order with the prices that its cart was given."""
    priced = {line.id: line for line in quote.lines}
    lines = tuple(_priced_line(line, priced[line.external_id]) for line in told.lines)
    shipping = quote.shipping_minor - quote.shipping_discount_minor
    return replace(
        told,
        lines=lines,
        shipping_minor=shipping,
        discount_minor=quote.discount_minor,
        total_minor=sum(line.total_minor for line in lines) + shipping,
        tax_minor=sum(line.tax_minor for line in lines) + tax_within(shipping, DELIVERY_PERCENT),
        coupon_codes=tuple(codes),
    )


def _priced_line(line: LineSnapshot, priced: PricedLine) -> LineSnapshot:
    return replace(
        line, total_minor=priced.total_minor, tax_minor=priced.tax_minor, discount_minor=priced.discount_minor
    )
