"""A ladder of tiers as a form: what is measured, in which window, what a review does, and the tiers in rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from wracam.faces.console.ports import ConsoleRequest
from wracam.kernel.text import search_key
from wracam.loyalty.console import typed
from wracam.loyalty.console.documents import Editor
from wracam.loyalty.core.ladders import Measure
from wracam.loyalty.queries.programs import LADDER_KIND
from wracam.rules.templatetags.conditions import language_of_screen

ROWS_EXTRA = 2
ROWS_MAX = 20
KEY_LENGTH_MAX = 40
GRACE = ("grace_months", "grace_days", "grace_round_up_to")
CONTROLS = frozenset({"title", "by", "window", "downgrade", "tiers", *GRACE})


def first() -> tuple[str, dict[str, Any]]:
    """Return the name and body of a new ladder."""
    return _("Tiers"), {
        "title": {"pl": "Poziomy", "en": "Tiers"},
        "window": {"kind": "rolling", "months": 12},
        "downgrade": "one_step",
        "tiers": [
            {"key": "bronze", "title": {"pl": "Brązowy", "en": "Bronze"}, "from": 0},
            {"key": "silver", "title": {"pl": "Srebrny", "en": "Silver"}, "from": 500},
            {"key": "gold", "title": {"pl": "Złoty", "en": "Gold"}, "from": 2000},
        ],
    }


def read(request: ConsoleRequest, before: Mapping[str, Any], keeps_files: bool) -> dict[str, Any]:
    """Return the body that the posted controls say; gifts, conditions and other benefits of a tier stay with it."""
    del keeps_files
    posted = request.POST
    body = {name: value for name, value in before.items() if name not in CONTROLS}
    window: dict[str, Any] = {"kind": posted.get("window", "ever")}
    if window["kind"] == "rolling":
        window["months"] = typed.whole(posted.get("months", ""))
    if window["kind"] == "calendar":
        window["unit"] = posted.get("unit", "year")
    body |= {"title": typed.part(before, "title"), "by": posted.get("by", "points"), "window": window}
    body |= {"downgrade": posted.get("downgrade", "to_earned"), "tiers": _tiers(request, before)}
    return body | _grace(posted)


def _grace(posted: Mapping[str, str]) -> dict[str, Any]:
    """Return how long a tier outlives its qualification; what is nothing is left out."""
    spans = {name: typed.whole(posted.get(name, "0") or "0") for name in ("grace_months", "grace_days")}
    whole = {"grace_round_up_to": posted.get("grace_round_up_to", "")}
    return {name: value for name, value in (spans | whole).items() if value}


def values(request: ConsoleRequest, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the controls for a body of any quality."""
    del request
    language = language_of_screen()
    window = typed.part(body, "window")
    rows = [
        {
            "key": one.get("key", ""),
            "title": typed.part(one, "title"),
            "from": typed.as_typed(one.get("from", ""), language),
            "multiplier": typed.as_typed(typed.part(one, "benefits").get("points_multiplier", ""), language),
            "free_delivery": bool(typed.part(one, "benefits").get("free_delivery")),
        }
        for one in typed.parts(body, "tiers")
    ]
    return {
        "by": body.get("by", "points"),
        "window": window.get("kind", "ever"),
        "months": window.get("months", 12),
        "unit": window.get("unit", "year"),
        "downgrade": body.get("downgrade", "to_earned"),
        "grace_months": body.get("grace_months", 0),
        "grace_days": body.get("grace_days", 0),
        "grace_round_up_to": body.get("grace_round_up_to", ""),
        "round_up_to": _ends(),
        "rows": [*rows, *({"key": "", "from": ""} for _n in range(ROWS_EXTRA))],
        "measures": [(one.value, _measure(one)) for one in Measure if one.value != "condition"],
    }


def _ends() -> list[tuple[str, str]]:
    """Return up to which end the grace may last, in words."""
    return [
        ("", _("to the day")),
        ("month", _("to the end of the month")),
        ("quarter", _("to the end of the quarter")),
        ("half_year", _("to the end of the half-year")),
        ("year", _("to the end of the year")),
    ]


def _measure(measure: Measure) -> str:
    titles = {"points": _("points earned"), "spend": _("money spent"), "orders": _("orders paid")}
    return titles.get(measure.value, measure.value)


def _tiers(request: ConsoleRequest, before: Mapping[str, Any]) -> list[dict[str, Any]]:
    posted = request.POST
    known = {str(one.get("key")): one for one in typed.parts(before, "tiers")}
    columns = [posted.getlist(name) for name in ("tier_key", "tier_pl", "tier_en", "tier_from", "tier_multiplier")]
    tiers: list[dict[str, Any]] = []
    for index, row in enumerate(list(zip(*columns, strict=False))[:ROWS_MAX]):
        key, polish, english, least, multiplier = (text.strip() for text in row)
        if not (polish or english):
            continue
        key = key or _key(english or polish, index)
        tier = {**known.get(key, {}), "key": key, "from": _amount(least)}
        tier["title"] = {"pl": polish or english, "en": english or polish}
        benefits = _benefits(known.get(key, {}), multiplier, f"{index}" in posted.getlist("tier_delivery"))
        tier.pop("benefits", None)
        tiers.append(tier | ({"benefits": benefits} if benefits else {}))
    return tiers


def _key(title: str, index: int) -> str:
    """Return a key for a new tier from its title: small letters, digits and underscores."""
    found = re.sub(r"[^a-z0-9]+", "_", search_key(title)).strip("_")[:KEY_LENGTH_MAX]
    return found if found[:1].isalpha() else f"tier_{index + 1}"


def _benefits(known: Mapping[str, Any], multiplier: str, delivers: bool) -> dict[str, Any]:
    benefits = {
        name: value
        for name, value in typed.part(known, "benefits").items()
        if name not in ("points_multiplier", "free_delivery")
    }
    if multiplier:
        benefits["points_multiplier"] = typed.decimal(multiplier)
    if delivers:
        benefits["free_delivery"] = True
    return benefits


def _amount(text: str) -> int | str:
    number = typed.whole(text or "0")
    return number if isinstance(number, int) else typed.decimal(text)


EDITOR = Editor(
    kind=LADDER_KIND, name="ladder", folder="tiers", template="loyalty/console/ladder.html", back="loyalty:tiers",
    first=first, read=read, values=values,
)  # fmt: skip
