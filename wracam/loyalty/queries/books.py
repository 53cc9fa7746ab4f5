"""The books: the stored days, the same figures computed from the ledger, and revenue by IFRS 15."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from wracam.definitions import queries as definitions
from wracam.foundation.bulk import fetch
from wracam.loyalty import models
from wracam.loyalty.contracts import BookDay, BookFlow, BookPeriod, RevenueMonth
from wracam.loyalty.core import books as core
from wracam.loyalty.core import breakage, calendar, ifrs15
from wracam.loyalty.core.program import POINTS_KIND, read_program
from wracam.loyalty.queries.programs import PROGRAM_KIND

DAYS_MAX = 3_700
Book = tuple[str, str]
"""Programme and kind of points."""

_HANDS = "('pending', 'active', 'held', 'debt')"
_FLOWS = f"""
SELECT m.program, t.point_kind, (t.at AT TIME ZONE %s)::date AS day,
       sum(CASE 'issued' WHEN t.debit THEN t.amount WHEN t.credit THEN -t.amount ELSE 0 END),
       sum(CASE 'corrected' WHEN t.debit THEN t.amount WHEN t.credit THEN -t.amount ELSE 0 END),
       sum(CASE 'spent' WHEN t.credit THEN t.amount WHEN t.debit THEN -t.amount ELSE 0 END),
       sum(CASE 'expired' WHEN t.credit THEN t.amount WHEN t.debit THEN -t.amount ELSE 0 END),
       sum(CASE 'reversed' WHEN t.credit THEN t.amount WHEN t.debit THEN -t.amount ELSE 0 END),
       sum(CASE 'transit' WHEN t.debit THEN t.amount WHEN t.credit THEN -t.amount ELSE 0 END)
FROM point_transfer AS t JOIN loyalty_member AS m ON m.id = t.member_id
WHERE t.shop_id = %s AND t.at >= %s AND t.at < %s AND NOT (t.debit IN {_HANDS} AND t.credit IN {_HANDS})
GROUP BY 1, 2, 3
"""  # noqa: S608  its parts are constants
_SALES = """
SELECT program, point_kind, day, sum(coalesce(decision ->> 'net_minor', decision ->> 'order_minor')::bigint)
FROM (
    SELECT DISTINCT t.earning_id, t.point_kind, (t.at AT TIME ZONE %s)::date AS day FROM point_transfer AS t
    WHERE t.shop_id = %s AND t.at >= %s AND t.at < %s AND t.debit = 'issued' AND t.order_id IS NOT NULL
      AND NOT starts_with(t.key, 'undo:')
) AS first JOIN loyalty_earning AS e ON e.id = first.earning_id
GROUP BY 1, 2, 3
"""
_MONTH = "(extract(year FROM {0} AT TIME ZONE %s) * 12 + extract(month FROM {0} AT TIME ZONE %s) - 1)::int"
_ISSUED = f"""
SELECT m.program, l.point_kind, {_MONTH.format("t.at")}, sum(l.amount)
FROM point_lot AS l JOIN point_transfer AS t ON t.id = l.id JOIN loyalty_member AS m ON m.id = l.member_id
WHERE l.shop_id = %s AND t.at < %s
GROUP BY 1, 2, 3
"""  # noqa: S608  its parts are constants
_EXITS = f"""
SELECT m.program, l.point_kind, {_MONTH.format("o.at")} AS cohort, {_MONTH.format("t.at")} AS month,
       sum(a.amount) FILTER (WHERE 'expired' NOT IN (t.debit, t.credit) AND t.reason IN
                             ('spent', 'held', 'released', 'settled_debt')),
       sum(a.amount) FILTER (WHERE 'expired' IN (t.debit, t.credit)),
       sum(a.amount)
FROM point_lot_allocation AS a
JOIN point_transfer AS t ON t.id = a.transfer_id
JOIN point_lot AS l ON l.id = a.lot_id
JOIN point_transfer AS o ON o.id = l.id
JOIN loyalty_member AS m ON m.id = l.member_id
WHERE l.shop_id = %s AND t.at < %s
GROUP BY 1, 2, 3, 4
"""  # noqa: S608  its parts are constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What points were worth on a day: `points` are worth `minor`."""

    points: int
    minor: int


