"""Earning rules of loyalty cases as bodies of our definitions, with their conditions answered for one event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tools.cases.loyalty.orders import CaseLine, labels_of
from tools.cases.loyalty.words import CURRENCY, WEEKDAYS, Said
from tools.cases.report import NotUnderstoodError
from wracam.kernel.money import to_minor
from wracam.loyalty.core.earning import Asked, Happening
from wracam.loyalty.core.rule import CapPeriod, EarningRule, read_rule

TYPES = {
    **dict.fromkeys(("per_amount", "points", "spending", "general_spending", "money", "per_money"), "per_amount"),
    **dict.fromkeys(("fixed", "per_order", "order", "bonus"), "fixed"),
    **dict.fromkeys(("product", "product_purchase", "per_line"), "product"),
    **dict.fromkeys(("per_unit", "unit", "per_product"), "per_unit"),
    **dict.fromkeys(("multiplier", "multiply", "multiply_for_product"), "multiplier"),
    **dict.fromkeys(("event", "custom_event", "action"), "event"),
    **dict.fromkeys(("table", "steps", "thresholds"), "table"),
}
ABOUT_WHOM = ("channel", "pos", "store", "segment", "tier", "level", "country", "currency")
PERIODS = {period.value: period for period in CapPeriod} | {
    "order": CapPeriod.EVENT, "transaction": CapPeriod.EVENT, "daily": CapPeriod.DAY, "weekly": CapPeriod.WEEK,
    "monthly": CapPeriod.MONTH, "quarterly": CapPeriod.QUARTER, "yearly": CapPeriod.YEAR, "total": CapPeriod.EVER,
    "lifetime": CapPeriod.EVER, "forever": CapPeriod.EVER,
}  # fmt: skip
PRIORITY_FIRST = 50_000
"""Our rules are asked in ascending order; a priority of theirs counts down from here."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One event as rules see it: what happened, the order's lines, and what is said of the customer."""

    happening: Happening
    name: str
    lines: tuple[CaseLine, ...]
    about: dict[str, str]
    has_order: bool
    member: str = ""


@dataclass(frozen=True, slots=True)
class CaseRule:
    """A rule of a case: ours, and what decides whether it takes part."""

    rule: EarningRule
    event: str
    least_minor: int | None
    counts_delivery: bool
    picks: dict[str, Any]
    about: dict[str, list[str]]

    def asked(self, one: Occurrence) -> Asked | None:
        """Return the rule with its conditions answered; None where another event triggers it."""
        if self.event != one.name:
            return None
        holds = all(one.about.get(name) in wanted for name, wanted in self.about.items())
        if self.least_minor is not None:
            value = sum(
                each.line.gross_minor for each in one.lines if self.counts_delivery or not each.line.is_shipping
            )
            holds = holds and one.has_order and value >= self.least_minor
        return Asked(rule=self.rule, is_true=holds, lines=self._lines(one.lines) if self.picks else None)

    def _lines(self, lines: Sequence[CaseLine]) -> frozenset[int]:
        return frozenset(index for index, one in enumerate(lines) if _is_picked(one, self.picks))


