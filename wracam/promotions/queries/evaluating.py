"""A cart with its prices and the whole explanation: load what the live promotions ask, then decide in the core."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.promotions.contracts import Cart, Evaluation, PointsPreview, Reason, Standing
from wracam.promotions.core import engine
from wracam.promotions.core.body import Promotion
from wracam.promotions.core.explaining import FoundCode, Judged, Known, explain, explain_codes
from wracam.promotions.core.facts import cart_facts
from wracam.promotions.core.standings import code_standing, count_standing, counters, date_standing
from wracam.promotions.queries.codes import found_codes
from wracam.promotions.queries.live import LiveOffers, live_offers, offers_at
from wracam.promotions.queries.products import with_lowest_prices
from wracam.promotions.queries.reading import DATABASE, Execute, customer_facts, used_amounts
from wracam.promotions.queries.requirements import requirements_of
from wracam.rules import queries as rules
from wracam.rules.queries import CompiledCondition


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who comes when, by which channel, with which codes: everything about a cart that is not its goods."""

    shop_id: int
    at: datetime
    customer_id: UUID | None = None
    codes: tuple[str, ...] = ()
    channel: str = "web"
    country: str = ""


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
    now: datetime,
) -> Evaluation:
    """Price a cart with the promotions in force *at* a moment (now, if None) and explain each of them.

    *drafts* are keys of promotions whose drafts stand for their live versions. Without *explains_all*, promotions
    that have nothing to do with the cart are left out. Nothing is stored. Raises `LookupError` for an unknown shop.
    """
    visit = Visit(
        shop_id=shop_id,
        at=at or now,
        customer_id=customer_id,
        codes=tuple(codes),
        channel=channel,
        country=country,
    )
    is_present = at is None and not drafts
    offers = live_offers(shop_id, now) if is_present else offers_at(shop_id, visit.at, drafts)
    return evaluated(offers, cart, visit, now, explains_all=explains_all)


def evaluated(
    offers: LiveOffers,
    cart: Cart,
    visit: Visit,
    now: datetime,
    *,
    explains_all: bool,
    execute: Execute = DATABASE,
) -> Evaluation:
    """Price a cart with given promotions; *execute* runs statements (the hot process has its own)."""
    codes = found_codes(visit.shop_id, visit.codes, visit.customer_id, now)
    cart, lowest = with_lowest_prices(offers, cart, visit.at, execute)
    judged = _judged(offers, cart, visit, codes, now, execute)
    standings = {key: one.standing for key, one in judged.items()}
    quote = engine.evaluate(cart, offers.catalog, offers.policy.prices, standings, explains_all=explains_all)
    named = offers.resting if explains_all or codes else ()
    known = Known(
        by_key=offers.by_key,
        judged=judged,
        codes=codes,
        resting=named,
        nearly_share_bp=offers.policy.prices.nearly_share_bp,
    )
    resting = {one.key: Judged(standing=_rest(one, visit.at)) for one in named}
    explained = explain(quote, known, resting)
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
        points=_points_preview(),
        versions=tuple((one.key, one.version_id) for one in offers.promotions) if explains_all else (),
    )


def _judged(
    offers: LiveOffers, cart: Cart, visit: Visit, codes: Sequence[FoundCode], now: datetime, execute: Execute
) -> dict[str, Judged]:
    """Say which promotions are out of the question, each with its first reason."""
    campaigns = {found.campaign for found in codes if found.is_good}
    today = visit.at.astimezone(offers.shop.zone).date()
    wanted = [count.key for one in offers.counted for count in counters(one, visit.customer_id, today)]
    used = used_amounts(wanted, now, execute) if wanted else {}
    facts = _facts(offers, cart, visit, execute) if offers.needs else {}
    found: dict[str, Judged] = {}
    for promotion in offers.restricted:
        audience, condition = offers.conditions[promotion.key]
        verdict = (
            _audience(promotion, audience, visit, facts, offers)
            or _standing(code_standing(promotion, campaigns))
            or _standing(count_standing(promotion, visit.customer_id, today, used))
            or _condition(promotion, condition, visit, facts, offers)
        )
        if verdict:
            found[promotion.key] = verdict
    return found


def _standing(standing: Standing | None) -> Judged | None:
    return Judged(standing=standing) if standing else None


def _audience(
    promotion: Promotion, audience: CompiledCondition | None, visit: Visit, facts: Mapping[str, Any], offers: LiveOffers
) -> Judged | None:
    if promotion.channels and visit.channel not in promotion.channels:
        allowed = ", ".join(sorted(promotion.channels))
        return Judged(standing=Standing(reason=Reason.NOT_YOURS, required=allowed, measured=visit.channel))
    if audience is None or audience.truth(facts, visit.at, offers.shop.zone):
        return None
    return Judged(
        standing=Standing(reason=Reason.NOT_YOURS),
        requirements=requirements_of(promotion.audience or {}, facts, visit.at, promotion.currency),
    )


def _condition(
    promotion: Promotion,
    condition: CompiledCondition | None,
    visit: Visit,
    facts: Mapping[str, Any],
    offers: LiveOffers,
) -> Judged | None:
    if condition is None or condition.truth(facts, visit.at, offers.shop.zone):
        return None
    return Judged(
        standing=Standing(reason=Reason.CONDITION_NOT_MET),
        requirements=requirements_of(promotion.condition or {}, facts, visit.at, promotion.currency),
    )


def _facts(offers: LiveOffers, cart: Cart, visit: Visit, execute: Execute) -> dict[str, Any]:
    facts = cart_facts(cart, channel=visit.channel, country=visit.country, codes=visit.codes)
    facts[rules.TIME_ZONE_FACT] = offers.shop.time_zone
    if visit.customer_id is not None:
        facts |= customer_facts(visit.customer_id, offers.needs, visit.at, execute)
    return facts


def _rest(promotion: Promotion, at: datetime) -> Standing:
    return date_standing(promotion, at) or Standing(reason=Reason.NOT_YET)


def _points_preview() -> tuple[PointsPreview, ...]:
    return ()
