"""A promotion in one sentence, generated from its definition, so that what is said is what is done."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from wracam.kernel.language import Language
from wracam.promotions.core.body import Period, Promotion
from wracam.promotions.core.body.promotion import Who
from wracam.promotions.core.offers import ALL, Measure, Threshold
from wracam.promotions.core.words.effects import effect_told, named_units
from wracam.promotions.core.words.figures import (
    AND,
    BOUND_PIECES,
    DIFFERENT,
    OR,
    TIMES,
    capitalised,
    day,
    listed,
)
from wracam.promotions.core.words.telling import NO_NAMES, Names, Teller


def promotion_sentence(
    promotion: Promotion,
    language: Language,
    zone: ZoneInfo,
    audience: str = "",
    condition: str = "",
    names: Names = NO_NAMES,
) -> str:
    """Say the whole promotion; *audience* and *condition* are its conditions in words."""
    teller = Teller(promotion, language, zone, names)
    effects = [effect_told(teller, effect) for effect in promotion.offer.effects]
    parts = [
        f" {AND.say(language)} ".join(effects),
        *(_need(teller, need) for need in promotion.offer.conditions),
        teller.say(f"jeśli {condition}", f"if {condition}") if condition else "",
        _codes(teller),
        _dates(teller),
        teller.say(f"dla klientów, u których {audience}", f"for customers whose {audience}") if audience else "",
        *_limits(teller),
        _budget(teller),
        _stacking(teller),
    ]
    return capitalised(", ".join(part for part in parts if part)) + "."


def _need(teller: Teller, need: Threshold) -> str:
    if need.measure is Measure.SHIPPING_METHOD:
        return teller.say("przy dostawie ", "with delivery by ") + listed(need.allowed, teller.language, OR)
    of = "" if need.units == ALL else teller.say(" (", " (") + named_units(teller, need.units) + ")"
    more = _bound(teller, need)
    if need.measure is Measure.QUANTITY:
        return (
            teller.say("przy zakupie ", "when buying ") + more + BOUND_PIECES.say(need.required, teller.language) + of
        )
    if need.measure is Measure.DISTINCT_PRODUCTS:
        count = DIFFERENT.say(need.required, teller.language)
        return teller.say("przy zakupie ", "when buying ") + more + count + of
    after = {
        Measure.DISCOUNTED_TOTAL: teller.say(" po rabatach", " after discounts"),
        Measure.ITEMS_TOTAL_NET: teller.say(" netto", " net"),
    }.get(need.measure, "")
    return teller.say("przy zakupach ", "for orders ") + more + teller.money(need.required) + after + of


def _bound(teller: Teller, need: Threshold) -> str:
    if need.is_upper:
        return teller.say("poniżej ", "under ") if need.is_strict else teller.say("do ", "up to ")
    return teller.say("powyżej ", "over ") if need.is_strict else teller.say("od ", "from ")


def _codes(teller: Teller) -> str:
    if not teller.promotion.campaigns:
        return ""
    names = listed(teller.campaigns(), teller.language, OR)
    return teller.say(f"z kodem ({names})", f"with a code ({names})")


def _dates(teller: Teller) -> str:
    """Say from when to when; the end is exclusive, so midnight belongs to the day before."""
    start, end = teller.promotion.starts_at, teller.promotion.ends_at
    language = teller.language
    first = start.astimezone(teller.zone) if start else None
    last = (end - timedelta(microseconds=1)).astimezone(teller.zone) if end else None
    if first and last and first.year == last.year:
        if first.month == last.month:
            return teller.say(f"od {first.day} do ", f"from {first.day} to ") + day(last, language)
        return (
            teller.say("od ", "from ")
            + day(first, language, with_year=False)
            + teller.say(" do ", " to ")
            + day(last, language)
        )
    told = [teller.say("od ", "from ") + day(first, language)] if first else []
    told += [teller.say("do ", "until ") + day(last, language)] if last else []
    return " ".join(told)


def _limits(teller: Teller) -> list[str]:
    told = []
    for limit in teller.promotion.limits:
        per = {
            Period.EVER: "",
            Period.DAY: teller.say(" dziennie", " a day"),
            Period.WEEK: teller.say(" w tygodniu", " a week"),
            Period.MONTH: teller.say(" w miesiącu", " a month"),
        }[limit.per]
        who = (
            teller.say(" na klienta", " per customer")
            if limit.who is Who.CUSTOMER
            else teller.say(" łącznie", " in all")
        )
        uses = teller.say("najwyżej ", "at most ") + TIMES.say(limit.uses, teller.language)
        if limit.uses == 1:
            uses = teller.say("najwyżej 1 raz", "at most once")
        told.append(uses + per + who)
    return told


def _budget(teller: Teller) -> str:
    budget = teller.promotion.budget
    if budget is None:
        return ""
    return teller.say("do wyczerpania budżetu ", "until the budget is spent: ") + teller.money(budget.amount_minor)


def _stacking(teller: Teller) -> str:
    offer = teller.promotion.offer
    if offer.is_exclusive:
        return teller.say("nie łączy się z innymi promocjami", "not combined with other promotions")
    if offer.excludes:
        names = listed(offer.excludes, teller.language, AND)
        return teller.say(f"nie łączy się z: {names}", f"not combined with: {names}")
    return ""
