"""A whole promotion: whom and when it is for, what the cart must have, what it does, and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from wracam.definitions.contracts import Problem
from wracam.definitions.ports import Reader
from wracam.kernel.language import Words
from wracam.promotions.contracts import Combination
from wracam.promotions.core.body.effects import amount, optional_amount, read_effects, read_filter
from wracam.promotions.core.offers import Measure, Offer, Stage, Threshold

NEEDS_MAX = 20
LIMITS_MAX = 10
PHASES_MAX = 100
CURRENCY_DEFAULT = "PLN"
NO_VERSION = UUID(int=0)
NAME_LENGTH_MAX = 200
_BOUNDS = ("at_least", "more_than", "at_most", "less_than")


class Period(StrEnum):
    """How long a limit counts before it starts anew, by the shop's calendar."""

    EVER = "ever"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class BudgetEnd(StrEnum):
    """What the customer gets whose discount is more than what is left of a budget."""

    WHOLE = "whole"
    """Nothing: the promotion has ended for them."""
    PART = "part"
    """What is left."""


class CombinationChoice(StrEnum):
    """How this promotion stands against its rivals."""

    SHOP = "shop"
    """As the shop's policy says."""
    PRIORITY = "priority"
    """In the merchant's order, before all that the best combination is found of."""
    BEST = "best"
    """Only as part of the best combination."""


_COMBINATIONS = {
    CombinationChoice.SHOP: None,
    CombinationChoice.PRIORITY: Combination.PRIORITY,
    CombinationChoice.BEST: Combination.BEST,
}


class Who(StrEnum):
    """Whose uses a limit counts."""

    EVERYONE = "everyone"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most so many uses in a period, by everyone together or by each customer."""

    uses: int
    per: Period
    who: Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that all discounts together may come to; `alert_percents` are told of when they are reached."""

    amount_minor: int
    end: BudgetEnd
    alert_percents: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacking:
    """What it may stand beside; see `core.offers.Offer`."""

    is_exclusive: bool = False
    group: str = ""
    excludes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Promotion:
    """A promotion's version as everything but the engine needs it; `offer` is what the engine gets.

    Each version is compiled once, so a promotion equals nothing but itself: what is said of it can be kept with it.
    """

    key: str
    version_id: UUID
    name: str
    label: Words
    """What customers read: the title, else the name."""
    currency: str
    shops: frozenset[str]
    channels: frozenset[str]
    starts_at: datetime | None
    ends_at: datetime | None
    audience: Mapping[str, Any] | None
    condition: Mapping[str, Any] | None
    campaigns: tuple[str, ...]
    limits: tuple[Limit, ...]
    budget: Budget | None
    begins_at: datetime | None
    """From when its reduction holds: its start, else when this version was published."""
    stocks: tuple[tuple[str, int], ...]
    """How many pieces of a gift's SKU there are to give."""
    offer: Offer
    is_on_products: bool = field(init=False)
    """Worked out: whether it lowers prices of products (rather than of the order or delivery)."""

    def __post_init__(self) -> None:
        on_products = any(effect.stage <= Stage.AMOUNT for effect in self.offer.effects)
        object.__setattr__(self, "is_on_products", on_products)

    @property
    def needs_code(self) -> bool:
        """Whether it is only for those who present a code."""
        return bool(self.campaigns)

    @property
    def is_counted(self) -> bool:
        """Whether what it gives is counted: limits, a budget, gifts in stock."""
        return bool(self.limits or self.budget or self.stocks)

    @property
    def is_restricted(self) -> bool:
        """Whether something must be known of the customer, the codes or the counters before it may apply."""
        return bool(self.is_counted or self.campaigns or self.audience or self.condition or self.channels)

    @property
    def is_public(self) -> bool:
        """Whether everybody gets it: such a reduction counts as one of the price (Omnibus)."""
        return self.audience is None and not self.campaigns

    def within(self, starts_at: datetime | None, ends_at: datetime | None) -> Promotion:
        """Return the promotion narrowed to the dates of its published version."""
        if starts_at is None and ends_at is None:
            return self
        starts = [moment for moment in (self.starts_at, starts_at) if moment]
        ends = [moment for moment in (self.ends_at, ends_at) if moment]
        start = max(starts, default=None)
        return replace(self, starts_at=start, ends_at=min(ends, default=None), begins_at=start or self.begins_at)

    def is_for_shop(self, shop_key: str) -> bool:
        """Whether the shop takes part."""
        return not self.shops or shop_key in self.shops


def read_promotion(
    body: Mapping[str, Any],
    *,
    currency: str = CURRENCY_DEFAULT,
    key: str = "",
    name: str = "",
    version_id: UUID = NO_VERSION,
    published_at: datetime | None = None,
) -> tuple[Promotion, list[Problem]]:
    """Return the promotion a body means, with amounts in minor units of *currency*, and everything wrong in it.

    Conditions (`audience`, `if`) are checked by the caller, who knows the vocabulary.
    """
    reader = Reader(body)
    effects = read_effects(reader, currency)
    stacking = _stacking(reader)
    starts_at, ends_at = _dates(reader)
    promotion = Promotion(
        key=key,
        version_id=version_id,
        name=name,
        label=_title(reader) or Words(pl=name, en=name),
        currency=currency,
        shops=frozenset(_names(reader, "shops")),
        channels=frozenset(_names(reader, "channels")),
        starts_at=starts_at,
        ends_at=ends_at,
        audience=_condition(reader, "audience"),
        condition=_condition(reader, "if"),
        campaigns=_campaigns(reader),
        limits=_limits(reader),
        budget=_budget(reader, currency),
        begins_at=starts_at or published_at,
        stocks=tuple(effects.stocks.items()),
        offer=Offer(
            key=key,
            effects=tuple(effects.effects),
            conditions=_needs(reader, currency),
            priority=reader.integer("priority", 0, least=-1_000_000, most=1_000_000),
            phase=reader.integer("phase", 0, least=-PHASES_MAX, most=PHASES_MAX),
            group=stacking.group,
            is_exclusive=stacking.is_exclusive,
            excludes=stacking.excludes,
            cap_minor=optional_amount(reader, "cap", currency),
            combination=_COMBINATIONS[reader.choice("choice", CombinationChoice, CombinationChoice.SHOP)],
        ),
    )
    reader.finish()
    return promotion, reader.problems


