"""The programme's definition, read from its body: point kinds, joining, pending, validity, debts and rounding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from wracam.definitions.contracts import Problem
from wracam.kernel.language import POINTS, CountedNoun
from wracam.loyalty.core.reading import Reader

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
POINTS_KIND = "points"
CORRECTING_ROLES = ("owner", "marketer", "agent", "key")


class Joining(StrEnum):
    """How customers become members."""

    REGISTERED = "registered"
    """Everybody with an account in the shop is a member."""
    EVERYBODY = "everybody"
    """Guests too, by their e-mail address."""
    EXPLICIT = "explicit"
    """Only those who join themselves or are added."""


class EarlierOrders(StrEnum):
    """Which orders from before joining give points."""

    NONE = "none"
    WITHIN_DAYS = "within_days"
    ALL = "all"


class Shortage(StrEnum):
    """What happens when points to be taken back have been spent."""

    CLAMP = "clamp"
    """Take what is there and let the rest go."""
    CARRY = "carry"
    """Take what is there; the next points pay the rest. The balance shown is not below zero."""
    ALLOW = "allow"
    """As carry, and the balance is shown negative."""


class Rounding(StrEnum):
    """How a fraction of a point is rounded, once per event."""

    DOWN = "down"
    HALF_UP = "half_up"
    UP = "up"


class ValidityKind(StrEnum):
    """How long points live."""

    NEVER = "never"
    ROLLING = "rolling"
    """A number of months or days from the day they become active, maybe rounded up to a period's end."""
    FIXED = "fixed"
    """Until the next yearly day, such as 31 December."""
    INACTIVITY = "inactivity"
    """Until so many months or days pass without the member earning or spending."""


class ValidFrom(StrEnum):
    """The day from which validity counts."""

    ACTIVE = "active"
    EARNED = "earned"


class PendingUntil(StrEnum):
    """What pending points wait for."""

    NOTHING = "nothing"
    PAID = "paid"
    DELIVERED = "delivered"


class Round(StrEnum):
    """The period to whose end a validity is rounded up."""

    NO = ""
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    NAMED_MONTH = "named_month"
    """The end of the next month of that name; `month` says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointKind:
    """One kind of points. Status points count towards tiers and cannot be spent."""

    key: str
    noun: CountedNoun
    is_spendable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """How long points wait: nothing, or *days* after the payment or the delivery."""

    until: PendingUntil = PendingUntil.NOTHING
    days: int = 0

    @property
    def waits(self) -> bool:
        """Say whether points are pending at first."""
        return self.until is PendingUntil.DELIVERED or (self.until is PendingUntil.PAID and self.days > 0)

    @property
    def after_delivery(self) -> bool:
        """Say whether the wait starts with the delivery."""
        return self.until is PendingUntil.DELIVERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """How long points live; `months` and `days` add up (both zero: through that day), `month` and `day` name a day."""

    kind: ValidityKind = ValidityKind.NEVER
    months: int = 0
    days: int = 0
    round_up_to: str = ""
    month: int = 12
    day: int = 31
    counts_from: ValidFrom = ValidFrom.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRules:
    """How carts may be paid with points: at least, at most, in steps, and up to a part of the order."""

    least: int = 0
    most: int = 0
    """0: as many as there are."""
    most_percent: int = 100
    step: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What the merchant decided about the programme as a whole."""

    name: str
    point_kinds: tuple[PointKind, ...]
    joining: Joining
    earlier_orders: EarlierOrders
    earlier_days: int
    pending: Pending
    validity: Validity
    shortage: Shortage
    rounding: Rounding
    value_points: int
    """So many points are worth `value_minor` when paid with; 0: points cannot pay."""
    value_minor: int
    correction_limit: int
    """The largest manual correction that needs no second person; 0: every size."""
    correction_limits: tuple[tuple[str, int], ...] = ()
    """The same per role (owner, marketer, agent) or for API keys (key); others have the limit of all."""
    payment: PaymentRules = PaymentRules()
    shops: tuple[str, ...] = ()
    """Keys of the shops that take part; empty: all of them."""

    def limit_for(self, role: str) -> int:
        """Return the largest correction that this role makes alone; 0: every size."""
        return dict(self.correction_limits).get(role, self.correction_limit)

    def kind(self, key: str) -> PointKind | None:
        """Return the point kind called *key*."""
        return next((kind for kind in self.point_kinds if kind.key == key), None)


DEFAULT_KINDS = (PointKind(key=POINTS_KIND, noun=POINTS),)


