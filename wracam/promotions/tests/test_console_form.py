"""The promotion form says what the body says: every kind of effect survives the way to the controls and back."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from wracam.promotions.console import form, form_values
from wracam.promotions.core.body import read_promotion

WARSAW = ZoneInfo("Europe/Warsaw")
UNITS = {"categories": ["Nasiona", "Zioła"], "not_skus": ["A-1"], "price_from": "5.00", "reduced": "not"}
EFFECTS: list[dict[str, Any]] = [
    {"kind": "percent", "percent": "12.5", "units": UNITS, "limit": 3, "cap": "20.00", "line_cap": "5.00"},
    {"kind": "percent", "on": "order", "steps": [{"from": "100", "percent": "5"}, {"from": "200", "percent": "10"}],
     "steps_by": "value"},
    {"kind": "percent", "percent": "30", "limit": 1, "pick": "cheapest", "cap": "9.00", "is_cap_gross": True},
    {"kind": "amount", "amount": "10.00"},
    {"kind": "amount", "on": "products", "amount": "2.00", "each": "line", "split_by": "quantity"},
    {"kind": "amount", "on": "shipping", "steps": [{"from": 3, "amount": "5"}]},
    {"kind": "set_price", "price": "9.90", "units": {"skus": ["B-2"]}},
    {"kind": "nth_unit", "group": 3, "reduced": 1, "percent": "100", "times": 2, "same_product": True},
    {"kind": "nth_unit", "group": 2, "price": "1.00"},
    {"kind": "buy_get", "buy": {"categories": ["Nasiona"]}, "buy_quantity": 2, "get": {"categories": ["Doniczki"]},
     "get_quantity": 1, "percent": "50", "pick": "dearest"},
    {"kind": "bundle", "price": "24.00", "parts": [{"quantity": 3, "units": {"categories": ["Zioła"]}}]},
    {"kind": "bundle", "percent": "15", "parts": [{"quantity": 1, "units": {"skus": ["A"]}}, {"quantity": 2}]},
    {"kind": "gift", "options": [{"sku": "G-1", "value": "4.99", "stock": 20}, {"sku": "G-2"}], "quantity": 1,
     "picked": True},
    {"kind": "points", "multiplier": "2", "units": {"categories": ["Cebulki"]}},
    {"kind": "reward", "reward": "darmowa_dostawa", "quantity": 1, "value": "12.99"},
    {"kind": "set_price", "steps": [{"from": 2, "price": "9"}, {"from": 10, "price": "8"}], "limit": 12},
    {"kind": "percent", "steps": [{"from": 3, "percent": "12.345"}], "steps_per": "line"},
    {"kind": "percent", "on": "shipping", "percent": "100", "names": ["inpost", "dpd"]},
    {"kind": "amount", "amount": "10", "every": "100", "steps_by": "value", "times": 5},
    {"kind": "percent", "percent": "2", "every": 3},
    {"kind": "amount", "on": "fees", "amount": "5", "each": "line", "names": ["packing"]},
    {"kind": "set_price", "on": "shipping", "price": "4.99"},
    {"kind": "percent", "percent": "30", "limit": 2, "skip": 1, "limit_per": "line"},
    {"kind": "nth_unit", "group": 3, "amount": "5.00", "pick": "cheapest"},
    {"kind": "buy_get", "amount": "10.00"},
    {"kind": "amount", "amount": "50.00", "is_amount_gross": True},
    {"kind": "gift", "options": [{"sku": "G-1"}], "per": 3, "times": 2, "units": {"categories": ["Nasiona"]}},
    {"kind": "bundle", "amount": "3.00", "pick": "cheapest", "parts": [{"quantity": 2}]},
]  # fmt: skip
BODY: dict[str, Any] = {
    "title": {"pl": "Wiosna", "en": "Spring"},
    "starts_at": "2026-05-01T00:00:00+02:00",
    "ends_at": "2026-12-01T09:30:00+01:00",
    "audience": {"all": [{"attribute": "customer.city", "is": "equals", "value": "Kraków"}]},
    "if": {"all": [{"attribute": "cart.country", "is": "equals", "value": "PL"}]},
    "needs": [
        {"measure": "items_total", "at_least": "100.00", "of": {"categories": ["Nasiona"]}},
        {"measure": "quantity", "more_than": 2},
        {"measure": "items_total_net", "at_most": "900.00"},
        {"measure": "shipping_method", "one_of": ["inpost", "dpd"]},
    ],
    "stacking": {"group": "wiosna", "excludes": ["inna"]},
    "priority": 5,
    "choice": "priority",
    "limits": [{"uses": 1, "per": "day", "for": "customer"}, {"uses": 500}],
    "budget": {"amount": "2000.00", "last": "part", "alerts": [50, 90]},
    "codes": {"campaigns": ["zielen"]},
    "channels": ["web", "app"],
    "cap": "50.00",
    "shops": ["zielnik"],
}


def posted(body: dict[str, Any], language: Any) -> QueryDict:
    """What a browser sends when the form is shown for *body* and submitted untouched."""
    values = form_values.values_of(body, language, WARSAW)
    query = QueryDict(mutable=True)

    def put(name: str, value: Any) -> None:
        query[name] = "" if value is None else str(value)

    for name in ("title_pl", "title_en", "starts_at", "ends_at", "channels", "stacking", "group", "priority", "choice", "cap"):  # fmt: skip
        put(name, values[name])
    for name in ("audience", "if"):
        put(name, json.dumps(values[name] or {"all": []}))
    put("budget-amount", values["budget_amount"])
    put("budget-last", values["budget_last"])
    put("budget-alerts", values["budget_alerts"])
    query.setlist("campaign", values["campaigns"])
    query.setlist("excludes", values["excludes"])
    for effect in values["effects"]:
        put(f"{effect['id']}-kind", effect["kind"])
        for names in form.EFFECT_FIELDS.values():
            for name in names:
                if name not in form.FLAGS or effect.get(name):
                    put(f"{effect['id']}-{name}", effect.get(name, ""))
        put(f"{effect['id']}-{form.PRICE_ON}", effect.get("on", ""))
        for name in ("units", "buy", "get"):
            _put_filter(put, effect[name])
        for part in effect["parts"]:
            put(f"{part['id']}-quantity", part["quantity"])
            _put_filter(put, part["units"])
    for need in values["needs"]:
        for name in ("measure", "is", "value", "one_of"):
            put(f"{need['id']}-{name}", need[name])
        _put_filter(put, need["of"])
    for limit in values["limits"]:
        for name in ("uses", "per", "for"):
            put(f"{limit['id']}-{name}", limit[name])
    return query


def _put_filter(put: Any, units: dict[str, Any]) -> None:
    for name in (*form.FILTER_LISTS, *form.FILTER_AMOUNTS, "reduced"):
        put(f"{units['id']}-{name}", units[name])


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect["kind"])
def test_a_form_that_nobody_touched_changes_nothing(effect, language):
    body = {**BODY, "effects": [effect]}
    assert read_promotion(body)[1] == []

    assert form.body_of(posted(body, language), body, WARSAW) == body


def test_amounts_are_read_however_they_are_typed():
    query = QueryDict("e0-kind=amount&e0-amount=1 250,50 zł&n0-measure=items_total&n0-value=99,90&n0-is=at_least")

    body = form.body_of(query, {}, WARSAW)

    assert body["effects"] == [{"kind": "amount", "amount": "1250.50"}]
    assert body["needs"] == [{"measure": "items_total", "at_least": "99.90"}]


def test_another_kind_leaves_nothing_of_the_first_behind():
    query = QueryDict("e0-kind=points&e0-multiplier=3&e0-percent=10&e0-on=order")

    assert form.body_of(query, {"effects": [EFFECTS[0]]}, WARSAW)["effects"] == [{"kind": "points", "multiplier": "3"}]


def test_rows_are_added_and_removed_by_their_place():
    body = {"effects": [EFFECTS[10]], "needs": [{"measure": "quantity", "at_least": 2}]}

    more = form.changed_rows(body, {"add": "effects.0.parts"})
    less = form.changed_rows(more, {"remove": "effects.0.parts.0"})

    assert len(more["effects"][0]["parts"]) == 2
    assert less["effects"][0]["parts"] == [form.NEW_PART]
    assert "needs" not in form.changed_rows(body, {"remove": "needs.0"})
    assert len(form.changed_rows(body, {"add": "limits"})["limits"]) == 1
    assert form.changed_rows(body, {"remove": "effects.7", "add": "nonsense"}) == body


@pytest.mark.parametrize(
    ("path", "control"),
    [
        ("effects[0].percent", "e0-percent"),
        ("effects[1].units.skus", "e1-units-skus"),
        ("effects[1].parts[2].quantity", "e1-p2-quantity"),
        ("effects[1].parts[2].units.price_to", "e1-p2-units-price_to"),
        ("effects[0].steps[1].from", "e0-steps"),
        ("effects[0].options[0].sku", "e0-options"),
        ("effects[3].kind", "e3-kind"),
        ("effects", "add-effects"),
        ("needs[0].at_least", "n0-value"),
        ("needs[0].of.skus", "n0-of-skus"),
        ("limits[1].uses", "l1-uses"),
        ("budget.amount", "budget-amount"),
        ("codes.campaigns", "campaigns"),
        ("ends_at", "ends_at"),
        ("if.all[0].value", "if"),
    ],
)
def test_a_problem_is_shown_at_the_control_that_says_it(path, control):
    assert form_values.control_of(path) == control


def test_a_moment_is_the_shops_time_also_when_clocks_change():
    summer = form.body_of(QueryDict("starts_at=2026-07-01T08:00"), {}, WARSAW)
    winter = form.body_of(QueryDict("starts_at=2026-12-01T08:00"), {}, WARSAW)

    assert summer["starts_at"] == "2026-07-01T08:00:00+02:00"
    assert winter["starts_at"] == "2026-12-01T08:00:00+01:00"
    assert form.body_of(QueryDict("starts_at=soon"), {}, WARSAW)["starts_at"] == "soon"