def days(
    *, shop_id: int, program: str, point_kind: str = POINTS_KIND, first: date | None = None, last: date | None = None
) -> list[BookDay]:
    """Return the closed days between *first* and *last*, both included, oldest first."""
    rows = models.BookDay.objects.filter(shop_id=shop_id, program=program, point_kind=point_kind).order_by("day")
    if first:
        rows = rows.filter(day__gte=first)
    if last:
        rows = rows.filter(day__lte=last)
    return [as_contract(row) for row in rows[:DAYS_MAX]]


def months(found: Sequence[BookDay]) -> list[BookPeriod]:
    """Return days as one line per calendar month."""
    grouped = (list(group) for _month, group in groupby(found, key=lambda one: (one.day.year, one.day.month)))
    return [one for group in grouped if (one := core.period(group))]


def revenue(found: Sequence[BookDay]) -> list[RevenueMonth]:
    """Return revenue by IFRS 15 per month, from days that begin with the programme (the portfolio of all points)."""
    lines, allocated, recognized, used = [], 0, 0, 0
    for _month, group in groupby(found, key=lambda one: (one.day.year, one.day.month)):
        in_month = list(group)
        last, flow = in_month[-1], core.add([one.flow for one in in_month])
        sales = sum(one.sales_minor for one in in_month)
        price = ifrs15.stand_alone_price(
            max(0, flow.issued), value_points=last.value_points, value_minor=last.value_minor, used_bp=last.new_used_bp
        )
        new = ifrs15.allocate(sales, price).points_minor
        allocated, used = allocated + new, used + flow.spent
        expected = used + max(0, last.closing) * last.used_bp // core.BASIS_POINTS
        now = ifrs15.recognize(
            allocated_minor=allocated, used=max(0, used), expected=expected, recognized_minor=recognized
        )
        recognized += now
        lines.append(
            RevenueMonth(
                month=in_month[0].day.replace(day=1), sales_minor=sales, issued=flow.issued, allocated_minor=new,
                used=flow.spent, recognized_minor=now, deferred_minor=allocated - recognized,
            )
        )  # fmt: skip
    return lines


def from_ledger(*, shop_id: int, zone: ZoneInfo, first: date, last: date, openings: dict[Book, int]) -> list[BookDay]:
    """Compute the days between *first* and *last* from the ledger, given what each book closed with before."""
    start, end = calendar.midnight(first, zone), calendar.midnight(last + timedelta(days=1), zone)
    flows: dict[Book, dict[date, BookFlow]] = defaultdict(dict)
    for program, kind, day, *figures in fetch(_FLOWS, zone.key, shop_id, start, end):
        issued, corrected, spent, expired, taken, moved = map(int, figures)
        flows[program, kind][day] = BookFlow(
            issued=issued, corrected=corrected, spent=spent, expired=expired, reversed=taken, moved=moved
        )
    sales = {
        (program, kind, day): int(amount or 0)
        for program, kind, day, amount in fetch(_SALES, zone.key, shop_id, start, end)
    }
    values, estimates = _Values(zone, first, last), _Estimates(shop_id, zone, last)
    return [
        _day(book, rolled, sales.get((*book, rolled.day), 0), values.on(book[0], rolled.day), estimates)
        for book in sorted({*openings, *flows})
        for rolled in core.roll(
            openings.get(book, 0), flows[book], first=first if book in openings else min(flows[book]), last=last
        )
    ]


def first_day(*, shop_id: int, zone: ZoneInfo) -> date | None:
    """Return the day of the first transfer of a shop."""
    [(at,)] = fetch("SELECT min(at) FROM point_transfer WHERE shop_id = %s", shop_id)
    return calendar.local_day(at, zone) if at else None


def as_contract(row: models.BookDay) -> BookDay:
    """Turn a stored day into its contract."""
    return BookDay(
        program=row.program, point_kind=row.point_kind, day=row.day, opening=row.opening,
        flow=BookFlow(
            issued=row.issued, corrected=row.corrected, spent=row.spent, expired=row.expired, reversed=row.reversed,
            moved=row.moved,
        ),
        closing=row.closing, sales_minor=row.sales_minor, value_points=row.value_points, value_minor=row.value_minor,
        used_bp=row.used_bp, new_used_bp=row.new_used_bp, worth_minor=row.worth_minor,
        liability_minor=row.liability_minor,
    )  # fmt: skip