def read_program(body: Mapping[str, Any]) -> tuple[Program, list[Problem]]:
    """Read a body; the programme is usable only when there is no problem."""
    reader = Reader(body)
    value = reader.part("value")
    program = Program(
        name=reader.text("name", "Program", length_max=80),
        point_kinds=_point_kinds(reader),
        joining=reader.choice("joining", Joining, Joining.REGISTERED),
        earlier_orders=reader.choice("earlier_orders", EarlierOrders, EarlierOrders.ALL),
        earlier_days=reader.integer("earlier_days", 30, most=3650),
        pending=read_pending(reader.part("pending")),
        validity=read_validity(reader.part("validity")),
        shortage=reader.choice("shortage", Shortage, Shortage.CARRY),
        rounding=reader.choice("rounding", Rounding, Rounding.DOWN),
        value_points=value.integer("points", 0),
        value_minor=int(value.decimal("amount", is_positive=False) * 100),
        correction_limit=reader.integer("correction_limit", 0),
        correction_limits=_limits(reader.part("correction_limits")),
        payment=_payment(reader.part("payment")),
        shops=tuple(str(key) for key in reader.items("shops")),
    )
    value.finish()
    reader.finish()
    return program, reader.problems


def _limits(reader: Reader) -> tuple[tuple[str, int], ...]:
    limits = tuple((role, reader.integer(role)) for role in CORRECTING_ROLES if role in reader)
    reader.finish()
    return limits


def _payment(reader: Reader) -> PaymentRules:
    rules = PaymentRules(
        least=reader.integer("least"),
        most=reader.integer("most"),
        most_percent=reader.integer("most_percent", 100, least=1, most=100),
        step=reader.integer("step", 1, least=1),
    )
    reader.finish()
    return rules


def read_pending(reader: Reader) -> Pending:
    """Read the waiting time of points."""
    pending = Pending(
        until=reader.choice("until", PendingUntil, PendingUntil.NOTHING), days=reader.integer("days", 0, most=730)
    )
    reader.finish()
    return pending


def read_validity(reader: Reader) -> Validity:
    """Read how long points live."""
    validity = Validity(
        kind=reader.choice("kind", ValidityKind, ValidityKind.NEVER),
        months=reader.integer("months", 0, most=240),
        days=reader.integer("days", 0, most=3650),
        round_up_to=reader.choice("round_up_to", Round, Round.NO).value,
        month=reader.integer("month", 12, least=1, most=12),
        day=reader.integer("day", 31, least=1, most=31),
        counts_from=reader.choice("counts_from", ValidFrom, ValidFrom.ACTIVE),
    )
    says_today = validity.kind is ValidityKind.ROLLING and ("months" in reader or "days" in reader)
    lives = validity.kind in (ValidityKind.ROLLING, ValidityKind.INACTIVITY)
    if lives and not validity.months + validity.days and not says_today:
        reader.note("months", "missing", "podaj liczbę miesięcy lub dni", "give a number of months or days")
    reader.finish()
    return validity


def round_points(points: Fraction | int, rounding: Rounding) -> int:
    """Round an exact number of points to a whole one."""
    if rounding is Rounding.DOWN:
        return points.numerator // points.denominator
    if rounding is Rounding.UP:
        return -(-points.numerator // points.denominator)
    return (2 * points.numerator + points.denominator) // (2 * points.denominator)


def _point_kinds(reader: Reader) -> tuple[PointKind, ...]:
    kinds = tuple(_point_kind(part) for part in reader.parts("point_kinds")) or DEFAULT_KINDS
    if len({kind.key for kind in kinds}) < len(kinds):
        reader.note("point_kinds", "repeated", "klucze rodzajów się powtarzają", "keys of kinds repeat")
    return kinds


def _point_kind(reader: Reader) -> PointKind:
    key = reader.text("key", POINTS_KIND, is_required=True)
    if not KEY.fullmatch(key):
        reader.note("key", "not_a_key", "małe litery, cyfry i _", "small letters, digits and _")
    kind = PointKind(
        key=key,
        noun=CountedNoun(pl=_forms(reader, "pl", 4, POINTS.pl), en=_forms(reader, "en", 2, POINTS.en)),  # type: ignore[arg-type]  # _forms checks the count
        is_spendable=reader.flag("spendable", True),
    )
    reader.finish()
    return kind


def _forms(reader: Reader, name: str, count: int, default: tuple[str, ...]) -> tuple[str, ...]:
    forms = reader.items(name)
    if not forms:
        return default
    if len(forms) != count or not all(isinstance(form, str) and form.strip() for form in forms):
        reader.note(name, "not_forms", f"{count} formy rzeczownika", f"{count} forms of the noun")
        return default
    return tuple(forms)
