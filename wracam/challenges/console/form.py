"""A challenge as a form: from the sentence's controls to the body, and back. Nothing is decided here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from wracam.events.contracts import EVENTS
from wracam.kernel.language import Language

EVENTS_OFFERED = ("order.paid", "order.delivered", "member.joined", "product.viewed", "page.viewed")
CONTROLS = frozenset(
    {"title", "about", "when", "if", "lines", "count", "of", "goal", "window", "streak", "repeats", "joining",
     "ranking", "stamps", "badge", "rewards", "levels"}
)  # fmt: skip
WINDOW_CONTROLS = frozenset({"period", "rolling_days", "weekdays"})
POINTS_EFFECT = "loyalty.points"
WORDS = ("title", "about", "badge")
LEVEL_ROWS_MIN = 3


def body_of(posted: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that the posted controls say; what no control shows stays as it was *before*."""
    body = {name: value for name, value in before.items() if name not in CONTROLS}
    body["title"] = _words(posted, "title")
    for name in ("about", "badge"):
        if said := _words(posted, name):
            body[name] = said
    body["when"] = posted.get("when", "order.paid")
    body["count"] = posted.get("count", "events")
    if posted.get("of", "").strip() and body["count"] in ("distinct", "value"):
        body["of"] = posted.get("of", "").strip()
    if levels := _levels(posted, before.get("levels"), body["count"]):
        body["levels"] = levels
    else:
        body["goal"] = _amount(posted.get("goal", ""), body["count"])
        body["rewards"] = _rewards(posted.get("points", ""), before.get("rewards"))
    for name in ("if", "lines"):
        if condition := _condition(posted.get(name, "")):
            body[name] = condition
    if posted.get("over") == "streak":
        body["streak"] = posted.get("unit", "day")
    elif window := _window(posted, before.get("window")):
        body["window"] = window
    for name in ("repeats", "ranking", "stamps"):
        if posted.get(name):
            body[name] = True
    if posted.get("joining") == "opt_in":
        body["joining"] = "opt_in"
    return body


def initial_of(body: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return the values of the controls for a body of any quality."""
    window = _part(body, "window")
    over = "streak" if body.get("streak") else "period" if window.get("period") else "rolling"
    goal = str(body.get("goal", 1))
    return {
        **{f"{name}_{side}": _part(body, name).get(side, "") for name in WORDS for side in ("pl", "en")},
        "when": body.get("when", "order.paid"),
        "count": body.get("count", "events"),
        "of": body.get("of", ""),
        "goal": goal.replace(".", ",") if language == "pl" else goal,
        "if": body.get("if"),
        "lines": body.get("lines"),
        "over": over if body.get("streak") or window.get("period") or window.get("rolling_days") else "whole",
        "unit": body.get("streak") or window.get("period") or "month",
        "rolling_days": window.get("rolling_days") or 30,
        "weekdays": [str(day) for day in window.get("weekdays") or []],
        "repeats": bool(body.get("repeats")),
        "ranking": bool(body.get("ranking")),
        "stamps": bool(body.get("stamps")),
        "joining": body.get("joining", "everybody"),
        "points": _points_of(body),
        "levels": _level_rows(body.get("levels"), language),
        "has_levels": bool(body.get("levels")),
    }  # fmt: skip


def event_choices(language: Language, current: str) -> list[tuple[str, str]]:
    """Return the events that can be counted, with what people call them; a shop's own event by its name."""
    names = [*EVENTS_OFFERED, *([current] if current not in EVENTS_OFFERED else [])]
    return [(name, EVENTS.get(name).title.say(language) if name in EVENTS else name) for name in names]


def weekday_choices() -> list[tuple[str, str]]:
    """Return the days of the week, Monday first."""
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return [(str(number), name) for number, name in enumerate(names, start=1)]


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}


def _words(posted: QueryDict, name: str) -> dict[str, str]:
    said = {side: posted.get(f"{name}_{side}", "").strip() for side in ("pl", "en")}
    return {side: text for side, text in said.items() if text}


def _whole(text: str) -> int | str:
    bare = text.strip().replace("\u00a0", "").replace(" ", "")
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 10 else bare


def _amount(text: str, count: str) -> int | str:
    found = _whole(text)
    return text.strip().replace("\u00a0", "").replace(" ", "").replace(",", ".") if count == "value" else found


def _levels(posted: QueryDict, before: object, count: str) -> list[dict[str, Any]]:
    """Return the levels that the rows say; a row without a goal is none. What no control shows stays as it was."""
    known = [one for one in before if isinstance(one, Mapping)] if isinstance(before, list) else []
    columns = [posted.getlist(f"level_{name}") for name in ("goal", "points", "pl", "en")]
    levels = []
    for number, (goal, points, polish, english) in enumerate(zip(*columns, strict=False)):
        if not goal.strip():
            continue
        was = known[number] if number < len(known) else {}
        title = {side: text.strip() for side, text in (("pl", polish), ("en", english)) if text.strip()}
        levels.append(
            {
                **{name: value for name, value in was.items() if name not in ("goal", "rewards", "title")},
                **({"title": title} if title else {}),
                "goal": _amount(goal, count),
                "rewards": _rewards(points, was.get("rewards")),
            }
        )
    return levels


def _level_rows(levels: object, language: Language) -> list[dict[str, Any]]:
    """Return the rows of the levels there are, and empty ones for those to come."""
    known = [one for one in levels if isinstance(one, Mapping)] if isinstance(levels, list) else []
    rows = [
        {
            "goal": str(one.get("goal", "")).replace(".", "," if language == "pl" else "."),
            "points": _points_of(one),
            **{side: _part(one, "title").get(side, "") for side in ("pl", "en")},
        }
        for one in known
    ]
    return rows + [{"goal": "", "points": "", "pl": "", "en": ""}] * max(LEVEL_ROWS_MIN - len(rows), 1)


def _points_of(body: Mapping[str, Any]) -> Any:
    """Return the points among the rewards of a body or of a level."""
    rewards = body.get("rewards")
    found = [one for one in rewards if isinstance(one, Mapping)] if isinstance(rewards, list) else []
    return next((one.get("points", "") for one in found if one.get("effect") == POINTS_EFFECT), "")


def _rewards(typed: str, before: object) -> list[Any]:
    """Return the rewards: points as the control says, others as they were."""
    known = before if isinstance(before, list) else []
    others = [one for one in known if not isinstance(one, Mapping) or one.get("effect") != POINTS_EFFECT]
    points = _whole(typed)
    return [{"effect": POINTS_EFFECT, "points": points}, *others] if points != "" else others


def _window(posted: QueryDict, before: object) -> dict[str, Any]:
    known = before if isinstance(before, Mapping) else {}
    window = {name: value for name, value in known.items() if name not in WINDOW_CONTROLS}
    if posted.get("over") == "period":
        window["period"] = posted.get("unit", "month")
    elif posted.get("over") == "rolling":
        window["rolling_days"] = _whole(posted.get("rolling_days", "30"))
    weekdays = sorted(int(day) for day in posted.getlist("weekdays") if day in tuple("1234567"))
    if weekdays and len(weekdays) < 7:
        window["weekdays"] = weekdays
    return window


def _condition(text: str) -> dict[str, Any] | None:
    try:
        condition = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return {"unreadable": text[:100]}
    return None if condition in (None, {"all": []}) else condition
