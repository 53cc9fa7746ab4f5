"""A promotion's body as the values of its form's controls, and where a problem of the body is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wracam.kernel.language import Language
from wracam.promotions.console.form import (
    BOUNDS,
    DECIMALS,
    DEFAULTS,
    FILTER_AMOUNTS,
    FILTER_LISTS,
    STEP_VALUES,
    items,
    mapping,
    numbered,
)


def values_of(body: Mapping[str, Any], language: Language, zone: ZoneInfo) -> dict[str, Any]:
    """Return the values of the controls for a body (of any quality), decimals as the reader writes them."""
    title, stacking, budget = (mapping(body.get(name)) for name in ("title", "stacking", "budget"))
    return {
        "title_pl": title.get("pl", ""),
        "title_en": title.get("en", ""),
        "starts_at": _local(body.get("starts_at"), zone),
        "ends_at": _local(body.get("ends_at"), zone),
        "audience": body.get("audience"),
        "if": body.get("if"),
        "effects": [_effect_values(one, f"e{row}", row, language) for row, one in numbered(body, "effects")],
        "needs": [_need_values(one, f"n{row}", row, language) for row, one in numbered(body, "needs")],
        "limits": [
            {"id": f"l{row}", "row": row, "per": "ever", "for": "everyone", **one}
            for row, one in numbered(body, "limits")
        ],
        "by_code": "codes" in body,
        "campaigns": [str(one) for one in items(mapping(body.get("codes")).get("campaigns"))],
        "channels": _typed_list(body.get("channels")),
        "stacking": "alone" if stacking.get("exclusive") else "group" if stacking.get("group") else "with",
        "group": stacking.get("group", ""),
        "excludes": [str(one) for one in items(stacking.get("excludes"))],
        "cap": _typed(body.get("cap", ""), language),
        "priority": body.get("priority", 0),
        "phase": body.get("phase", 0),
        "choice": body.get("choice", "shop"),
        "budget_amount": _typed(budget.get("amount", ""), language),
        "budget_last": budget.get("last", "whole"),
        "budget_alerts": _typed_list(budget.get("alerts", [80, 100])),
    }


def _effect_values(effect: Mapping[str, Any], prefix: str, row: int, language: Language) -> dict[str, Any]:
    kind = str(effect.get("kind", "percent"))
    shown = {
        name: _typed(value, language) if name in DECIMALS else value
        for name, value in effect.items()
        if not isinstance(value, dict | list)
    }
    return (
        DEFAULTS.get(kind, {})
        | shown
        | {
            "kind": kind,
            "id": prefix,
            "row": row,
            "every": _typed(effect.get("every", ""), language),
            "names": _typed_list(effect.get("names")),
            "steps": "\n".join(_step_text(one, kind, language) for one in items(effect.get("steps"))),
            "options": "\n".join(_option_text(one, language) for one in items(effect.get("options"))),
            "units": _filter_values(effect.get("units"), f"{prefix}-units", language),
            "buy": _filter_values(effect.get("buy"), f"{prefix}-buy", language),
            "get": _filter_values(effect.get("get"), f"{prefix}-get", language),
            "parts": [
                {
                    "id": f"{prefix}-p{number}",
                    "row": number,
                    "quantity": part.get("quantity", 1),
                    "units": _filter_values(part.get("units"), f"{prefix}-p{number}-units", language),
                }
                for number, part in numbered(effect, "parts")
            ],
        }
    )


def _step_text(step: object, kind: str, language: Language) -> str:
    part = mapping(step)
    return f"{_typed(part.get('from', ''), language)} = {_typed(part.get(STEP_VALUES.get(kind, kind), ''), language)}"


def _option_text(option: object, language: Language) -> str:
    part = mapping(option)
    stock = f" / {part['stock']}" if "stock" in part else ""
    return f"{part.get('sku', '')} = {_typed(part.get('value', ''), language)}{stock}".removesuffix(" = ")


def _filter_values(units: object, prefix: str, language: Language) -> dict[str, Any]:
    part = mapping(units)
    return {
        "id": prefix,
        **{name: _typed_list(part.get(name)) for name in FILTER_LISTS},
        **{name: _typed(part.get(name, ""), language) for name in FILTER_AMOUNTS},
        "reduced": part.get("reduced", "too"),
        "is_set": bool(part),
    }


def _need_values(need: Mapping[str, Any], prefix: str, row: int, language: Language) -> dict[str, Any]:
    name = next((one for one in BOUNDS if one in need), "at_least")
    return {
        "id": prefix,
        "row": row,
        "measure": need.get("measure", "items_total"),
        "is": name,
        "value": _typed(need.get(name, ""), language),
        "one_of": _typed_list(need.get("one_of")),
        "of": _filter_values(need.get("of"), f"{prefix}-of", language),
    }


def control_of(path: str) -> str:
    """Return the control that shows the place of a problem: `effects[0].units.skus` is `e0-units-skus`."""
    name = re.sub(r"^effects\[(\d+)\]\.?", r"e\1-", path)
    name = re.sub(r"^needs\[(\d+)\]\.?", r"n\1-", name)
    name = re.sub(r"^limits\[(\d+)\]\.?", r"l\1-", name)
    name = re.sub(r"-parts\[(\d+)\]\.?", r"-p\1-", name)
    name = re.sub(r"^(n\d+)-(at_least|more_than|at_most|less_than)$", r"\1-value", name)
    name = re.sub(r"-(steps|options)\[.*$", r"-\1", name)
    name = re.sub(r"^(e\d+)-parts$", r"\1-price", name)
    name = name.replace(".", "-").rstrip("-")
    whole = {"title": "title_pl", "codes-campaigns": "campaigns", "stacking-group": "group", "effects": "add-effects"}
    if name.startswith(("audience", "if")):
        return name.split("-")[0].split("[")[0]
    if re.fullmatch(r"e\d+", name):
        return f"{name}-kind"
    return whole.get(name, name)


def _local(value: object, zone: ZoneInfo) -> str:
    try:
        moment = datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return str(value)
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment else ""


def _typed(amount: object, language: Language) -> str:
    return str(amount).replace(".", ",") if language == "pl" else str(amount)


def _typed_list(values: object) -> str:
    return ", ".join(str(one) for one in items(values))