def read(said: Any, index: int) -> CaseRule | None:
    """Read one rule; None for one that is not in force or gives nothing."""
    rule = Said("rule", said)
    kind = TYPES.get(str(rule.take("type", "kind")))
    if kind is None:
        raise NotUnderstoodError(f"rule: the type {rule.take('type', 'kind')!r}")
    is_live = rule.flag("enabled", "active", "is_active", default=True)
    give = _gives(rule, kind)
    body: dict[str, Any] = {"give": give, **_life(rule, kind)}
    picks = _picks(rule, any_of=kind == "multiplier")
    counts_delivery = _counts_delivery(rule, picks)
    event = str(rule.take("event", "trigger", "event_name")) if kind == "event" else ""
    least = rule.take("min_order_value", "minimum_order_value", "min_amount", "min_value", "order_total_at_least")
    least_minor = to_minor(str(least), CURRENCY) if least is not None else None
    if rule.has("min_basis_minor", "min_order_minor"):
        least_minor = rule.whole("min_basis_minor", "min_order_minor")
    about = {name: list(map(str, rule.items(name))) for name in ABOUT_WHOM if name in rule}
    if kind == "event":
        body["when"] = "custom.happened"
    elif give is not None:
        give["shipping"] = counts_delivery
    key = str(rule.take("id", "key", default=index))
    rule.take("title", "priority")
    rule.finish()
    if not is_live or give is None:
        return None
    ours, problems = read_rule(body, key=f"rule_{index}:{key}")
    if problems:
        raise NotUnderstoodError("rule: " + "; ".join(f"{one.path}: {one.message.en}" for one in problems))
    return CaseRule(ours, event, least_minor, counts_delivery, picks, about)


def _gives(rule: Said, kind: str) -> dict[str, Any] | None:
    """Return what our rule gives; None for nothing (no points, or an amount that is never full)."""
    if kind == "multiplier":
        return {"kind": "multiplier", "factor": str(rule.number("multiplier", "factor", "times"))}
    if kind == "table":
        return {"kind": "table", "rows": [_row(Said("row", row)) for row in rule.items("rows", "steps", "table")]}
    if kind == "per_amount":
        return _per_amount(rule)
    points = rule.whole("points", "points_amount", "amount")
    for_each = {"product": "line", "per_unit": "unit"}.get(kind, str(rule.take("for_each", default="event")))
    return {"kind": "fixed", "points": points, "for_each": for_each} if points > 0 else None


def _row(said: Said) -> dict[str, Any]:
    row = {"from": str(said.number("from", "min")), "points": said.whole("points")}
    said.finish()
    return row


def _per_amount(rule: Said) -> dict[str, Any] | None:
    basis = {"of": str(rule.take("of", "basis"))} if rule.has("of", "basis") else {}
    if rule.has("points_per_unit_of_money", "points_per_unit", "rate"):
        rate = Fraction(rule.number("points_per_unit_of_money", "points_per_unit", "rate"))
        if rate <= 0:
            return None
        return {
            "kind": "per_amount",
            "points": rate.numerator,
            "per": str(rate.denominator),
            "counts": "exact",
            **basis,
        }
    points = rule.whole("points", default=1)
    per = rule.number("per", "per_amount", "per_money", default=1)
    if rule.has("per_minor"):
        per = Decimal(rule.whole("per_minor")) / 100
    counts = str(rule.take("counts", default="full"))
    return (
        {"kind": "per_amount", "points": points, "per": str(per), "counts": counts, **basis}
        if points > 0 < per
        else None
    )


def _life(rule: Said, kind: str) -> dict[str, Any]:
    """Return when and beside which others our rule holds."""
    body: dict[str, Any] = {}
    if calendar := _calendar(rule):
        body["calendar"] = calendar
    group = rule.take("group", "exclusive_group")
    if group is not None:
        body |= {"stacking": "best_of_group", "group": str(group)}
    if kind == "event":
        body |= {"stacking": "best_of_group", "group": "event"}
    if rule.flag("exclusive"):
        body["stacking"] = "alone"
    if not rule.flag("stackable", default=True):
        body["stacking"] = "alone_of_kind"
    if rule.has("order"):
        body["order"] = rule.whole("order")
    elif rule.has("priority"):
        body["order"] = PRIORITY_FIRST - rule.whole("priority")
    elif not rule.flag("stackable", default=True):
        body["order"] = PRIORITY_FIRST
    if caps := _caps(rule, int(rule.number("points", default=0)) if kind in ("event", "fixed") else 0):
        body["caps"] = caps
    return body


