"""A cart with its prices and the whole explanation.

`gather` loads what the live promotions ask (facts, codes, counters, prices); `decide` is a function of it alone. What
was gathered is stored with a commit, so that deciding again with the same versions gives the same answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.promotions.contracts import (
    Cart,
    Evaluation,
    LowestPrice,
    PointsPreview,
    Quote,
    Reason,
    Standing,
)
from wracam.promotions.core import engine
from wracam.promotions.core.body import BudgetEnd, Promotion
from wracam.promotions.core.explaining import FoundCode, Judged, Known, explain, explain_codes
from wracam.promotions.core.facts import cart_facts
from wracam.promotions.core.lowest import PriceOf, lowest_prices
from wracam.promotions.core.standings import (
    budget_key,
    code_standing,
    count_standing,
    counters,
    date_standing,
    gift_key,
)
from wracam.promotions.ports import Buyer, points_preview
from wracam.promotions.queries.codes import LookUp, found_codes
from wracam.promotions.queries.live import LiveOffers, live_offers, offers_at
from wracam.promotions.queries.products import known_prices
from wracam.promotions.queries.reading import DATABASE, Execute, customer_facts, used_amounts
from wracam.promotions.queries.requirements import requirements_of
from wracam.rules import queries as rules
from wracam.rules.queries import CompiledCondition
from wracam.vouchers import queries as vouchers


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who comes when, by which channel, with which codes: everything about a cart that is not its goods."""

    shop_id: int
    at: datetime
    customer_id: UUID | None = None
    codes: tuple[str, ...] = ()
    channel: str = "web"
    country: str = ""


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
        shop_id=shop_id, at=at or now, customer_id=customer_id, codes=tuple(codes), channel=channel, country=country
    )
    is_present = at is None and not drafts
    offers = live_offers(shop_id, now) if is_present else offers_at(shop_id, visit.at, drafts)
    gathered = gather(offers, cart, visit, explains_all=explains_all, look_up=look_up, execute=execute)
    return with_points(decide(offers, cart, visit, gathered, explains_all=explains_all), cart)


def gather(
    offers: LiveOffers,
    cart: Cart,
    visit: Visit,
    *,
    explains_all: bool,
    look_up: LookUp = vouchers.look_up,
    execute: Execute = DATABASE,
) -> Gathered:
    """Load what the promotions ask; *execute* runs statements (the hot process has its own)."""
    codes = found_codes(visit.shop_id, visit.codes, visit.customer_id, visit.at, look_up)
    today = visit.at.astimezone(offers.shop.zone).date()
    wanted = [count.key for one in offers.counted for count in counters(one, visit.customer_id, today)]
    used = used_amounts(wanted, visit.at, execute) if wanted else {}
    return Gathered(
        codes=codes,
        judged=_judged(offers, cart, visit, codes, used, execute, explains_all=explains_all),
        budgets={
            one.key: one.budget.amount_minor - used.get(budget_key(one), 0) for one in offers.counted if one.budget
        },
        stocks=_stocks(offers, used),
        prices=known_prices(offers.shop, [line.sku for line in cart.lines], execute),
    )


def decide(offers: LiveOffers, cart: Cart, visit: Visit, gathered: Gathered, *, explains_all: bool) -> Evaluation:
    """Price a cart from what was gathered; nothing is read."""
    quote, judged = _quote(offers, cart, gathered, explains_all=explains_all)
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


def with_points(found: Evaluation, cart: Cart) -> Evaluation:
    """Add what the cart would earn and could pay, as the features that know say."""
    buyer = Buyer(shop_id=found.shop_id, customer_id=found.customer_id, at=found.at)
    points: tuple[PointsPreview, ...] = points_preview(buyer, cart, found.quote)
    return replace(found, points=points) if points else found


def _quote(
    offers: LiveOffers, cart: Cart, gathered: Gathered, *, explains_all: bool
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
        )
        over = [
            one.key
            for one in quote.applied
            if one.key not in partly and one.discount_minor > gathered.budgets.get(one.key, one.discount_minor)
        ]
        if not over:
            return quote, judged
        judged |= {key: Judged(standing=Standing(reason=Reason.BUDGET_SPENT)) for key in over}


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
        replace(line, lowest_30_days_minor=by_line[line.id]) if line.id in by_line else line for line in quote.lines
    )
    return replace(quote, lines=lines), lowest


def _stocks(offers: LiveOffers, used: Mapping[str, int]) -> dict[str, int]:
    stocks: dict[str, int] = {}
    for promotion in offers.counted:
        for sku, stock in promotion.stocks:
            left = stock - used.get(gift_key(promotion, sku), 0)
            stocks[sku] = min(left, stocks.get(sku, left))
    return stocks


def _judged(
    offers: LiveOffers,
    cart: Cart,
    visit: Visit,
    codes: Sequence[FoundCode],
    used: Mapping[str, int],
    execute: Execute,
    *,
    explains_all: bool,
) -> dict[str, Judged]:
    """Say which promotions are out of the question, each with its first reason."""
    campaigns = {found.campaign for found in codes if found.is_good}
    today = visit.at.astimezone(offers.shop.zone).date()
    facts = _facts(offers, cart, visit, execute) if offers.needs else {}
    found: dict[str, Judged] = {}
    for promotion in offers.restricted:
        audience, condition = offers.conditions[promotion.key]
        is_told = explains_all or any(campaign in campaigns for campaign in promotion.campaigns)
        verdict = (
            _audience(promotion, audience, visit, facts, is_told=is_told)
            or _standing(code_standing(promotion, campaigns))
            or _standing(count_standing(promotion, visit.customer_id, today, used))
            or _condition(promotion, condition, visit, facts)
        )
        if verdict:
            found[promotion.key] = verdict
    return found


def _standing(standing: Standing | None) -> Judged | None:
    return Judged(standing=standing) if standing else None


def _audience(
    promotion: Promotion,
    audience: CompiledCondition | None,
    visit: Visit,
    facts: Mapping[str, Any],
    *,
    is_told: bool,
) -> Judged | None:
    if promotion.channels and visit.channel not in promotion.channels:
        allowed = ", ".join(sorted(promotion.channels))
        return Judged(standing=Standing(reason=Reason.NOT_YOURS, required=allowed, measured=visit.channel))
    if audience is None or audience.truth(facts, visit.at, rules.zone_of(facts)):
        return None
    told = requirements_of(promotion.audience or {}, facts, visit.at, promotion.currency) if is_told else ()
    return Judged(standing=Standing(reason=Reason.NOT_YOURS), requirements=told)


def _condition(
    promotion: Promotion, condition: CompiledCondition | None, visit: Visit, facts: Mapping[str, Any]
) -> Judged | None:
    if condition is None or condition.truth(facts, visit.at, rules.zone_of(facts)):
        return None
    told = requirements_of(promotion.condition or {}, facts, visit.at, promotion.currency)
    return Judged(standing=Standing(reason=Reason.CONDITION_NOT_MET), requirements=told)


def _facts(offers: LiveOffers, cart: Cart, visit: Visit, execute: Execute) -> dict[str, Any]:
    facts = cart_facts(cart, channel=visit.channel, country=visit.country, codes=visit.codes)
    facts[rules.TIME_ZONE_FACT] = offers.shop.time_zone
    if visit.customer_id is not None:
        facts |= customer_facts(visit.customer_id, offers.needs, visit.at, execute)
    return facts


def _rest(promotion: Promotion, at: datetime) -> Standing:
    return date_standing(promotion, at) or Standing(reason=Reason.NOT_YET)
