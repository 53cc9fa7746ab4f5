"""A cart with its prices and the whole explanation.

`gather` loads what the live promotions ask (facts, codes, counters, prices); `decide` is a function of it alone. What
was gathered is stored with a commit, so that deciding again with the same versions gives the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from msgspec import structs

from wracam.foundation.questions import Execute
from wracam.promotions.contracts import (
    Cart,
    Evaluation,
    LowestPrice,
    Quote,
    Reason,
    Standing,
)
from wracam.promotions.core import engine
from wracam.promotions.core.body import BudgetEnd, Promotion
from wracam.promotions.core.explaining import FoundCode, Judged, Known, explain, explain_codes
from wracam.promotions.core.lowest import PriceOf, lowest_prices
from wracam.promotions.core.standings import budget_key, date_standing, gift_key
from wracam.promotions.queries.codes import LookUp, found_codes
from wracam.promotions.queries.judging import Jury
from wracam.promotions.queries.live import LiveOffers
from wracam.promotions.queries.looking import Scene, Visit, look, look_at
from wracam.promotions.queries.points import PointsTold, points_said
from wracam.promotions.queries.reading import DATABASE
from wracam.vouchers import queries as vouchers


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What was known when a cart was priced, enough to price it again.

    *budgets* are what is left by promotion, *stocks* by gift SKU, both beside what this cart itself holds.
    """

    codes: tuple[FoundCode, ...] = ()
    judged: dict[str, Judged] = field(default_factory=dict)
    budgets: dict[str, int] = field(default_factory=dict)
    stocks: dict[str, int] = field(default_factory=dict)
    prices: dict[str, PriceOf] = field(default_factory=dict)


Tell = Callable[[Mapping[str, Judged], Quote], dict[str, Judged]]


def evaluate(
    *,
    shop_id: int,
    cart: Cart,
    customer_id: UUID | None = None,
    codes: Sequence[str] = (),
    at: datetime | None = None,
    drafts: Collection[str] = (),
    channel: str = "web",
    country: str = "",
    counted_as: str = "",
    explains_all: bool = True,
    look_up: LookUp = vouchers.look_up,
    execute: Execute = DATABASE,
    now: datetime,
) -> Evaluation:
    """Price a cart with the promotions in force *at* a moment (now, if None) and explain each of them.

    *drafts* are keys of promotions whose drafts stand for their live versions. Without *explains_all*, promotions
    that have nothing to do with the cart are left out. *look_up* may be the door of `vouchers` that counts guesses.
    Nothing else is stored. Raises `LookupError` for an unknown shop.
    """
    visit = Visit(
        shop_id=shop_id, at=at or now, customer_id=customer_id, codes=tuple(codes), channel=channel, country=country,
        counted_as=counted_as,
    )  # fmt: skip
    skus = [line.sku for line in cart.lines]
    is_present = at is None and not drafts
    scene = look(visit, skus, execute=execute) if is_present else look_at(visit, skus, drafts=drafts, execute=execute)
    return price(scene, cart, explains_all=explains_all, look_up=look_up)


def price(scene: Scene, cart: Cart, *, explains_all: bool, look_up: LookUp = vouchers.look_up) -> Evaluation:
    """Price a cart at a scene that was looked at; see `evaluate`."""
    codes = _codes(scene, look_up)
    jury = Jury(scene, cart, _campaigns(codes))
    gathered = _gathered(scene, codes, jury.judged(explains_all=explains_all))
    found = decide(
        scene.offers, cart, scene.visit, gathered, explains_all=explains_all, tell=None if explains_all else jury.tell
    )
    return with_points(found, cart, scene.points)


def gather(scene: Scene, cart: Cart, *, look_up: LookUp = vouchers.look_up) -> Gathered:
    """Return everything that deciding about this cart rests on, to be stored."""
    codes = _codes(scene, look_up)
    return _gathered(scene, codes, Jury(scene, cart, _campaigns(codes)).judged(explains_all=True))


def _codes(scene: Scene, look_up: LookUp) -> tuple[FoundCode, ...]:
    visit = scene.visit
    return found_codes(scene.offers.shop, visit.codes, visit.customer_id, visit.at, look_up, guest=visit.counted_as)


def _campaigns(codes: Sequence[FoundCode]) -> set[str]:
    return {found.campaign for found in codes if found.is_good}


def _gathered(scene: Scene, codes: tuple[FoundCode, ...], judged: dict[str, Judged]) -> Gathered:
    counted, used = scene.offers.counted, scene.used
    budgets = {one.key: one.budget.amount_minor - used.get(budget_key(one), 0) for one in counted if one.budget}
    return Gathered(
        codes=codes, judged=judged, budgets=budgets, stocks=_stocks(scene.offers, used), prices=dict(scene.prices)
    )


