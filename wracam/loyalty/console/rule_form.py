"""An earning rule as a form: from the sentence's controls to the body, and back. Nothing is decided here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from wracam.events.contracts import EVENTS
from wracam.kernel.language import Language

EVENTS_OFFERED = ("order.paid", "order.delivered", "member.joined", "customer.registered")
HOUR_LAST = 24
RULE_CONTROLS = frozenset({"when", "give", "if", "lines", "calendar", "stacking", "group", "order", "caps"})
GIVE_CONTROLS = frozenset({"kind", "points", "per", "for_each", "factor", "rows", "of", "shipping"})
CALENDAR_CONTROLS = frozenset({"weekdays", "from_hour", "to_hour"})


def body_of(posted: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that the posted controls say. What cannot be a number stays as it is, to be complained of.

    What no control shows (the programme, the point kind, a period, further limits) stays as it was *before*.
    """
    body = _others(before, RULE_CONTROLS) | {"when": posted.get("when", "order.paid")}
    body["give"] = _others(_part(before, "give"), GIVE_CONTROLS) | _give(posted)
    for name in ("if", "lines"):
        condition = _condition(posted.get(name, ""))
        if condition:
            body[name] = condition
    if calendar := _others(_part(before, "calendar"), CALENDAR_CONTROLS) | _calendar(posted):
        body["calendar"] = calendar
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
    caps = body.get("caps")
    cap = caps[0] if isinstance(caps, list) and caps and isinstance(caps[0], dict) else {}
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
        "cap_points": cap.get("points", ""),
        "cap_per": cap.get("per", "month"),
    }


def event_choices(language: Language) -> list[tuple[str, str]]:
    """Return the events that can trigger a rule, with what people call them."""
    return [(name, EVENTS.get(name).title.say(language)) for name in EVENTS_OFFERED if name in EVENTS]


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
    """Return the limits: the first is what the controls show, further ones stay."""
    known = before if isinstance(before, list) else []
    points = posted.get("cap_points", "").strip()
    if not points:
        return known[1:]
    first = known[0] if known and isinstance(known[0], Mapping) else {}
    return [{**first, "points": _whole(points), "per": posted.get("cap_per", "month")}, *known[1:]]
