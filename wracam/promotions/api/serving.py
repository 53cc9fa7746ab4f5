"""Answering a cart, for both doors: Django's and that of the hot process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


Living = Callable[[int, Sequence[UUID]], dict[UUID, UUID]]
"""Maps customers of a shop to the profiles that live for them; the hot process remembers for a few seconds."""


def living_now(shop_id: int, customer_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Ask the database who lives for whom."""
    return customers.living(shop_id=shop_id, customer_ids=list(customer_ids))


def answer_cart(
    asker: Asker, body: CartBody, now: datetime, execute: Execute = DATABASE, living: Living = living_now
) -> EvaluationAnswer:
    """Price a cart and say it as the API does; *execute* runs statements (the hot process has its own)."""
    if asker.is_browser and (body.at or body.drafts or body.explain == "all"):
        raise Problem(SCOPE_MISSING, "`at`, `drafts` and `explain: all` need a server key.")
    found = queries.evaluate(
        shop_id=asker.shop_id,
        cart=cart_of(body, asker.shop_id, now, execute),
        customer_id=buyer_of(asker, body, now, living),
        codes=body.codes,
        at=body.at,
        drafts=body.drafts,
        channel=body.channel,
        country=body.country,
        explains_all=body.explain == "all",
        look_up=partial(vouchers.check_codes, address=asker.address),
        execute=execute,
        now=now,
    )
    return evaluation_answer(found, is_browser=asker.is_browser)


def cart_of(body: CartBody, shop_id: int, now: datetime, execute: Execute = DATABASE) -> Cart:
    """Read the cart; categories that it leaves out are those of our catalogue."""
    shop = queries.live_offers(shop_id, now).shop
    unknown = [line.sku for line in body.lines if line.categories is None]
    known = queries.known_prices(shop, unknown, execute) if unknown else {}
    return read_cart(body, shop.currency, {sku: one.categories for sku, one in known.items()})


def buyer_of(asker: Asker, body: CartBody, now: datetime, living: Living = living_now) -> UUID | None:
    """Return the customer of this shop whom the cart names, or None for a guest."""
    if body.customer_token is not None:
        return _claimed(asker.shop_id, body.customer_token, now)
    if body.customer_id is None:
        return None
    if asker.is_browser:
        raise invalid("body.customer_id", "needs_token", "With a publishable key send a signed `customer_token`.")
    found = living(asker.shop_id, [body.customer_id]).get(body.customer_id)
    if found is None:
        raise not_found("customer with this id")
    return found


def _claimed(shop_id: int, token: str, now: datetime) -> UUID:
    shop = queries.live_offers(shop_id, now).shop
    found = queries.claimed_customer(shop=shop, token=token, now=now)
    if isinstance(found, RefusedToken):
        raise invalid("body.customer_token", "refused", f"The token is refused: {found.reason}.")
    return found
