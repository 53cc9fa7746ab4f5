"""A promotion as a form: from the controls of its sentence to the body; `form_values` is the way back.

Controls of repeated parts carry their place in the name: `e0-percent` is the percentage of the first effect,
`e0-p1-quantity` the quantity of the second part of its set, `n0-value` the first condition of the cart, `l0-uses` the
first limit. What no control shows stays as it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict

ROWS_MAX = 20
STEPS_MAX = 50
CONTROLS = frozenset(
    {
        "title", "starts_at", "ends_at", "audience", "if", "needs", "effects", "stacking", "priority", "choice",
        "limits", "budget", "codes", "channels", "cap", "phase",
    }
)  # fmt: skip
FILTER_LISTS = ("categories", "skus", "not_categories", "not_skus")
FILTER_AMOUNTS = ("price_from", "price_to")
FILTER_CONTROLS = frozenset({*FILTER_LISTS, *FILTER_AMOUNTS, "reduced"})
DECIMALS = frozenset({"percent", "amount", "price", "line_cap", "cap", "value", "multiplier"})
FLAGS = frozenset({"is_cap_gross", "is_amount_gross", "same_product", "picked"})
WHOLES = frozenset({"limit", "skip", "per", "group", "reduced", "times", "buy_quantity", "get_quantity", "quantity"})
REDUCTION = (
    "on",
    "names",
    "steps",
    "steps_by",
    "steps_per",
    "every",
    "times",
    "limit",
    "skip",
    "limit_per",
    "pick",
    "line_cap",
    "cap",
    "is_cap_gross",
)
BOUNDS = ("at_least", "more_than", "at_most", "less_than")
EFFECT_FIELDS: dict[str, tuple[str, ...]] = {
    "percent": ("percent", *REDUCTION),
    "amount": ("amount", *REDUCTION, "each", "split_by", "is_amount_gross"),
    "set_price": ("price", "on", "names", "steps", "steps_by", "steps_per", "limit", "skip", "limit_per", "pick"),
    "nth_unit": ("group", "reduced", "percent", "price", "amount", "same_product", "pick", "times"),
    "buy_get": ("buy_quantity", "get_quantity", "percent", "price", "amount", "pick", "times"),
    "bundle": ("price", "percent", "amount", "pick", "times"),
    "gift": ("options", "quantity", "picked", "per", "times"),
    "points": ("multiplier",),
    "reward": ("reward", "quantity", "value"),
}
"""The controls of each kind of effect, beside its filters."""
EFFECT_FILTERS: dict[str, tuple[str, ...]] = {
    "percent": ("units",), "amount": ("units",), "set_price": ("units",), "nth_unit": ("units",),
    "buy_get": ("buy", "get"), "points": ("units",), "gift": ("units",),
}  # fmt: skip
DEFAULTS: dict[str, dict[str, str]] = {
    "percent": {"on": "products", "steps_by": "quantity", "steps_per": "cart", "pick": "dearest", "limit_per": "cart"},
    "amount": {
        "on": "order",
        "steps_by": "quantity",
        "steps_per": "cart",
        "pick": "dearest",
        "limit_per": "cart",
        "split_by": "value",
        "each": "unit",
    },
    "set_price": {
        "on": "products",
        "steps_by": "quantity",
        "steps_per": "cart",
        "pick": "dearest",
        "limit_per": "cart",
    },
    "nth_unit": {"pick": "dearest"},
    "buy_get": {"pick": "cheapest"},
    "bundle": {"pick": "dearest"},
}
"""What the choices of each kind mean when they are left out, so that bodies stay short."""
PRICE_ON = "set_on"
"""Says what a set price is for; other kinds say with `on` what they take off."""
STEP_VALUES = {"set_price": "price"}
"""What a step of each kind gives, where that is not the name of the kind."""
NEW_EFFECT: dict[str, Any] = {"kind": "percent", "percent": "10"}
NEW_NEED: dict[str, Any] = {"measure": "items_total", "at_least": "100.00"}
NEW_LIMIT: dict[str, Any] = {"uses": 1, "for": "customer"}
NEW_PART: dict[str, Any] = {"quantity": 1}


def body_of(posted: QueryDict, before: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Return the body that the posted controls say. What cannot be a number stays as it is, to be complained of."""
    body = {name: value for name, value in before.items() if name not in CONTROLS}
    said: dict[str, Any] = {
        "title": _texts_of(posted, pl="title_pl", en="title_en"),
        "starts_at": _moment(posted.get("starts_at", ""), zone),
        "ends_at": _moment(posted.get("ends_at", ""), zone),
        "audience": _condition(posted.get("audience", "")),
        "codes": _codes(posted),
        "if": _condition(posted.get("if", "")),
        "needs": [_need(posted, f"n{row}-", _row(before, "needs", row)) for row in rows(posted, r"n(\d+)-measure")],
        "effects": [_effect(posted, f"e{row}-", _row(before, "effects", row)) for row in rows(posted, r"e(\d+)-kind")],
        "stacking": _stacking(posted),
        "priority": _whole(posted.get("priority", "")) or None,
        "phase": _whole(posted.get("phase", "")) or None,
        "choice": "priority" if posted.get("choice") == "priority" else None,
        "limits": [_limit(posted, f"l{row}-") for row in rows(posted, r"l(\d+)-per")],
        "budget": _budget(posted),
        "cap": typed_decimal(posted.get("cap", "")) or None,
        "channels": _list(posted.get("channels", "")),
    }
    return body | {name: value for name, value in said.items() if value not in (None, [], {})}


