"""When points end: a case's expiry as the validity of our programme."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tools.cases.loyalty.words import Said, day_of, events, moment
from tools.cases.report import Case, NotUnderstoodError
from wracam.loyalty.core import calendar as core_calendar
from wracam.loyalty.core import expiry
from wracam.loyalty.core.program import Validity, read_validity
from wracam.loyalty.core.reading import Reader

ZONE = ZoneInfo("Europe/Warsaw")
SPANS = (
    "rolling_months", "months", "months_after_earning", "rolling_years", "years", "rolling_days", "days",
    "rolling_weeks", "weeks",
)  # fmt: skip
NEVER = {"never", "none", "no", "unlimited", "false"}
YEARLY = (
    "fixed", "fixed_date", "fixed_day", "yearly", "yearly_on", "each_year", "each_year_on", "every_year", "annual",
    "annually", "day_and_month", "month_day", "calendar_date",
)  # fmt: skip
PERIODS = {"month": "month", "quarter": "quarter", "half_year": "half_year", "halfyear": "half_year", "year": "year"}
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}


def answers(case: Case) -> dict[str, object]:
    """Return the last day of the points that a case gives, told as the case tells it."""
    program = Said("program", case.get("program", {}))
    validity = validity_of(program.take("expiry", "expiration", "validity"))
    pending = program.whole("pending_days", "pending_period_days", default=0)
    resets = program.flag("transfer_resets_expiry", "reset_on_transfer")
    program.finish()
    earned = _given_at(events(case), resets=resets)
    ends = ends_at(validity, earned + timedelta(days=pending), ZONE)
    asked = case["expected"].get("expires_at", case["expected"].get("expires"))
    return dict.fromkeys(("expires_at", "expires", "expires_on"), told_as(asked, ends))


def _given_at(happened: list[Said], *, resets: bool) -> datetime:
    """Return the day from which points live. A transfer keeps it, unless the case says that it begins anew."""
    given: list[datetime] = []
    for said in happened:
        is_transfer = said.has("transfer")
        said.take("credit", "earn", "points", "transfer", "to", "order")
        at = datetime.combine(day_of(said.take("at", "date", "earned_at")), datetime.min.time(), ZONE)
        said.finish()
        if not is_transfer or resets or not given:
            given.append(at)
    if len(given) - sum(resets and one.has("transfer") for one in happened) != 1 and len(happened) != 1:
        raise NotUnderstoodError("the date of points that more than one event gives")
    return given[-1]


def told_as(asked: Any, ends: datetime | None) -> object:
    """Tell an end as it is asked for: `end of <day>`, the last day, or the exclusive moment."""
    if ends is None:
        return "never" if asked is not None else None
    last = (ends - timedelta(seconds=1)).astimezone(ZONE).date().isoformat()
    words = str(asked)
    if words.startswith("end of") or words == "never" or asked is None:
        return f"end of {last}"
    if len(words) > len("2026-01-01"):
        theirs = moment(words)
        local = ends.astimezone(ZONE).replace(tzinfo=theirs.tzinfo)
        return words if theirs == local else local.isoformat()
    return last


def ends_at(validity: Validity, active_from: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the exclusive end of points that become active at a moment."""
    return expiry.expires_at(validity, active_from, zone)


def validity_of(said: Any) -> Validity:
    """Read an expiry as our validity."""
    if said is None or str(said).lower() in NEVER:
        return _read({"kind": "never"})
    if isinstance(said, str):
        return _read(_end_of(said))
    found = Said("expiry", said)
    body = _body(found)
    found.finish()
    return _read(body)


def _body(said: Said) -> dict[str, Any]:
    if said.has("never"):
        return {"kind": "never"} if said.flag("never") else {}
    if said.has(*YEARLY):
        return _yearly(said.take(*YEARLY))
    if said.has("month") and said.has("day"):
        return {"kind": "fixed", "month": _month(said.take("month")), "day": said.whole("day")}
    if said.has("end_of"):
        return _end_of(str(said.take("end_of")))
    if said.has("inactivity_days", "inactivity_months", "inactivity"):
        raise NotUnderstoodError("expiry: inactivity has no date of its own; it moves with every activity")
    if not said.has(*SPANS):
        raise NotUnderstoodError(f"{said.where}: neither a number of months or days nor a date")
    months = said.whole("rolling_months", "months", "months_after_earning", default=0)
    months += 12 * said.whole("rolling_years", "years", default=0)
    days = said.whole("rolling_days", "days", default=0) + 7 * said.whole("rolling_weeks", "weeks", default=0)
    body: dict[str, Any] = {"kind": "rolling", "months": months, "days": days}
    if said.has("round_up_to", "round_up", "rounded_up_to"):
        to = said.take("round_up_to", "round_up", "rounded_up_to")
        body |= _rounded(said.take("month") if str(to).replace(" ", "_") in ("particular_month", "month_of") else to)
    return body


def _end_of(period: str) -> dict[str, Any]:
    """Read "end of month": through the period in which the points become active."""
    name = period.lower().replace("-", "_").removeprefix("end of ").removeprefix("end_of_").removeprefix("the ")
    return {"kind": "rolling", "months": 0} | ({} if name == "day" else _rounded(name))


def _rounded(said: Any) -> dict[str, Any]:
    name = str(said).lower().replace("-", "_").replace(" ", "_").removeprefix("end_of_").removeprefix("each_")
    if name in PERIODS:
        return {"round_up_to": PERIODS[name]}
    return {"round_up_to": "named_month", "month": _month(said)}


def _month(said: Any) -> int:
    words = str(said).lower().removeprefix("end of ").removeprefix("end_of_")
    number = int(words) if words.isdigit() else MONTHS.get(words, 0)
    if not 1 <= number <= 12:
        raise NotUnderstoodError(f"expiry: the month {said!r}")
    return number


def _yearly(said: Any) -> dict[str, Any]:
    """Read a yearly day: `MM-DD`, `{month, day}`, or a whole date whose year does not matter."""
    if isinstance(said, dict):
        parts = Said("expiry", said)
        found = {"kind": "fixed", "month": _month(parts.take("month")), "day": parts.whole("day")}
        parts.finish()
        return found
    words = str(said)
    if len(words) == len("2026-01-01"):
        day = day_of(words)
        return {"kind": "fixed", "month": day.month, "day": day.day}
    month, _dash, of_month = words.partition("-")
    return {"kind": "fixed", "month": _month(month.lstrip("0")), "day": int(of_month)}


def _read(body: dict[str, Any]) -> Validity:
    reader = Reader(body)
    validity = read_validity(reader)
    if reader.problems:
        raise NotUnderstoodError("expiry: " + "; ".join(f"{one.path}: {one.message.en}" for one in reader.problems))
    return validity


def period_end(day: datetime, unit: str) -> str:
    """Return the last day of the period in which a moment lies."""
    return core_calendar.period_last_day(core_calendar.local_day(day, ZONE), unit).isoformat()