def _day(book: Book, rolled: core.Rolled, sales_minor: int, value: Value, estimates: _Estimates) -> BookDay:
    known = estimates.on(book, rolled.day)
    return BookDay(
        program=book[0], point_kind=book[1], day=rolled.day, opening=rolled.opening, flow=rolled.flow,
        closing=rolled.closing, sales_minor=sales_minor, value_points=value.points, value_minor=value.minor,
        used_bp=known.outstanding_bp, new_used_bp=known.new_bp,
        worth_minor=core.worth(rolled.closing, value_points=value.points, value_minor=value.minor),
        liability_minor=core.worth(
            rolled.closing, value_points=value.points, value_minor=value.minor, used_bp=known.outstanding_bp
        ),
    )  # fmt: skip


class _Values:
    """What points were worth when each day ended, by the version of the programme then in force."""

    def __init__(self, zone: ZoneInfo, first: date, last: date) -> None:
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        ends = [calendar.midnight(day + timedelta(days=1), zone) for day in days]
        in_force = definitions.versions_at_each(PROGRAM_KIND, ends)
        worth = {one.version_id: _value(one.body) for versions in in_force for one in versions}
        self._known = {
            (one.key, day): worth[one.version_id]
            for day, versions in zip(days, in_force, strict=True)
            for one in versions
        }

    def on(self, program: str, day: date) -> Value:
        """Return the value at the end of *day*; nothing before the programme was first published."""
        return self._known.get((program, day), Value(points=0, minor=0))


def _value(body: object) -> Value:
    program = read_program(body)[0]  # type: ignore[arg-type]  # published bodies are objects
    return Value(points=program.value_points, minor=program.value_minor)


class _Estimates:
    """The breakage estimate of each month, from what had happened before the month began.

    The ledger is read once for all months up to the *last* day: a month of it is what every later estimate looks back
    on, and a history of years would be read again for each of them.
    """

    def __init__(self, shop_id: int, zone: ZoneInfo, last: date) -> None:
        self._known: dict[int, dict[Book, breakage.Estimate]] = {}
        end = calendar.midnight(last.replace(day=1), zone)
        self._issued = _issued_before(shop_id, zone, end)
        self._exits = _exits_before(shop_id, zone, end)

    def on(self, book: Book, day: date) -> breakage.Estimate:
        """Return the estimate that holds in the month of *day*."""
        month = day.year * 12 + day.month - 1
        if month not in self._known:
            self._known[month] = {known: self._estimate(known, month) for known in self._issued}
        return self._known[month].get(book, breakage.UNKNOWN)

    def _estimate(self, book: Book, month: int) -> breakage.Estimate:
        """Estimate from what was issued, and what left, before the numbered *month* began."""
        issued = {cohort: points for cohort, points in self._issued[book].items() if cohort < month}
        exits = (one for left_in, one in self._exits.get(book, ()) if left_in < month)
        return breakage.estimate(issued, exits, month)


def _issued_before(shop_id: int, zone: ZoneInfo, end: datetime) -> dict[Book, dict[int, int]]:
    """Return the points of each book by the month in which they were issued."""
    issued: dict[Book, dict[int, int]] = defaultdict(dict)
    for program, kind, cohort, points in fetch(_ISSUED, zone.key, zone.key, shop_id, end):
        issued[program, kind][cohort] = int(points)
    return issued


def _exits_before(shop_id: int, zone: ZoneInfo, end: datetime) -> dict[Book, list[tuple[int, breakage.Exit]]]:
    """Return what left each book, with the month in which it did."""
    exits: dict[Book, list[tuple[int, breakage.Exit]]] = defaultdict(list)
    for program, kind, cohort, left_in, used, expired, gone in fetch(_EXITS, *[zone.key] * 4, shop_id, end):
        one = breakage.Exit(
            cohort=cohort, age=max(0, left_in - cohort), used=int(used or 0), expired=int(expired or 0),
            removed=int(gone or 0) - int(used or 0) - int(expired or 0),
        )  # fmt: skip
        exits[program, kind].append((left_in, one))
    return exits