def _dates(reader: Reader) -> tuple[datetime | None, datetime | None]:
    starts_at, ends_at = reader.moment("starts_at"), reader.moment("ends_at")
    if starts_at and ends_at and ends_at <= starts_at:
        reader.note("ends_at", "ends_before_start", "koniec musi być po początku", "the end must be after the start")
    return starts_at, ends_at


def _title(reader: Reader) -> Words | None:
    if "title" not in reader:
        return None
    part = reader.part("title")
    pl, en = part.text("pl", length_max=NAME_LENGTH_MAX), part.text("en", length_max=NAME_LENGTH_MAX)
    part.finish()
    if not (pl or en):
        part.note("", "missing", "podaj tytuł po polsku lub angielsku", "write the title in Polish or English")
    return Words(pl=pl or en, en=en or pl)


def _names(reader: Reader, name: str) -> tuple[str, ...]:
    values = reader.items(name)
    if any(not isinstance(value, str) or not 0 < len(value) <= 64 for value in values):
        reader.note(name, "not_texts", "lista nazw do 64 znaków", "a list of names of up to 64 characters")
        return ()
    return tuple(dict.fromkeys(values))


def _condition(reader: Reader, name: str) -> Mapping[str, Any] | None:
    value = reader.raw(name)
    return value if isinstance(value, Mapping) and value not in ({}, {"all": []}) else None


def _campaigns(reader: Reader) -> tuple[str, ...]:
    if "codes" not in reader:
        return ()
    part = reader.part("codes")
    found = _names(part, "campaigns")
    part.finish()
    if not found:
        part.note("campaigns", "missing", "podaj co najmniej jedną akcję kodów", "name at least one code campaign")
    return found


def _needs(reader: Reader, currency: str) -> tuple[Threshold, ...]:
    parts = reader.parts("needs")
    if len(parts) > NEEDS_MAX:
        reader.note("needs", "needs.number", f"najwyżej {NEEDS_MAX} warunków", f"at most {NEEDS_MAX} conditions")
    return tuple(_need(part, currency) for part in parts)


def _need(part: Reader, currency: str) -> Threshold:
    measure = part.choice("measure", Measure, Measure.ITEMS_TOTAL)
    units = read_filter(part, "of", currency)
    if measure is Measure.SHIPPING_METHOD:
        allowed = frozenset(_names(part, "one_of"))
        if not allowed:
            part.note("one_of", "missing", "podaj sposoby dostawy", "name the shipping methods")
        part.finish()
        return Threshold(measure=measure, required=1, units=units, allowed=allowed)
    name = next((one for one in _BOUNDS if one in part), "at_least")
    if measure in (Measure.QUANTITY, Measure.DISTINCT_PRODUCTS):
        required = part.integer(name, 1, least=0 if name == "more_than" else 1, is_required=True)
    else:
        required = amount(part, name, currency, is_required=True)
    is_upper = name in ("at_most", "less_than")
    part.finish()
    return Threshold(
        measure=measure,
        required=required,
        units=units,
        is_strict=name in ("more_than", "less_than"),
        is_upper=is_upper,
    )


def _stacking(reader: Reader) -> Stacking:
    part = reader.part("stacking")
    found = Stacking(
        is_exclusive=part.flag("exclusive"),
        group=part.text("group", length_max=64),
        excludes=frozenset(_names(part, "excludes")),
    )
    part.finish()
    return found


def _limits(reader: Reader) -> tuple[Limit, ...]:
    parts = reader.parts("limits")
    if len(parts) > LIMITS_MAX:
        reader.note("limits", "limits.number", f"najwyżej {LIMITS_MAX} limitów", f"at most {LIMITS_MAX} limits")
    found = []
    for part in parts:
        limit = Limit(
            uses=part.integer("uses", 1, least=1, is_required=True),
            per=part.choice("per", Period, Period.EVER),
            who=part.choice("for", Who, Who.EVERYONE),
        )
        part.finish()
        found.append(limit)
    if len({(limit.per, limit.who) for limit in found}) < len(found):
        reader.note("limits", "limits.twice", "dwa limity na to samo", "two limits on the same")
    return tuple(found)


def _budget(reader: Reader, currency: str) -> Budget | None:
    if "budget" not in reader:
        return None
    part = reader.part("budget")
    alerts = part.items("alerts") if "alerts" in part else [80, 100]
    if any(isinstance(one, bool) or not isinstance(one, int) or not 1 <= one <= 100 for one in alerts):
        part.note("alerts", "not_percentages", "liczby od 1 do 100", "whole numbers from 1 to 100")
        alerts = []
    found = Budget(
        amount_minor=amount(part, "amount", currency, is_required=True),
        end=part.choice("last", BudgetEnd, BudgetEnd.PART),
        alert_percents=tuple(sorted(set(alerts))),
    )
    part.finish()
    return found
