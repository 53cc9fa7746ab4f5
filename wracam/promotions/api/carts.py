"""The life of a cart over the API."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from wracam.customers import queries as customers
from wracam.faces.api.endpoints import ApiRequest
from wracam.faces.api.ports import Key
from wracam.faces.api.problems import SCOPE_MISSING, Problem, invalid, not_found
from wracam.faces.portal.core.tokens import RefusedToken
from wracam.foundation import clock
from wracam.promotions import queries
from wracam.promotions.api.answers import evaluation_answer
from wracam.promotions.api.bodies import CartBody, EvaluationAnswer, read_cart
from wracam.promotions.api.routing import EVALUATE, router
from wracam.promotions.contracts import Cart
from wracam.shops import queries as shops
from wracam.vouchers import actions as vouchers


@router.endpoint("POST", "/carts/evaluate", scope=EVALUATE)
def evaluate_cart(request: ApiRequest, body: CartBody) -> EvaluationAnswer:
    """Price a cart and explain every promotion and code.

    Nothing is stored. With a publishable key the customer can be named by a signed token only, and promotions meant
    for other customers are not mentioned.
    """
    now = clock.now()
    refuse_tests(request.auth, body)
    found = queries.evaluate(
        shop_id=request.auth.shop_id,
        cart=cart_of(body, request.auth.shop_id),
        customer_id=buyer_of(request.auth, body, now),
        codes=body.codes,
        at=body.at,
        drafts=body.drafts,
        channel=body.channel,
        country=body.country,
        explains_all=body.explain == "all",
        look_up=partial(vouchers.check_codes, address=request.META.get("REMOTE_ADDR")),
        now=now,
    )
    return evaluation_answer(found, is_browser=request.auth.is_publishable)


def cart_of(body: CartBody, shop_id: int) -> Cart:
    """Read the cart; categories that it leaves out are those of our catalogue."""
    unknown = [line.sku for line in body.lines if line.categories is None]
    return read_cart(body, currency_of(shop_id), queries.categories_of(shop_id=shop_id, skus=unknown))


def currency_of(shop_id: int) -> str:
    """Return the currency in which the shop's prices are."""
    shop = shops.shop(shop_id)
    return shop.currency if shop else "PLN"


def refuse_tests(key: Key, body: CartBody) -> None:
    """Refuse what shows unpublished work or other moments to a page in a browser."""
    if key.is_publishable and (body.at or body.drafts or body.explain == "all"):
        raise Problem(SCOPE_MISSING, "`at`, `drafts` and `explain: all` need a server key.")


def buyer_of(key: Key, body: CartBody, now: datetime) -> UUID | None:
    """Return the customer of this shop whom the cart names, or None for a guest."""
    if body.customer_token is not None:
        return _claimed(key.shop_id, body.customer_token, now)
    if body.customer_id is None:
        return None
    if key.is_publishable:
        raise invalid("body.customer_id", "needs_token", "With a publishable key send a signed `customer_token`.")
    living = customers.living(shop_id=key.shop_id, customer_ids=[body.customer_id]).get(body.customer_id)
    if living is None:
        raise not_found("customer with this id")
    return living


def _claimed(shop_id: int, token: str, now: datetime) -> UUID:
    shop = shops.shop(shop_id)
    found = queries.claimed_customer(shop=shop, token=token, now=now) if shop else RefusedToken(reason="no shop")
    if isinstance(found, RefusedToken):
        raise invalid("body.customer_token", "refused", f"The token is refused: {found.reason}.")
    return found
