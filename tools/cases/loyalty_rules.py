"""Earning rules of loyalty cases as bodies of our definitions, and their orders as the core sees them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tools.cases.report import NotUnderstoodError
from wracam.kernel.money import to_minor
from wracam.loyalty.core.earning import Asked, Happening, Line
from wracam.loyalty.core.program import Rounding
from wracam.loyalty.core.rule import read_rule

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
CURRENCY = "PLN"
ROUNDINGS = {"floor": Rounding.DOWN, "round": Rounding.HALF_UP, "ceil": Rounding.UP}
_LINE = {"sku", "qty", "gross", "net", "labels", "delivery", "category", "categories", "unit_gross"}
_RULE = {
    "type", "points_per_unit_of_money", "points", "per_minor", "per", "multiplier", "labels", "skus", "sku", "event",
    "min_order_value", "exclude_delivery", "excluded_skus", "excluded_labels", "included_labels", "limit",
    "categories", "order", "exclusive", "stackable", "priority", "weekdays", "max_points",
}  # fmt: skip


def rounding_of(program: Mapping[str, Any]) -> Rounding:
    """Return our setting for the case's rounding."""
    said = program.get("rounding", "round")
    if said not in ROUNDINGS:
        raise NotUnderstoodError(f"the rounding {said!r}")
    return ROUNDINGS[said]


def happening_of(event: Mapping[str, Any]) -> Happening:
    """Return the event of a case: an order with lines, a bare amount, or something else that happened."""
    at = datetime.fromisoformat(str(event["at"])) if "at" in event else NOW
    if set(event) - {"order", "basis_minor", "event", "at"}:
        raise NotUnderstoodError(f"the event {', '.join(sorted(event))}")
    if "basis_minor" in event:
        amount = int(event["basis_minor"])
        line = Line(line_id=UUID(int=1), quantity=1, gross_minor=amount, net_minor=amount)
        return Happening(local=at, lines=(line,), currency=CURRENCY)
    lines = tuple(_line(index, one) for index, one in enumerate(event.get("order", {}).get("lines", [])))
    return Happening(local=at, lines=lines, currency=CURRENCY)


def asked_of(rule: Mapping[str, Any], index: int, event: Mapping[str, Any], happening: Happening) -> Asked | None:
    """Return the rule as ours with its conditions answered for this event, or None when another event triggers it."""
    if set(rule) - _RULE:
        raise NotUnderstoodError(f"rule: {', '.join(sorted(set(rule) - _RULE))}")
    wanted = rule.get("event") if rule.get("type") == "event" else None
    if wanted != event.get("event"):
        return None
    ours, problems = read_rule(_body(rule), key=f"rule_{index}")
    if problems:
        raise NotUnderstoodError("; ".join(f"{one.path}: {one.message.en}" for one in problems))
    least = rule.get("min_order_value")
    total = sum(line.gross_minor for line in happening.lines)
    holds = least is None or total >= to_minor(str(least), CURRENCY)
    lines = list(event.get("order", {}).get("lines", []))
    return Asked(rule=ours, is_true=holds, lines=_matching(rule, lines) if lines else None)


def _body(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of our definition that says what the case's rule says."""
    kind = rule.get("type")
    body: dict[str, Any] = {}
    if kind == "per_amount" and "points_per_unit_of_money" in rule:
        body["give"] = {"kind": "per_amount", "points": int(rule["points_per_unit_of_money"]), "counts": "exact"}
    elif kind == "per_amount":
        per = int(rule.get("per_minor", 0)) or to_minor(str(rule.get("per", "1")), CURRENCY)
        body["give"] = {"kind": "per_amount", "points": int(rule["points"]), "per": f"{per // 100}.{per % 100:02d}"}
    elif kind == "multiplier":
        body["give"] = {"kind": "multiplier", "factor": str(rule["multiplier"])}
    elif kind == "product":
        body["give"] = {"kind": "fixed", "points": int(rule["points"]), "for_each": "line"}
    elif kind == "fixed":
        body["give"] = {"kind": "fixed", "points": int(rule["points"])}
    elif kind == "event":
        body = {"when": f"custom.{rule['event']}", "give": {"kind": "fixed", "points": int(rule["points"])}}
    else:
        raise NotUnderstoodError(f"a rule of type {kind!r}")
    if kind != "event":
        body["give"]["shipping"] = not rule.get("exclude_delivery", False)
    if "max_points" in rule:
        body["caps"] = [{"points": int(rule["max_points"]), "per": "event"}]
    if rule.get("exclusive") or rule.get("stackable") is False:
        body["stacking"] = "alone"
    if "weekdays" in rule:
        body["calendar"] = {"weekdays": list(rule["weekdays"])}
    if "order" in rule or "priority" in rule:
        body["order"] = int(rule.get("order", 1000 - int(rule.get("priority", 0))))
    return body


def _matching(rule: Mapping[str, Any], lines: list[Mapping[str, Any]]) -> frozenset[int]:
    skus = set(rule.get("skus", [])) | ({rule["sku"]} if "sku" in rule else set())
    return frozenset(
        index
        for index, line in enumerate(lines)
        if (not skus or line.get("sku") in skus)
        and _carries(line, rule.get("labels") or rule.get("included_labels"))
        and ("categories" not in rule or set(rule["categories"]) & _categories(line))
        and line.get("sku") not in rule.get("excluded_skus", [])
        and not (rule.get("excluded_labels") and _carries(line, rule["excluded_labels"]))
        and not (rule.get("exclude_delivery") and line.get("delivery"))
    )


def _carries(line: Mapping[str, Any], labels: Mapping[str, Any] | None) -> bool:
    return not labels or any(line.get("labels", {}).get(name) == value for name, value in labels.items())


def _categories(line: Mapping[str, Any]) -> set[str]:
    return set(line.get("categories", [])) | ({line["category"]} if "category" in line else set())


def _line(index: int, line: Mapping[str, Any]) -> Line:
    if set(line) - _LINE:
        raise NotUnderstoodError(f"line: {', '.join(sorted(set(line) - _LINE))}")
    quantity = int(line.get("qty", 1))
    gross = to_minor(str(line["gross"]), CURRENCY) if "gross" in line else 0
    if "unit_gross" in line:
        gross = to_minor(str(line["unit_gross"]), CURRENCY) * quantity
    net = to_minor(str(line["net"]), CURRENCY) if "net" in line else gross
    return Line(
        line_id=UUID(int=index + 1), quantity=quantity, gross_minor=gross or net, net_minor=net,
        is_shipping=bool(line.get("delivery")),
    )  # fmt: skip
