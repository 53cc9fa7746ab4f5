"""Orders that come out of a cart with promotions: the checkout commits the cart, then the shop tells the order."""

from __future__ import annotations

from wracam.commerce.contracts import OrderSnapshot
from wracam.customers import queries as customers
from wracam.customers.contracts import IdentityKind
from wracam.demo.core import carts
from wracam.demo.core.life import ShopLife
from wracam.demo.core.orders import SOURCE
from wracam.promotions import actions as promotions
from wracam.promotions.contracts import RefusedCart


def priced(life: ShopLife, place: int, told: OrderSnapshot) -> OrderSnapshot:
    """Return the order at a place with the prices of its cart, committing the cart the first time.

    An order that needed no cart, or whose cart was refused (a code used twice in a month), stays as it is told.
    """
    found = carts.priced_cart(life, place)
    if found is None:
        return told
    customer_id = customers.find(
        shop_id=life.shop_id,
        kind=IdentityKind.SHOP_ACCOUNT,
        value=life.visits[place].person.account,
        source=SOURCE,
    )
    codes = found.codes if customer_id else ()
    request = promotions.CartRequest(
        shop_id=life.shop_id, key=told.external_id, cart=found.cart, customer_id=customer_id, codes=codes
    )
    committed = promotions.commit_cart(
        shop_id=life.shop_id, key=told.external_id, order=told.external_id, request=request, now=told.placed_at
    )
    if isinstance(committed, RefusedCart):
        return told
    return carts.as_priced(told, committed.evaluation.quote, [one.code for one in committed.evaluation.codes])
