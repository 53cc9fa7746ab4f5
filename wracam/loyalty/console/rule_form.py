"""An earning rule as a form: from the sentence's controls to the body, and back. Nothing is decided here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from wracam.events.contracts import EVENTS
from wracam.kernel.language import Language
from wracam.loyalty.console import typed
from wracam.loyalty.core.program import POINTS_KIND

EVENTS_OFFERED = ("order.paid", "order.delivered", "member.joined", "customer.registered")
HOUR_LAST = 24
WARSAW = ZoneInfo("Europe/Warsaw")
RULE_CONTROLS = frozenset({"when", "give", "if", "lines", "calendar", "stacking", "group", "order", "caps"})
CAPS_SHOWN = 2
EVENTS_NEVER = ("points.", "definition.", "tier.review")
GIVE_CONTROLS = frozenset({"kind", "points", "per", "for_each", "factor", "rows", "of", "shipping"})
CALENDAR_CONTROLS = frozenset({"weekdays", "from_hour", "to_hour"})


def body_of(posted: QueryDict, before: Mapping[str, Any], zone: ZoneInfo = WARSAW) -> dict[str, Any]:
    """Return the body that the posted controls say. What cannot be a number stays as it is, to be complained of.

    What no control shows (the programme, more limits than there are rows) stays as it was *before*. Periods are typed
    in the shop's *zone*.
    """
    body = _others(before, RULE_CONTROLS) | {"when": posted.get("when", "order.paid")}
    body["give"] = _others(_part(before, "give"), GIVE_CONTROLS) | _give(posted)
    for name in ("if", "lines"):
        condition = _condition(posted.get(name, ""))
        if condition:
            body[name] = condition
    if calendar := _dated(posted, _others(_part(before, "calendar"), CALENDAR_CONTROLS) | _calendar(posted), zone):
        body["calendar"] = calendar
    if posted.get("point_kind"):
        body["point_kind"] = posted["point_kind"]
    if caps := _caps(posted, before.get("caps")):
        body["caps"] = caps
    return body | _stacking(posted)


def _others(before: Mapping[str, Any], controls: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in before.items() if name not in controls}


def _give(posted: QueryDict) -> dict[str, Any]:
    kind = posted.get("kind", "per_amount")
    give: dict[str, Any] = {"kind": kind}
    if kind in ("per_amount", "fixed"):
        give["points"] = _whole(posted.get("points", ""))
    if kind == "per_amount":
        give["per"] = _decimal(posted.get("per", ""))
        if posted.get("counts") == "exact":
            give["counts"] = "exact"
        elif "counts" in posted:
            give.pop("counts", None)
    if kind == "fixed" and posted.get("for_each", "event") != "event":
        give["for_each"] = posted["for_each"]
    if kind == "multiplier":
        give["factor"] = _decimal(posted.get("factor", ""))
    if kind == "table":
        give["rows"] = _rows(posted.get("rows", ""))
    if posted.get("of") == "net":
        give["of"] = "net"
    if posted.get("shipping"):
        give["shipping"] = True
    return give


def initial_of(body: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return the values of the controls for a body (of any quality), decimals as the reader writes them."""
    give = _part(body, "give")
    calendar = _part(body, "calendar")
    return {
        "when": body.get("when", "order.paid"),
        "kind": give.get("kind", "per_amount"),
        "points": give.get("points", 1),
        "per": _as_typed(give.get("per", "1.00"), language),
        "of": give.get("of", "gross"),
        "shipping": bool(give.get("shipping")),
        "for_each": give.get("for_each", "event"),
        "factor": _as_typed(give.get("factor", "2"), language),
        "rows": "\n".join(f"{row.get('from')} = {row.get('points')}" for row in give.get("rows") or []),
        "if": body.get("if"),
        "lines": body.get("lines"),
        "weekdays": [str(day) for day in calendar.get("weekdays") or []],
        "from_hour": calendar.get("from_hour", 0),
        "to_hour": calendar.get("to_hour", HOUR_LAST),
        "stacking": body.get("stacking", "adds"),
        "group": body.get("group", ""),
        "order": body.get("order", 100),
        "counts": give.get("counts", "full"),
        "point_kind": body.get("point_kind", POINTS_KIND),
        "starts_at": typed.local(calendar.get("starts_at")),
        "ends_at": typed.local(calendar.get("ends_at")),
        "caps": _cap_rows(body.get("caps")),
    }


