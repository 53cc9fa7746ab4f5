"""Rewards: what they cost and for whom, how often they may be had, who may have them and when, and why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from wracam.definitions.contracts import Problem
from wracam.kernel.language import Words
from wracam.kernel.periods import Period
from wracam.loyalty.contracts import Refusal, Refused
from wracam.loyalty.core.caps import period_key
from wracam.loyalty.core.program import KEY, POINTS_KIND
from wracam.loyalty.core.reading import Reader
from wracam.loyalty.core.rule import CapPeriod

ABOUT_LENGTH_MAX = 1_000
PERCENT_MAX = 100


class RewardKind(StrEnum):
    """What the member gets."""

    DISCOUNT = "discount"
    CODE = "code"
    PRODUCT = "product"
    SAMPLE = "sample"
    FREE_DELIVERY = "free_delivery"
    LONGER_RETURNS = "longer_returns"
    WARRANTY = "warranty"
    EARLY_ACCESS = "early_access"
    NEWS = "news"
    EVENT = "event"
    VOUCHER = "voucher"
    PARTNER = "partner"


class Handing(StrEnum):
    """How the reward comes to the member."""

    BY_HAND = "by_hand"
    """It waits in the list until somebody hands it over."""
    AT_ONCE = "at_once"
    """It is theirs with the click: a code, a right, an access."""


class Whose(StrEnum):
    """Whose redemptions a limit counts."""

    MEMBER = "member"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gives:
    """What the reward is worth to the shop's systems: money off, percent off, days more, or a product."""

    amount: Decimal = Decimal(0)
    percent: int = 0
    days: int = 0
    sku: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a reward costs: points, and money on top in the shop's currency."""

    points: int
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardLimit:
    """At most so many times per period, for each member or for everybody together."""

    count: int
    per: CapPeriod
    whose: Whose


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """A live reward. `stock` is how many there are in all, counted over every version; None is no limit."""

    key: str
    version_id: UUID | None
    kind: RewardKind
    title: Words
    about: Words
    points: int
    point_kind: str
    stock: int | None
    per_member: int | None
    period: Period
    condition: Mapping[str, Any] | None
    order: int
    amount: Decimal = Decimal(0)
    tier_prices: tuple[tuple[str, Price], ...] = ()
    limits: tuple[RewardLimit, ...] = ()
    gives: Gives = field(default_factory=Gives)
    handing: Handing = Handing.BY_HAND
    voucher: str = ""
    """The key of the voucher definition that a code is drawn from; empty: there is no code."""
    image: str = ""

    def price_for(self, tiers: Collection[str]) -> Price:
        """Return the price for a member of these tiers: the lowest of those that are theirs."""
        theirs = [price for tier, price in self.tier_prices if tier in tiers]
        return min([Price(points=self.points, amount=self.amount), *theirs], key=lambda one: (one.points, one.amount))

    @property
    def of_member(self) -> tuple[RewardLimit, ...]:
        """The limits that count each member's own redemptions."""
        ever = (RewardLimit(count=self.per_member, per=CapPeriod.EVER, whose=Whose.MEMBER),) if self.per_member else ()
        return (*ever, *(one for one in self.limits if one.whose is Whose.MEMBER))

    @property
    def of_everybody(self) -> tuple[RewardLimit, ...]:
        """The limits that count all redemptions; the stock is the one that is for ever."""
        return tuple(one for one in self.limits if one.whose is Whose.EVERYBODY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What deciding needs to know of a member and a reward.

    `mine` and `everybodys` are the redemptions counted so far, in the order of the reward's limits.
    """

    available: int
    taken: int = 0
    mine: Sequence[int] = ()
    everybodys: Sequence[int] = ()
    tiers: Collection[str] = ()
    condition_holds: bool = True


def read_reward(
    body: Mapping[str, Any], *, key: str = "", version_id: UUID | None = None
) -> tuple[Reward, list[Problem]]:
    """Read a body; the reward is usable only when there is no problem. The condition is checked by the caller."""
    reader = Reader(body)
    title, about = reader.part("title"), reader.part("about")
    starts_at, ends_at = reader.moment("starts_at"), reader.moment("ends_at")
    if starts_at and ends_at and ends_at < starts_at:
        reader.note("ends_at", "ends_before_start", "koniec przed początkiem", "ends before it starts")
        ends_at = None
    reward = Reward(
        key=key,
        version_id=version_id,
        kind=reader.choice("kind", RewardKind, RewardKind.VOUCHER),
        title=_words(title, is_required=True),
        about=_words(about, is_required=False),
        points=reader.integer("points", 1, least=1, is_required=True),
        point_kind=reader.text("point_kind", POINTS_KIND),
        stock=reader.integer("stock", 0) if "stock" in reader else None,
        per_member=reader.integer("per_member", 1, least=1) if "per_member" in reader else None,
        period=Period(starts_at=starts_at, ends_at=ends_at),
        condition=reader.raw("if") or None,
        order=reader.integer("order", 100, most=100_000),
        amount=_amount(reader),
        tier_prices=tuple(_tier_price(part) for part in reader.parts("tier_prices")),
        limits=tuple(_limit(part) for part in reader.parts("limits")),
        gives=_gives(reader.part("gives")),
        handing=reader.choice("handing", Handing, Handing.BY_HAND),
        voucher=reader.text("voucher", "", length_max=80),
        image=reader.text("image", "", length_max=40),
    )
    _check(reader, reward)
    reader.finish()
    return reward, reader.problems


def assess(reward: Reward, standing: Standing, now: datetime) -> Refused | None:
    """Return why the member cannot have the reward now, or None when they can: the same answer as redeeming gives."""
    if now not in reward.period:
        return Refused(reason=Refusal.NOT_AVAILABLE_NOW)
    if not standing.condition_holds:
        return Refused(reason=Refusal.NOT_FOR_THIS_MEMBER)
    if reward.stock is not None and standing.taken >= reward.stock:
        return Refused(reason=Refusal.OUT_OF_STOCK)
    for limit, counted in zip(reward.of_member, standing.mine, strict=False):
        if counted >= limit.count:
            return Refused(reason=Refusal.LIMIT_REACHED, required=limit.count, available=counted)
    for limit, counted in zip(reward.of_everybody, standing.everybodys, strict=False):
        if counted >= limit.count:
            return Refused(reason=Refusal.SOLD_OUT_FOR_NOW, required=limit.count, available=counted)
    needed = reward.price_for(standing.tiers).points
    if standing.available < needed:
        return Refused(reason=Refusal.BALANCE_TOO_LOW, required=needed, available=standing.available)
    return None


def counters(reward: Reward, local: datetime) -> tuple[tuple[str, int | None], ...]:
    """Return the counters that one redemption at the *local* moment raises, each with its most; the stock is first."""
    return (("", reward.stock), *((period_key(one.per, local), one.count) for one in reward.of_everybody))


def _amount(reader: Reader) -> Decimal:
    amount = reader.decimal("amount", is_positive=False)
    if amount < 0:
        reader.note("amount", "below_zero", "kwota nie może być ujemna", "the amount must not be negative")
        return Decimal(0)
    return amount


def _tier_price(reader: Reader) -> tuple[str, Price]:
    tier = reader.text("tier", "", is_required=True)
    price = Price(points=reader.integer("points", 1, least=1, is_required=True), amount=_amount(reader))
    reader.finish()
    return tier, price


def _limit(reader: Reader) -> RewardLimit:
    limit = RewardLimit(
        count=reader.integer("count", 1, least=1, is_required=True),
        per=reader.choice("per", CapPeriod, CapPeriod.MONTH),
        whose=reader.choice("whose", Whose, Whose.MEMBER),
    )
    if limit.per is CapPeriod.EVENT:
        reader.note("per", "unknown_choice", "podaj okres", "name a period")
        limit = RewardLimit(count=limit.count, per=CapPeriod.EVER, whose=limit.whose)
    reader.finish()
    return limit


def _gives(reader: Reader) -> Gives:
    gives = Gives(
        amount=_amount(reader),
        percent=reader.integer("percent", 0, most=PERCENT_MAX),
        days=reader.integer("days", 0, most=36_500),
        sku=reader.text("sku", "", length_max=100),
    )
    reader.finish()
    return gives


def _check(reader: Reader, reward: Reward) -> None:
    if not KEY.fullmatch(reward.point_kind):
        reader.note("point_kind", "not_a_key", "nieznany rodzaj punktów", "unknown kind of points")
    if reward.handing is Handing.AT_ONCE and (reward.amount or any(price.amount for _, price in reward.tier_prices)):
        reader.note(
            "handing", "needs_payment", "nagrodę z dopłatą wydaje się po zapłacie",
            "a reward with money on top is handed over after the payment",
        )  # fmt: skip
    if reward.gives.amount and reward.gives.percent:
        reader.note("gives", "two_discounts", "kwota albo procent, nie oba", "an amount or a percentage, not both")


def _words(reader: Reader, *, is_required: bool) -> Words:
    english = reader.text("en", is_required=is_required, length_max=ABOUT_LENGTH_MAX)
    words = Words(pl=reader.text("pl", english, is_required=is_required, length_max=ABOUT_LENGTH_MAX), en=english)
    reader.finish()
    return words
