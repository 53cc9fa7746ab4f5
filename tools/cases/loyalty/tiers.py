"""Where members stand: a case's levels as a ladder of ours, its events as what the ladder measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from tools.cases.loyalty.words import NOW, Said, events, moment
from tools.cases.report import Case, NotUnderstoodError
from wracam.loyalty.core import tiers
from wracam.loyalty.core.calendar import MONTHS_IN
from wracam.loyalty.core.ladders import grace_ends_on
from wracam.loyalty.core.tiers import Counted, Downgrade, Ladder, Reviewing, Standing, Tier

DOWNGRADES = {
    Downgrade.TO_EARNED: ("multi", "multi_level", "full", "to_earned", "automatic", "balance_based", "immediately"),
    Downgrade.ONE_STEP: ("single", "single_level", "one_step", "one_down", "step_by_step"),
    Downgrade.NEVER: ("none", "never", "no", "no_downgrade", "false"),
}
SPENT_COUNTS_NOT = ("earned", "collected", "transactions", "spend", "orders", "lifetime")
"""What is measured by these words is not lowered by spending points."""
MEASURES = ("amount", "active_points", "balance", "points", "metric", "points_earned", "earned_points", "total_spent",
            "orders_count")  # fmt: skip
REVIEWS = ("year_end", "review", "reconcile", "recalculate", "period_end", "night")
NOBODY = "(no tier)"


def answers(case: Case) -> dict[str, object]:
    """Live through the events and return where the member stands."""
    program = Said("program", case.get("program", {}))
    steps = _ladder(program)
    measured = str(program.take("by", "based_on", "basis", "qualification", default="points")).lower()
    for name in ("based_on", "by"):
        program.take(name)
    resets = program.flag("reset_points", "reset")
    program.take("downgrade_every_days")
    program.finish()
    happened = events(case)
    reviews_only = any(one.has(*REVIEWS) for one in happened)
    member = _Member(steps, resets, any(word in measured for word in SPENT_COUNTS_NOT), reviews_only)
    for said in happened:
        member.live(said)
        said.finish()
    return member.answers()


def _ladder(program: Said) -> Ladder:
    said = program.take("levels", "tiers")
    rows = (
        [_tier(str(key), value) for key, value in said.items()]
        if isinstance(said, Mapping)
        else [_tier("", row) for row in said or []]
    )
    if not rows:
        raise NotUnderstoodError("program: no levels")
    rows.sort(key=lambda tier: tier.threshold)
    if rows[0].threshold > 0:
        rows.insert(0, Tier(key=NOBODY, threshold=0))
    days, months, to = _grace(program)
    return Ladder(
        tiers=tuple(rows), downgrade=_downgrade(program), grace_days=days, grace_months=months, grace_round_up_to=to
    )


def _grace(program: Said) -> tuple[int, int, str]:
    """Return the days and months of grace, and the period to whose end they are rounded up."""
    days = program.whole("grace_days", "grace_period_days", "downgrade_grace_days", default=0)
    months, to = program.whole("grace_months", default=0), ""
    if program.has("grace", "grace_period"):
        said = Said("grace", program.take("grace", "grace_period"))
        months += said.whole("months", default=0) + 12 * said.whole("years", default=0)
        days += said.whole("days", default=0) + 7 * said.whole("weeks", default=0)
        number, unit = said.whole("value", default=0), str(said.take("unit", default="day")).lower().rstrip("s")
        if unit not in ("day", "month", "year"):
            raise NotUnderstoodError(f"grace: the unit {unit!r}")
        months, days = months + {"month": 1, "year": 12}.get(unit, 0) * number, days + (number if unit == "day" else 0)
        to = _rounded(said, unit if number else "month" if months else "day")
        said.finish()
    return days, months, to


def _rounded(said: Said, unit: str) -> str:
    """Return the period to whose end grace is rounded up; a bare yes means the unit of the grace itself."""
    to = said.take("round_up_to", "round_up", "rounded_up")
    if to is None or to is False:
        return ""
    name = (unit if to is True else str(to)).lower().replace("-", "_").removeprefix("end_of_")
    if name == "day":
        return ""
    if name not in MONTHS_IN:
        raise NotUnderstoodError(f"grace: rounded up to {to!r}")
    return name


def _tier(key: str, value: Any) -> Tier:
    if not isinstance(value, Mapping):
        return Tier(key=key, threshold=int(value))
    said = Said("level", value)
    key = str(said.take("name", "key", "code", default=key))
    said.take("max", "maximum", "reward", "position")
    tier = Tier(
        key=key, threshold=said.whole("threshold", "from", "min", "minimum", "points"),
        is_lifetime=said.flag("lifetime") or not said.flag("allow_downgrade", default=True),
    )  # fmt: skip
    said.finish()
    return tier


def _downgrade(program: Said) -> Downgrade:
    said = program.take("downgrade", "downgrade_policy", "downgrade_mode", default="multi")
    if isinstance(said, bool):
        return Downgrade.TO_EARNED if said else Downgrade.NEVER
    words = str(said).lower().replace("-", "_").replace(" ", "_").removesuffix("_downgrade")
    for ours, names in DOWNGRADES.items():
        if words in names or words.removesuffix("_level") in names:
            return ours
    raise NotUnderstoodError(f"program: the downgrade {said!r}")


@dataclass(slots=True)
class _Member:
    """Somebody on a ladder."""

    steps: Ladder
    resets: bool
    keeps_what_is_spent: bool
    reviews_only: bool
    standing: Standing = field(init=False)
    amount: int = 0
    since: str | None = None
    has_changed: bool = False

    def __post_init__(self) -> None:
        self.standing = Standing(tier=self.steps.tiers[0].key)

    def live(self, said: Said) -> None:
        """Take an event in: what it says, then a climb or a review."""
        at_said = said.take("at", "date")
        at = moment(at_said) if at_said is not None else NOW
        self._learn(said)
        is_review, at = self._review_at(said, at)
        before = self.standing
        counted = Counted(now=self.amount, later=self.amount)
        if is_review or not self.reviews_only:
            dates = Reviewing(now=at, grace_ends_at=self._grace_ends(at), next_step_at=at)
            self.standing = tiers.review(self.steps, self.standing, counted, dates)
        else:
            self.standing = tiers.climb(self.steps, self.standing, counted)
        self.has_changed = self.standing.tier != before.tier
        if self.has_changed and before.kept_until is not None and before.kept_until <= at:
            self.since = before.kept_until.date().isoformat()
        elif self.has_changed or self.since is None:
            self.since = str(at_said) if at_said is not None else at.date().isoformat()
        if is_review and self.resets:
            self.amount = 0

    def _learn(self, said: Said) -> None:
        current = said.take("current_level", "current_tier", "level", "tier", default=self.standing.tier)
        floor = said.take(
            "manually_assigned_floor", "assigned_level", "floor", "manual_level", default=self.standing.floor
        )
        for name in (current, floor):
            if name is not None and name not in {tier.key for tier in self.steps.tiers}:
                raise NotUnderstoodError(f"event: there is no level {name!r}")
        below = said.moment("below_since", "below_threshold_since")
        kept = self._grace_ends(below) if below else self.standing.kept_until
        self.standing = replace(self.standing, tier=current, floor=floor, kept_until=kept)
        if said.has(*MEASURES):
            self.amount = int(said.number(*MEASURES))
        self.amount += int(said.number("earn", "earned", "order", "transaction", default=0))
        spent = int(said.number("spend", "redeem", "expire", "refund", default=0))
        self.amount -= 0 if self.keeps_what_is_spent else spent

    def _grace_ends(self, since: datetime) -> datetime:
        return datetime.combine(grace_ends_on(self.steps, since.date()), since.timetz())

    def _review_at(self, said: Said, at: datetime) -> tuple[bool, datetime]:
        said.take("check", "time", "now")
        value = said.take(*REVIEWS)
        if value is None or value is False:
            return False, at
        return True, at if value is True else moment(value)

    def answers(self) -> dict[str, object]:
        """Return where the member stands, since when, until when grace holds, and what is next."""
        standing = None if self.standing.tier == NOBODY else self.standing.tier
        told = tiers.progress(self.steps, self.standing, Counted(now=self.amount, later=self.amount))
        until = self.standing.kept_until
        return {
            **dict.fromkeys(("level", "tier"), standing),
            **dict.fromkeys(("from", "since"), self.since),
            **dict.fromkeys(("until", "grace_until"), until.date().isoformat() if until else None),
            **dict.fromkeys(("active_points", "balance", "points", "amount"), self.amount),
            **dict.fromkeys(("changed",), self.has_changed),
            **dict.fromkeys(("next", "next_level", "next_tier"), told.next_tier),
            **dict.fromkeys(("missing", "to_next"), told.missing),
        }