def decide(
    offers: LiveOffers, cart: Cart, visit: Visit, gathered: Gathered, *, explains_all: bool, tell: Tell | None = None
) -> Evaluation:
    """Price a cart from what was gathered; nothing is read. *tell* says more of the promotions that are named."""
    opened = _opened(offers, gathered.codes)
    quote, judged = _quote(offers, cart, gathered, explains_all=explains_all, explained=opened)
    judged = tell(judged, quote) if tell else judged
    named = offers.resting if explains_all or gathered.codes else ()
    known = Known(
        by_key=offers.by_key,
        judged=judged,
        codes=gathered.codes,
        resting=tuple(named),
        nearly_share_bp=offers.policy.prices.nearly_share_bp,
    )
    resting = {one.key: Judged(standing=_rest(one, visit.at)) for one in named}
    explained = explain(quote, known, resting)
    quote, lowest = _with_lowest_prices(offers, cart, quote, gathered, visit)
    return Evaluation(
        shop_id=visit.shop_id,
        at=visit.at,
        customer_id=visit.customer_id,
        quote=quote,
        policy=offers.policy.prices,
        policy_version_id=offers.policy.version_id,
        offers=explained,
        codes=explain_codes(explained, known),
        lowest_prices=lowest,
        points=(),
        versions=tuple((one.key, one.version_id) for one in offers.promotions) if explains_all else (),
    )


def with_points(found: Evaluation, cart: Cart, told: Sequence[PointsTold]) -> Evaluation:
    """Add what the cart would earn and could pay, as the features that know say from what they were *told*."""
    points = points_said(told, cart, found.quote) if told else ()
    return structs.replace(found, points=points) if points else found


def _quote(
    offers: LiveOffers, cart: Cart, gathered: Gathered, *, explains_all: bool, explained: Collection[str] = ()
) -> tuple[Quote, dict[str, Judged]]:
    """Price the cart; a promotion whose budget must not be broken up is left out when too little of it is left."""
    judged = dict(gathered.judged)
    partly = {key: left for key, left in gathered.budgets.items() if _ends(offers, key) is BudgetEnd.PART or left <= 0}
    while True:
        quote = engine.evaluate(
            cart,
            offers.catalog,
            offers.policy.prices,
            {key: one.standing for key, one in judged.items()},
            budgets=partly,
            stocks=gathered.stocks,
            explains_all=explains_all,
            explained=explained,
        )
        over = [
            one.key
            for one in quote.applied
            if one.key not in partly and one.discount_minor > gathered.budgets.get(one.key, one.discount_minor)
        ]
        if not over:
            return quote, judged
        judged |= {key: Judged(standing=Standing(reason=Reason.BUDGET_SPENT)) for key in over}


def _opened(offers: LiveOffers, codes: Sequence[FoundCode]) -> frozenset[str]:
    """Return the promotions that good codes open: whoever typed a code hears what it waits for, however far away."""
    campaigns = _campaigns(codes)
    if not campaigns:
        return frozenset()
    return frozenset(one.key for one in offers.by_key.values() if not campaigns.isdisjoint(one.campaigns))


def _ends(offers: LiveOffers, key: str) -> BudgetEnd | None:
    budget = offers.by_key[key].budget if key in offers.by_key else None
    return budget.end if budget else None


def _with_lowest_prices(
    offers: LiveOffers, cart: Cart, quote: Quote, gathered: Gathered, visit: Visit
) -> tuple[Quote, tuple[LowestPrice, ...]]:
    lowest = lowest_prices(
        cart, quote, gathered.prices, offers.by_key, offers.policy.progressive, visit.at,
        zone=offers.shop.zone, channel=visit.channel,
    )  # fmt: skip
    if not lowest:
        return quote, ()
    by_line = {one.line_id: one.lowest_minor for one in lowest}
    lines = tuple(
        structs.replace(line, lowest_30_days_minor=by_line[line.id]) if line.id in by_line else line
        for line in quote.lines
    )
    return structs.replace(quote, lines=lines), lowest


def _stocks(offers: LiveOffers, used: Mapping[str, int]) -> dict[str, int]:
    stocks: dict[str, int] = {}
    for promotion in offers.counted:
        for sku, stock in promotion.stocks:
            left = stock - used.get(gift_key(promotion, sku), 0)
            stocks[sku] = min(left, stocks.get(sku, left))
    return stocks


def _rest(promotion: Promotion, at: datetime) -> Standing:
    return date_standing(promotion, at) or Standing(reason=Reason.NOT_YET)
