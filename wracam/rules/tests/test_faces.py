"""The sentence editor: what it offers, what it says while somebody edits, and its work in a real browser."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from wracam.rules import queries
from wracam.rules.contracts import Subject

CONDITION = {
    "all": [
        {"attribute": "order.total", "is": "at_least", "value": "100.5"},
        {"any": [{"attribute": "customer.tier", "is": "equals", "value": "gold"}]},
        {"count": "customer.purchases", "within_days": 90, "is": "at_least", "value": 3},
        {"lines": {"any": {"attribute": "line.sku", "is": "equals", "value": "<b>&"}}},
    ]
}
SUBJECTS = "customer,order"


def rendered(condition, language="pl"):
    source = '{% include "rules/condition_editor.html" with name="condition" condition=condition subjects=subjects currency="PLN" %}'
    request = RequestFactory().get("/")
    with translation.override(language):
        return Template(source).render(Context({"condition": condition, "subjects": SUBJECTS, "request": request}))


def test_the_editor_reads_as_a_sentence_without_javascript():
    html = rendered(CONDITION)

    assert "wartość zamówienia wynosi co najmniej" in html
    assert "poziom to Złoty" in html
    assert "<b>" not in html


def test_the_form_offers_each_attribute_with_operators_and_choices():
    options = queries.form_options({Subject.CUSTOMER}, "en")

    tier = next(item for item in options["attributes"] if item["name"] == "customer.tier")
    assert tier["choices"] == [{"value": "silver", "title": "Silver"}, {"value": "gold", "title": "Gold"}]
    assert options["types"]["choice"] == [
        "equals", "not_equals", "is_one_of", "is_not_one_of", "is_known", "is_unknown",
    ]  # fmt: skip
    assert [item["name"] for item in options["collections"]] == ["customer.purchases"]
    assert not any(item["name"].startswith("order.") for item in options["attributes"])
    assert {item["name"]: item["fields"] for item in options["collections"][0]["hows"]}["sum"] == [
        "purchase.total",
        "purchase.quantity",
    ]
    assert json.loads(json.dumps(options)) == options


@pytest.fixture
def page(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


def opened(page, condition, language="pl"):
    """Show the editor on a page of its own; the server's preview answers nothing."""
    page.route("**/console/rules/preview", lambda route: route.fulfill(json={"sentence": "said", "problems": []}))
    page.route("**/*.css", lambda route: route.fulfill(body=static("condition-editor.css"), content_type="text/css"))
    page.route(
        "**/*.js", lambda route: route.fulfill(body=static("condition-editor.js"), content_type="text/javascript")
    )
    html = f"<!doctype html><html lang={language}><title>x</title><main>{rendered(condition, language)}</main>"
    page.route("http://zielnik.test/", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("http://zielnik.test/")
    page.wait_for_selector(".condition-row")
    return errors


def static(name):
    return files("wracam.rules").joinpath("static", "rules", name).read_text("utf-8")


def edited(page):
    return json.loads(page.eval_on_selector("[data-condition]", "field => field.value"))


@pytest.mark.browser
def test_a_person_edits_a_condition_with_selects_and_inputs(page):
    errors = opened(page, CONDITION)

    assert edited(page) == CONDITION
    page.get_by_label("Wartość", exact=True).first.fill("1 250,75")
    page.locator('[data-path="all[1].any[0]"] [data-operator]').select_option("is_one_of")
    page.locator('[data-path="all[1].any[0]"]').get_by_label("Srebrny").check()
    page.locator('[data-path="all[2]"]').get_by_role("button", name="Zawęź").click()
    page.locator('[data-path="all[3]"]').get_by_role("button", name="Usuń").last.click()
    page.get_by_role("button", name="Dodaj warunek").last.click()
    page.locator('[data-path="all[3]"] select').first.select_option("customer.born_on")

    assert errors == []
    result = edited(page)
    assert result["all"][0]["value"] == "1250.75"
    assert result["all"][1] == {"any": [{"attribute": "customer.tier", "is": "is_one_of", "value": ["silver"]}]}
    assert result["all"][2]["where"]["all"][0]["attribute"] == "purchase.total"
    assert result["all"][3] == {"attribute": "customer.born_on", "is": "within_last", "value": {"days": 30}}
    assert queries.validate_condition(result, {"customer", "order"}) == []
    page.wait_for_function("document.querySelector('.condition-sentence').textContent === 'said'")


@pytest.mark.browser
def test_every_offered_question_starts_as_a_sound_condition(page):
    errors = opened(page, {"all": [{"attribute": "customer.orders", "is": "at_least", "value": 1}]}, "en")
    choice = page.locator('[data-path="all[0]"] select').first
    offered = choice.evaluate("select => [...select.options].map(option => option.value)")

    for value in offered:
        page.locator('[data-path="all[0]"] select').first.select_option(value)
        problems = queries.validate_condition(edited(page), {"customer", "order"})
        codes = {problem.code for problem in problems}
        assert codes <= {"value.text", "value.list", "value.date", "value.choice"}, (value, edited(page), problems)

    assert errors == []
    assert len(offered) > 20


@pytest.mark.browser
def test_the_editor_is_accessible(page):
    from axe_playwright_python.sync_playwright import Axe

    opened(page, CONDITION)

    violations = Axe().run(page, context=".condition-editor").response["violations"]
    assert [violation["id"] for violation in violations] == []