def event_choices(language: Language) -> list[tuple[str, str]]:
    """Return the events that can trigger a rule, with what people call them: the usual ones first, then all others."""
    others = [name for name in EVENTS.names() if name not in EVENTS_OFFERED and not name.startswith(EVENTS_NEVER)]
    usual = [(name, EVENTS.get(name).title.say(language)) for name in EVENTS_OFFERED if name in EVENTS]
    return usual + sorted(((name, EVENTS.get(name).title.say(language)) for name in others), key=lambda one: one[1])


def _cap_rows(caps: object) -> list[dict[str, Any]]:
    known = [one for one in caps if isinstance(one, Mapping)] if isinstance(caps, list) else []
    rows = [*known, *({} for _n in range(CAPS_SHOWN))][:CAPS_SHOWN]
    return [
        {
            "name": f"cap{number or ''}",
            "points": row.get("points", ""),
            "per": row.get("per", "month"),
            "budget": row.get("budget"),
        }
        for number, row in enumerate(rows)
    ]


def period_choices() -> list[tuple[str, str]]:
    """Return the periods of limits."""
    return [
        ("event", _("each time")), ("day", _("a day")), ("week", _("a week")), ("month", _("a month")),
        ("quarter", _("a quarter")), ("year", _("a year")), ("ever", _("in all")),
    ]  # fmt: skip


def weekday_choices() -> list[tuple[str, str]]:
    """Return the days of the week, Monday first."""
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return [(str(number), name) for number, name in enumerate(names, start=1)]


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}


def _whole(text: str) -> int | str:
    bare = text.strip().replace("\u00a0", "").replace(" ", "")
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 13 else bare


def _as_typed(amount: object, language: Language) -> str:
    return str(amount).replace(".", ",") if language == "pl" else str(amount)


def _decimal(text: str) -> str:
    """Return an amount with a point, however it was typed: `1,50` is `1.50`."""
    return text.strip().replace("\u00a0", "").replace(" ", "").replace(",", ".")


def _rows(text: str) -> list[dict[str, Any]]:
    rows = []
    for line in text.splitlines()[:50]:
        amount, _sign, points = line.partition("=")
        if line.strip():
            rows.append({"from": _decimal(amount), "points": _whole(points)})
    return rows


def _condition(text: str) -> dict[str, Any] | None:
    """Return the condition of the editor's field; one that everybody meets is none."""
    try:
        condition = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return {"unreadable": text[:100]}
    return None if condition in (None, {"all": []}) else condition


def _calendar(posted: QueryDict) -> dict[str, Any]:
    calendar: dict[str, Any] = {}
    weekdays = [int(day) for day in posted.getlist("weekdays") if day in "1234567" and day]
    if weekdays and len(weekdays) < 7:
        calendar["weekdays"] = sorted(weekdays)
    hours = _whole(posted.get("from_hour", "0")), _whole(posted.get("to_hour", "24"))
    if hours != (0, HOUR_LAST):
        calendar["from_hour"], calendar["to_hour"] = hours
    return calendar


def _stacking(posted: QueryDict) -> dict[str, Any]:
    said: dict[str, Any] = {}
    stacking = posted.get("stacking") or "adds"
    if stacking != "adds":
        said["stacking"] = stacking
    group = str(posted.get("group") or "").strip()
    if group and stacking == "best_of_group":
        said["group"] = group
    order = _whole(posted.get("order", "100"))
    return said | ({"order": order} if order not in (100, "") else {})


def _caps(posted: QueryDict, before: object) -> list[Any]:
    """Return the limits: as many as the controls show, further ones stay."""
    known = [one for one in before if isinstance(one, Mapping)] if isinstance(before, list) else []
    shown = [f"{n}" if n else "" for n in range(CAPS_SHOWN) if f"cap{n or ''}_points" in posted]
    caps = []
    for index, suffix in enumerate(shown):
        points = posted.get(f"cap{suffix}_points", "").strip()
        if points:
            cap = dict(known[index]) if index < len(known) else {}
            cap |= {"points": _whole(points), "per": posted.get(f"cap{suffix}_per", "month")}
            if posted.get(f"cap{suffix}_budget"):
                cap["budget"] = True
            elif f"cap{suffix}_seen" in posted:
                cap.pop("budget", None)
            caps.append(cap)
    return [*caps, *known[max(1, len(shown)) :]]


def _dated(posted: QueryDict, calendar: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Take the period over that was typed; without its fields it stays."""
    for name in ("starts_at", "ends_at"):
        if name in posted:
            calendar.pop(name, None)
            if posted[name]:
                calendar[name] = typed.moment(str(posted[name]), zone)
    return calendar
