"""One earning rule, read from its definition: when, under which conditions, how much, and within which limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

from wracam.definitions.contracts import Problem
from wracam.kernel.periods import Period
from wracam.loyalty.core.program import KEY, POINTS_KIND
from wracam.loyalty.core.reading import Reader

ORDER_PAID = "order.paid"
ORDER_DEFAULT = 100
FACTOR_MAX = 1_000


class GiveKind(StrEnum):
    """How a rule counts what it gives."""

    PER_AMOUNT = "per_amount"
    """Points for each full amount spent."""
    FIXED = "fixed"
    """A number of points per event, per matching line or per matching unit."""
    MULTIPLIER = "multiplier"
    """The points of amounts on matching lines, times a factor."""
    TABLE = "table"
    """A number of points that depends on the amount."""


class Basis(StrEnum):
    """Which amount counts."""

    GROSS = "gross"
    NET = "net"


class Count(StrEnum):
    """Which part of an amount counts: each full step of it, or every fraction."""

    FULL = "full"
    EXACT = "exact"


class Each(StrEnum):
    """What a fixed number of points is given for."""

    EVENT = "event"
    LINE = "line"
    UNIT = "unit"


class Stacking(StrEnum):
    """How a rule lives with the others, which are asked in the stated order."""

    ADDS = "adds"
    BEST_OF_GROUP = "best_of_group"
    """Of the rules of one group only the one that gives most counts."""
    ALONE = "alone"
    """If this rule applies, no other does; of several the first in order."""
    ALONE_OF_KIND = "alone_of_kind"
    """If this rule applies, no other that gives points does (or no other multiplier); of several the first in order."""


class CapPeriod(StrEnum):
    """The period for which a limit holds, in the shop's calendar."""

    EVENT = "event"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    EVER = "ever"


