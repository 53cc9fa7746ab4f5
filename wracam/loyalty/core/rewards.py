"""Rewards: what they cost, who may have them and when, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from wracam.definitions.contracts import Problem
from wracam.kernel.language import Words
from wracam.kernel.periods import Period
from wracam.loyalty.contracts import Refusal, Refused
from wracam.loyalty.core.program import KEY, POINTS_KIND
from wracam.loyalty.core.reading import Reader


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
    EVENT = "event"
    VOUCHER = "voucher"
    PARTNER = "partner"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What deciding needs to know of a member and a reward."""

    available: int
    taken_by_member: int
    taken: int
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
    )
    if not KEY.fullmatch(reward.point_kind):
        reader.note("point_kind", "not_a_key", "nieznany rodzaj punktów", "unknown kind of points")
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
    if reward.per_member is not None and standing.taken_by_member >= reward.per_member:
        return Refused(reason=Refusal.LIMIT_REACHED, required=reward.per_member, available=standing.taken_by_member)
    if standing.available < reward.points:
        return Refused(reason=Refusal.BALANCE_TOO_LOW, required=reward.points, available=standing.available)
    return None


def _words(reader: Reader, *, is_required: bool) -> Words:
    english = reader.text("en", is_required=is_required)
    words = Words(pl=reader.text("pl", english, is_required=is_required), en=english)
    reader.finish()
    return words