def _calendar(rule: Said) -> dict[str, Any]:
    days = [_weekday(day) for day in rule.items("weekdays", "days", "days_of_week", "day_of_week")]
    hours = rule.items("hours")
    found: dict[str, Any] = {"weekdays": days} if days else {}
    if rule.has("weekdays", "days", "days_of_week", "day_of_week") and not days:
        raise NotUnderstoodError("rule: no weekday at all")
    if hours:
        found |= {"from_hour": int(hours[0]), "to_hour": int(hours[1])}
    for ours, names in (
        ("starts_at", ("starts_at", "from", "start", "starts")),
        ("ends_at", ("ends_at", "to", "end", "until", "ends")),
    ):
        if at := rule.moment(*names):
            found[ours] = at.isoformat()
    return found


def _weekday(day: Any) -> int:
    if isinstance(day, int) and 1 <= day <= 7:
        return day
    short = str(day).lower()[:3]
    if short in WEEKDAYS:
        return WEEKDAYS.index(short) + 1
    raise NotUnderstoodError(f"rule: the weekday {day!r}")


def _caps(rule: Said, each: int) -> list[dict[str, Any]]:
    """Return limits as caps of points: of an event, of a period, or so many times per period."""
    caps: list[dict[str, Any]] = []
    if rule.has("max_points", "cap", "max_points_per_order"):
        caps.append({"points": rule.whole("max_points", "cap", "max_points_per_order"), "per": "event"})
    for said in rule.items("limit", "limits", "caps"):
        if not isinstance(said, dict):
            caps.append({"points": int(said), "per": "event"})
            continue
        limit = Said("limit", said)
        per = str(limit.take("per", "period", "interval", default="ever")).removeprefix("per_")
        if per not in PERIODS:
            raise NotUnderstoodError(f"limit: the period {per!r}")
        times = limit.take("times", "count", "usages")
        if times is not None and not each:
            raise NotUnderstoodError("limit: so many times, of a rule without a fixed number of points")
        points = int(times) * each if times is not None else limit.whole("points", "max")
        budget = limit.flag("budget", "program")
        limit.finish()
        caps.append({"points": points, "per": PERIODS[per].value, **({"budget": True} if budget else {})})
    return caps


def _picks(rule: Said, *, any_of: bool) -> dict[str, Any]:
    """Return which lines count; a multiplier multiplies lines of its SKUs and those with its labels."""
    found: dict[str, Any] = {
        "skus": frozenset(map(str, rule.items("skus", "sku", "products"))),
        "labels": labels_of(rule.take("labels", "included_labels", "label", default={})),
        "categories": frozenset(map(str, rule.items("categories", "category", "taxons", "collections"))),
        "not_skus": frozenset(
            map(str, rule.items("excluded_skus", "exclude_skus", "excluded_sku", "excluded_products"))
        ),
        "not_labels": labels_of(rule.take("excluded_labels", "exclude_labels", "excluded_label", default={})),
        "not_categories": frozenset(map(str, rule.items("excluded_categories", "exclude_categories"))),
    }
    found = {name: value for name, value in found.items() if value}
    return found | ({"any_of": True} if any_of and found else {})


def _counts_delivery(rule: Said, picks: dict[str, Any]) -> bool:
    if rule.has("exclude_delivery", "exclude_delivery_cost", "exclude_shipping", "without_delivery"):
        return not rule.flag("exclude_delivery", "exclude_delivery_cost", "exclude_shipping", "without_delivery")
    return rule.flag("include_delivery", "delivery_counts", "shipping", default=True)


def _is_picked(one: CaseLine, picks: dict[str, Any]) -> bool:
    if one.sku in picks.get("not_skus", ()) or one.labels & picks.get("not_labels", frozenset()):
        return False
    if one.categories & picks.get("not_categories", frozenset()):
        return False
    fits = [
        one.sku in picks["skus"] if "skus" in picks else None,
        bool(one.labels & picks["labels"]) if "labels" in picks else None,
        bool(one.categories & picks["categories"]) if "categories" in picks else None,
    ]
    asked = [fit for fit in fits if fit is not None]
    return not asked or (any(asked) if picks.get("any_of") else all(asked))