@dataclass(frozen=True, slots=True, kw_only=True)
class Give:
    """What a rule gives."""

    kind: GiveKind
    points: int = 0
    per: Decimal = Decimal(1)
    counts: Count = Count.FULL
    basis: Basis = Basis.GROSS
    with_shipping: bool = False
    each: Each = Each.EVENT
    factor: Fraction = Fraction(1)
    rows: tuple[tuple[Decimal, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When a rule holds: within a period, on weekdays (1 Monday … 7 Sunday), between local hours."""

    period: Period = field(default_factory=Period)
    weekdays: frozenset[int] = frozenset()
    from_hour: int = 0
    to_hour: int = 24

    def includes(self, local: datetime) -> bool:
        """Say whether the moment, in the shop's zone, is within."""
        return (
            local in self.period
            and (not self.weekdays or local.isoweekday() in self.weekdays)
            and self.from_hour <= local.hour < self.to_hour
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """At most so many points per period, for one member or for the whole programme; more is cut to this."""

    points: int
    per: CapPeriod
    is_budget: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningRule:
    """A live earning rule."""

    key: str
    version_id: UUID | None
    program: str
    event: str
    condition: Mapping[str, Any] | None
    lines: Mapping[str, Any] | None
    calendar: Calendar
    give: Give
    point_kind: str
    order: int
    stacking: Stacking
    group: str
    caps: tuple[Cap, ...]


def read_rule(
    body: Mapping[str, Any], *, key: str = "", version_id: UUID | None = None
) -> tuple[EarningRule, list[Problem]]:
    """Read a body; the rule is usable only when there is no problem. Conditions are checked by the caller."""
    reader = Reader(body)
    stacking = reader.choice("stacking", Stacking, Stacking.ADDS)
    rule = EarningRule(
        key=key,
        version_id=version_id,
        program=reader.text("program", ""),
        event=reader.text("when", ORDER_PAID),
        condition=reader.raw("if") or None,
        lines=reader.raw("lines") or None,
        calendar=_calendar(reader.part("calendar")),
        give=_give(reader.part("give")),
        point_kind=reader.text("point_kind", POINTS_KIND),
        order=reader.integer("order", ORDER_DEFAULT, most=100_000),
        stacking=stacking,
        group=reader.text("group", "", is_required=stacking is Stacking.BEST_OF_GROUP),
        caps=tuple(_cap(part) for part in reader.parts("caps")),
    )
    if not KEY.fullmatch(rule.point_kind):
        reader.note("point_kind", "not_a_key", "nieznany rodzaj punktów", "unknown kind of points")
    _check_amounts(reader, rule)
    reader.finish()
    return rule, reader.problems


def _give(reader: Reader) -> Give:
    kind = reader.choice("kind", GiveKind, GiveKind.PER_AMOUNT)
    counts_points = kind in (GiveKind.PER_AMOUNT, GiveKind.FIXED)
    give = Give(
        kind=kind,
        points=reader.integer("points", 1, least=1, is_required=counts_points),
        per=reader.decimal("per", Decimal(1)),
        counts=reader.choice("counts", Count, Count.FULL),
        basis=reader.choice("of", Basis, Basis.GROSS),
        with_shipping=reader.flag("shipping"),
        each=reader.choice("for_each", Each, Each.EVENT),
        factor=_factor(reader, is_required=kind is GiveKind.MULTIPLIER),
        rows=_rows(reader),
    )
    if kind is GiveKind.TABLE and not give.rows:
        reader.note("rows", "missing", "podaj progi tabeli", "give the rows of the table")
    reader.finish()
    return give


def _factor(reader: Reader, *, is_required: bool) -> Fraction:
    factor = reader.decimal("factor", Decimal(1), is_required=is_required)
    if not 1 <= factor <= FACTOR_MAX:
        reader.note("factor", "out_of_range", f"mnożnik od 1 do {FACTOR_MAX}", f"a factor from 1 to {FACTOR_MAX}")
    return Fraction(factor)


def _rows(reader: Reader) -> tuple[tuple[Decimal, int], ...]:
    rows = []
    for part in reader.parts("rows"):
        rows.append((part.decimal("from", is_positive=False), part.integer("points")))
        part.finish()
    return tuple(sorted(rows))


def _calendar(reader: Reader) -> Calendar:
    weekdays = reader.items("weekdays")
    if not all(isinstance(day, int) and 1 <= day <= 7 for day in weekdays):
        reader.note("weekdays", "not_weekdays", "dni od 1 (pon.) do 7 (niedz.)", "days from 1 (Mon) to 7 (Sun)")
        weekdays = []
    starts_at, ends_at = reader.moment("starts_at"), reader.moment("ends_at")
    if starts_at and ends_at and ends_at < starts_at:
        reader.note("ends_at", "ends_before_start", "koniec przed początkiem", "ends before it starts")
        starts_at = ends_at = None
    calendar = Calendar(
        period=Period(starts_at=starts_at, ends_at=ends_at),
        weekdays=frozenset(weekdays),
        from_hour=reader.integer("from_hour", 0, most=23),
        to_hour=reader.integer("to_hour", 24, least=1, most=24),
    )
    reader.finish()
    return calendar


def _cap(reader: Reader) -> Cap:
    cap = Cap(
        points=reader.integer("points", 0, is_required=True),
        per=reader.choice("per", CapPeriod, CapPeriod.EVENT),
        is_budget=reader.flag("budget"),
    )
    reader.finish()
    return cap


def _check_amounts(reader: Reader, rule: EarningRule) -> None:
    """Amounts exist only where there is an order."""
    counts_money = rule.give.kind is not GiveKind.FIXED or rule.give.each is not Each.EVENT or rule.lines
    if counts_money and not rule.event.startswith("order."):
        reader.note(
            "give", "needs_an_order", "kwoty i pozycje są tylko w zamówieniu: wybierz stałą liczbę punktów",
            "only orders have amounts and lines: choose a fixed number of points",
        )  # fmt: skip
