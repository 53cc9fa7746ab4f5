"""Answering a cart, for both doors: Django's and that of the hot process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from wracam.customers import queries as customers
from wracam.faces.api.problems import SCOPE_MISSING, Problem, invalid, not_found
from wracam.faces.portal.core.tokens import RefusedToken
from wracam.promotions import queries
from wracam.promotions.api.answers import evaluation_answer
from wracam.promotions.api.bodies import CartBody, EvaluationAnswer, read_cart
from wracam.promotions.contracts import Cart
from wracam.promotions.queries import DATABASE, Execute
from wracam.vouchers import actions as vouchers


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks: the shop of the key, whether the key is one of a page in a browser, and from which address."""

    shop_id: int
    is_browser: bool
    address: str | None = None


def answer_cart(asker: Asker, body: CartBody, now: datetime, execute: Execute = DATABASE) -> EvaluationAnswer:
    """Price a cart and say it as the API does; *execute* runs statements (the hot process has its own)."""
    if asker.is_browser and (body.at or body.drafts or body.explain == "all"):
        raise Problem(SCOPE_MISSING, "`at`, `drafts` and `explain: all` need a server key.")
    scene = _scene(asker, body, now, execute)
    found = queries.price(
        scene,
        read_cart(body, scene.offers.shop.currency, {sku: one.categories for sku, one in scene.prices.items()}),
        explains_all=body.explain == "all",
        look_up=partial(vouchers.check_codes, address=asker.address, execute=execute),
    )
    return evaluation_answer(found, is_browser=asker.is_browser)


def _scene(asker: Asker, body: CartBody, now: datetime, execute: Execute) -> queries.Scene:
    """Look around for the customer whom the cart names; an id of somebody we do not know is refused."""
    is_proved = body.customer_token is not None
    visit = queries.Visit(
        shop_id=asker.shop_id,
        at=body.at or now,
        customer_id=_named(asker, body, now),
        codes=tuple(body.codes),
        channel=body.channel,
        country=body.country,
        counted_as=_guest(asker, body),
    )
    skus = [line.sku for line in body.lines]
    try:
        if body.at or body.drafts:
            return queries.look_at(visit, skus, drafts=body.drafts, checks_buyer=not is_proved, execute=execute)
        return queries.look(visit, skus, checks_buyer=not is_proved, execute=execute)
    except queries.UnknownBuyerError:
        raise not_found("customer with this id") from None


def _guest(asker: Asker, body: CartBody) -> str:
    """Whom the guest is counted as; a browser does not learn whether an address is a customer's."""
    if body.customer_id or body.customer_token or not (body.email or body.phone):
        return ""
    named = queries.guest_mark if asker.is_browser else queries.counted_as
    return named(shop_id=asker.shop_id, email=body.email, phone=body.phone)


def cart_of(body: CartBody, shop_id: int, now: datetime) -> Cart:
    """Read the cart; categories that it leaves out are those of our catalogue."""
    shop = queries.live_offers(shop_id, now).shop
    unknown = [line.sku for line in body.lines if line.categories is None]
    known = queries.known_prices(shop, unknown) if unknown else {}
    return read_cart(body, shop.currency, {sku: one.categories for sku, one in known.items()})


def buyer_of(asker: Asker, body: CartBody, now: datetime) -> UUID | None:
    """Return the customer of this shop whom the cart names, or None for a guest."""
    named = _named(asker, body, now)
    if named is None or body.customer_token is not None:
        return named
    found = customers.living(shop_id=asker.shop_id, customer_ids=[named]).get(named)
    if found is None:
        raise not_found("customer with this id")
    return found


def _named(asker: Asker, body: CartBody, now: datetime) -> UUID | None:
    """Return whom the cart names: the proved customer of a token, else an id as it came."""
    if body.customer_token is not None:
        return _claimed(asker.shop_id, body.customer_token, now)
    if body.customer_id is not None and asker.is_browser:
        raise invalid("body.customer_id", "needs_token", "With a publishable key send a signed `customer_token`.")
    return body.customer_id


def _claimed(shop_id: int, token: str, now: datetime) -> UUID:
    shop = queries.live_offers(shop_id, now).shop
    found = queries.claimed_customer(shop=shop, token=token, now=now)
    if isinstance(found, RefusedToken):
        raise invalid("body.customer_token", "refused", f"The token is refused: {found.reason}.")
    return found
