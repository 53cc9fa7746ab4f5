"""Looking around before a cart is priced: everything that the live promotions ask of the database, in one statement.

The statement also reads what earlier answers rest on: the token of what is published and, where the customer's id came
from outside, who lives for it. When one of them is another than was thought, it is asked again. So what was published
a moment ago holds for the next cart, and no question is asked for that alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, structs

from wracam.customers import queries as customers
from wracam.definitions import queries as definitions
from wracam.foundation.questions import Asked, Execute, ask
from wracam.promotions.core.lowest import PriceOf
from wracam.promotions.ports import Buyer, points_inquiries
from wracam.promotions.queries.live import (
    LiveOffers,
    live_offers_under_token,
    offers_at,
    offers_to_check,
)
from wracam.promotions.queries.points import PointsTold, facts_needed, points_told
from wracam.promotions.queries.products import learned_prices, prices_questions, remembered_prices
from wracam.promotions.queries.reading import DATABASE
from wracam.rules import queries as rules
from wracam.vouchers import queries as vouchers

ROUNDS_MAX = 5
"""Somebody who publishes without a pause must not keep a cart waiting for ever."""


class UnknownBuyerError(LookupError):
    """The shop has no customer with this id; leave it out to price the cart of a guest."""


class Visit(Struct, frozen=True, kw_only=True):
    """Who comes when, by which channel, with which codes: everything about a cart that is not its goods."""

    shop_id: int
    at: datetime
    customer_id: UUID | None = None
    codes: tuple[str, ...] = ()
    channel: str = "web"
    country: str = ""
    counted_as: str = ""
    """As whose uses those of a guest are counted; empty for somebody unknown."""

    @property
    def owner(self) -> str | None:
        """Whose uses are counted: the customer's, a guest's, or nobody's."""
        return str(self.customer_id) if self.customer_id else self.counted_as or None


class Scene(Struct, frozen=True, kw_only=True):
    """A visit with the promotions in force and what is known: facts of the customer, counters, products by SKU, and
    what the features that give points must know.
    """

    offers: LiveOffers
    visit: Visit
    today: date
    facts: Mapping[str, Any]
    used: Mapping[str, int]
    prices: Mapping[str, PriceOf]
    points: tuple[PointsTold, ...] = ()


def look(visit: Visit, skus: Iterable[str], *, checks_buyer: bool = False, execute: Execute = DATABASE) -> Scene:
    """Look around now, which is the moment of the visit. Raises `LookupError` for an unknown shop.

    With *checks_buyer* the customer's id came from outside: who lives for it comes to the scene, and
    `UnknownBuyerError` is raised for an id that is no customer of the shop.
    """
    wanted = tuple(dict.fromkeys(skus))
    token, offers = offers_to_check(visit.shop_id, visit.at)
    for _ in range(ROUNDS_MAX):
        told = _told(offers, visit, wanted, checks_buyer=checks_buyer, execute=execute)
        if checks_buyer and told.buyer != visit.customer_id:
            visit = structs.replace(visit, customer_id=_found(told.buyer))
        elif definitions.note_token(told.token) == token:
            break
        token, offers = live_offers_under_token(visit.shop_id, visit.at)
    return told.scene


def look_at(
    visit: Visit,
    skus: Iterable[str],
    *,
    drafts: Collection[str] = (),
    checks_buyer: bool = False,
    execute: Execute = DATABASE,
) -> Scene:
    """Look around at another moment, the visit's, or with *drafts* (keys) in place of their live versions."""
    wanted = tuple(dict.fromkeys(skus))
    offers = offers_at(visit.shop_id, visit.at, drafts)
    told = _told(offers, visit, wanted, checks_buyer=checks_buyer, execute=execute)
    if checks_buyer and told.buyer != visit.customer_id:
        visit = structs.replace(visit, customer_id=_found(told.buyer))
        told = _told(offers, visit, wanted, checks_buyer=False, execute=execute)
    return told.scene


class _Told(Struct, frozen=True, kw_only=True):
    """One answer of the database: the scene as it would be, under which token, and who lives for the buyer."""

    scene: Scene
    token: UUID | None
    buyer: UUID | None


def _found(buyer: UUID | None) -> UUID:
    if buyer is None:
        raise UnknownBuyerError(UnknownBuyerError.__doc__)
    return buyer


def _told(offers: LiveOffers, visit: Visit, skus: Collection[str], *, checks_buyer: bool, execute: Execute) -> _Told:
    today = visit.at.astimezone(offers.shop.zone).date()
    remembered, missing = remembered_prices(offers.shop, skus)
    inquiries = points_inquiries(Buyer(shop_id=visit.shop_id, customer_id=visit.customer_id, at=visit.at))
    facts = rules.facts_statement(facts_needed(offers.needs, inquiries) if inquiries else offers.needs)
    asked: dict[str, Asked] = {"token": definitions.TOKEN.with_values()}
    if visit.customer_id is not None:
        if checks_buyer:
            asked["buyer"] = customers.living_question(shop_id=visit.shop_id, customer_id=visit.customer_id)
        if facts.asks_anything:
            asked["facts"] = facts.question(visit.customer_id, visit.at)
    if counters := offers.counter_names(today).of(visit.owner):
        asked["used"] = vouchers.used_question(keys=counters, now=visit.at)
    if missing:
        asked["sold"], asked["public"] = prices_questions(offers.shop, missing)
    answers = iter(ask(execute, [*asked.values(), *[one for inquiry in inquiries for one in inquiry.questions]]))
    rows = dict(zip(asked, answers, strict=False))
    of_customer = facts.facts_of(rows["facts"][0]) if rows.get("facts") else {}
    scene = Scene(
        offers=offers,
        visit=visit,
        today=today,
        facts=of_customer,
        used=dict(rows.get("used", ())),
        prices=remembered | learned_prices(offers.shop, missing, rows["sold"], rows["public"])
        if missing
        else remembered,
        points=points_told(inquiries, offers.shop, visit.customer_id, of_customer, answers) if inquiries else (),
    )
    return _Told(scene=scene, token=_single(rows["token"]), buyer=_single(rows.get("buyer", ())))


def _single(rows: Any) -> Any:
    """Return the only column of the only row, None when there is no row."""
    return rows[0][0] if rows else None