def rows(posted: Iterable[str], pattern: str) -> list[int]:
    """Return the numbers of the rows that were posted, in their order."""
    found = {int(match[1]) for name in posted if (match := re.fullmatch(pattern, name)) and len(match[1]) < 4}
    return sorted(found)[:ROWS_MAX]


def changed_rows(body: Mapping[str, Any], posted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body with the row added or removed that a button asked for: `add=effects`, `remove=needs.1`."""
    changed: dict[str, Any] = json.loads(json.dumps(body))
    add, remove = str(posted.get("add", "")), str(posted.get("remove", ""))
    fresh = {"effects": NEW_EFFECT, "needs": NEW_NEED, "limits": NEW_LIMIT}
    if add in fresh:
        changed.setdefault(add, []).append(dict(fresh[add]))
    if (match := re.fullmatch(r"effects\.(\d{1,2})\.parts", add)) and _at(changed.get("effects"), int(match[1])):
        changed["effects"][int(match[1])].setdefault("parts", []).append(dict(NEW_PART))
    if match := re.fullmatch(r"(effects|needs|limits)\.(\d{1,2})", remove):
        _drop(changed.get(match[1]), int(match[2]))
    elif match := re.fullmatch(r"effects\.(\d{1,2})\.parts\.(\d{1,2})", remove):
        _drop((_at(changed.get("effects"), int(match[1])) or {}).get("parts"), int(match[2]))
    return {name: value for name, value in changed.items() if value != []}


def _effect(posted: QueryDict, prefix: str, before: Mapping[str, Any]) -> dict[str, Any]:
    kind = posted.get(f"{prefix}kind", "percent")
    hidden = {*EFFECT_FIELDS.get(kind, ()), "kind", "parts", "units", "buy", "get"}
    effect = {name: value for name, value in before.items() if name not in hidden and kind == before.get("kind")}
    effect |= {"kind": kind}
    for name in EFFECT_FIELDS.get(kind, ()):
        value = _effect_value(posted, prefix, name, kind)
        if value not in (None, "", []):
            effect[name] = value
    if effect.get("steps"):
        effect.pop(STEP_VALUES.get(kind, kind), None)
    elif "every" not in effect:
        effect.pop("steps_by", None)
        effect.pop("steps_per", None)
    for name in EFFECT_FILTERS.get(kind, ()):
        if found := _filter(posted, f"{prefix}{name}-", mapping(before.get(name))):
            effect[name] = found
    if kind == "bundle":
        parts = rows(posted, rf"{prefix}p(\d+)-quantity")
        effect["parts"] = [_part(posted, f"{prefix}p{row}-", _row(before, "parts", row)) for row in parts]
    return effect


def _effect_value(posted: QueryDict, prefix: str, name: str, kind: str) -> Any:
    control = PRICE_ON if (kind, name) == ("set_price", "on") else name
    text = posted.get(f"{prefix}{control}", "").strip()
    if name == "steps":
        return _steps(text, kind, by_value=posted.get(f"{prefix}steps_by") == "value")
    if name == "options":
        return _options(text)
    if name == "every":
        return typed_decimal(text) if posted.get(f"{prefix}steps_by") == "value" else _whole(text)
    if name == "names":
        return _list(text)
    if name in FLAGS:
        return bool(text) or None
    if name in WHOLES:
        return _whole(text)
    if name in DECIMALS:
        return typed_decimal(text)
    return None if text == DEFAULTS.get(kind, {}).get(name) else text


def _steps(text: str, kind: str, *, by_value: bool) -> list[dict[str, Any]]:
    steps = []
    given = STEP_VALUES.get(kind, kind)
    for line in text.splitlines()[:STEPS_MAX]:
        start, _sign, value = line.partition("=")
        if line.strip():
            steps.append(
                {
                    "from": typed_decimal(start) if by_value else _whole(start),
                    given: typed_decimal(value.rstrip(" %zł")),
                }
            )
    return steps


def _options(text: str) -> list[dict[str, Any]]:
    """Read what may be given, a line each: `SKU = value / stock`; value and stock may be left out."""
    options = []
    for line in text.splitlines()[:STEPS_MAX]:
        sku, _sign, rest = line.partition("=")
        value, _slash, stock = rest.partition("/")
        option: dict[str, Any] = {"sku": sku.strip()}
        if bare := typed_decimal(value):
            option["value"] = bare
        if (pieces := _whole(stock)) is not None:
            option["stock"] = pieces
        if line.strip():
            options.append(option)
    return options


def _filter(posted: QueryDict, prefix: str, before: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in before.items() if name not in FILTER_CONTROLS}
    for name in FILTER_LISTS:
        if values := _list(posted.get(prefix + name, "")):
            found[name] = values
    for name in FILTER_AMOUNTS:
        if value := typed_decimal(posted.get(prefix + name, "")):
            found[name] = value
    if posted.get(f"{prefix}reduced") == "not":
        found["reduced"] = "not"
    return found


def _part(posted: QueryDict, prefix: str, before: Mapping[str, Any]) -> dict[str, Any]:
    part: dict[str, Any] = {"quantity": _whole(posted.get(f"{prefix}quantity", "1"))}
    if found := _filter(posted, f"{prefix}units-", mapping(before.get("units"))):
        part["units"] = found
    return part


def _need(posted: QueryDict, prefix: str, before: Mapping[str, Any]) -> dict[str, Any]:
    measure = posted.get(f"{prefix}measure", "items_total")
    need: dict[str, Any] = {"measure": measure}
    if measure == "shipping_method":
        return need | {"one_of": _list(posted.get(f"{prefix}one_of", ""))}
    text = posted.get(f"{prefix}value", "")
    asked = posted.get(f"{prefix}is", "")
    name = asked if asked in BOUNDS else "at_least"
    need[name] = _whole(text) if measure in ("quantity", "distinct_products") else typed_decimal(text)
    if found := _filter(posted, f"{prefix}of-", mapping(before.get("of"))):
        need["of"] = found
    return need


def _limit(posted: QueryDict, prefix: str) -> dict[str, Any]:
    limit: dict[str, Any] = {"uses": _whole(posted.get(f"{prefix}uses", ""))}
    for name, usual in (("per", "ever"), ("for", "everyone")):
        if (value := posted.get(prefix + name, usual)) != usual:
            limit[name] = value
    return limit


def _budget(posted: QueryDict) -> dict[str, Any] | None:
    text = posted.get("budget-amount", "").strip()
    if not text:
        return None
    budget: dict[str, Any] = {"amount": typed_decimal(text)}
    if posted.get("budget-last") == "part":
        budget["last"] = "part"
    alerts = [_whole(one) for one in _list(posted.get("budget-alerts", ""))]
    if alerts and alerts != [80, 100]:
        budget["alerts"] = alerts
    return budget


def _stacking(posted: QueryDict) -> dict[str, Any]:
    said: dict[str, Any] = {}
    how = posted.get("stacking", "with")
    if how == "alone":
        said["exclusive"] = True
    if how == "group" and (group := posted.get("group", "").strip()):
        said["group"] = group
    if excludes := [text for text in posted.getlist("excludes") if text]:
        said["excludes"] = excludes
    return said


def _codes(posted: QueryDict) -> dict[str, Any] | None:
    campaigns = list(dict.fromkeys([*posted.getlist("campaign"), *_list(posted.get("campaigns", ""))]))
    if posted.get("by_code") or campaigns:
        return {"campaigns": [name for name in campaigns if name]}
    return None


def _texts_of(posted: QueryDict, **names: str) -> dict[str, str]:
    return {key: text for key, name in names.items() if (text := posted.get(name, "").strip())}


def _moment(text: str, zone: ZoneInfo) -> str | None:
    """Return a moment typed in the shop's time with its zone; what is no moment stays, to be complained of."""
    bare = text.strip()
    try:
        return datetime.fromisoformat(bare).replace(tzinfo=zone).isoformat() if bare else None
    except ValueError:
        return bare


def _condition(text: str) -> dict[str, Any] | None:
    """Return the condition of the editor's field; one that everybody meets is none."""
    try:
        condition = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return {"unreadable": text[:100]}
    return None if condition in (None, {"all": []}) else condition


def _list(text: str) -> list[str]:
    """Return what is written with commas or in lines."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[,;\n]", text) if part.strip()))


def _whole(text: str) -> int | str | None:
    bare = re.sub(r"\s", "", text)
    if not bare:
        return None
    return int(bare) if re.fullmatch(r"-?[0-9]{1,12}", bare) else bare


def typed_decimal(text: str) -> str:
    """Return an amount with a point, however it was typed: `1,50 zł` is `1.50`."""
    return re.sub(r"\s|zł|%", "", text).replace(",", ".")


def mapping(value: object) -> Mapping[str, Any]:
    """Return *value* if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> list[Any]:
    """Return *value* if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def numbered(body: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the objects of a list with their places."""
    return [(row, mapping(one)) for row, one in enumerate(items(body.get(name)))]


def _row(body: Mapping[str, Any], name: str, row: int) -> Mapping[str, Any]:
    return mapping(_at(body.get(name), row))


def _at(values: object, place: int) -> Any:
    return values[place] if isinstance(values, list) and place < len(values) else None


def _drop(values: object, place: int) -> None:
    if isinstance(values, list) and place < len(values):
        del values[place]
