"""Conditions and verdicts in words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from wracam.kernel.money import Money
from wracam.rules import queries
from wracam.rules.tests.vocabulary import ANIA, NOW

HERBS = {"attribute": "purchase.categories", "is": "has_any", "value": ["herbs"]}


def plain(text):
    """Ordinary spaces for the no-break ones, for tests that read well."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def leaf(attribute, operator, value=None):
    return {"attribute": attribute, "is": operator} | ({} if value is None else {"value": value})


@pytest.mark.parametrize(
    ("condition", "pl", "en"),
    [
        ({"all": []}, "zawsze", "always"),
        (
            leaf("order.total", "at_least", "1234.5"),
            "wartość zamówienia wynosi co najmniej 1 234,50 zł",
            "order value is at least PLN 1,234.50",
        ),
        (
            leaf("order.total", "between", ["10", "20"]),
            "wartość zamówienia wynosi od 10,00 zł do 20,00 zł",
            "order value is between PLN 10.00 and PLN 20.00",
        ),
        (
            leaf("order.total", "at_least", {"amount": "10", "currency": "EUR"}),
            "wartość zamówienia wynosi co najmniej 10,00 €",
            "order value is at least €10.00",
        ),
        (leaf("customer.city", "equals", "Łódź"), "miasto to „Łódź”", "city is “Łódź”"),
        (leaf("customer.city", "is_one_of", ["A", "B", "C"]), "miasto to „A”, „B” lub „C”", "city is “A”, “B” or “C”"),
        (leaf("customer.city", "is_not_one_of", ["A", "B"]), "miasto to ani „A”, ani „B”", "city is neither “A” nor “B”"),
        (leaf("customer.city", "is_not_one_of", ["A"]), "miasto to nie „A”", "city is not “A”"),
        (leaf("customer.city", "is_unknown"), "brak informacji: miasto", "city is not known"),
        (leaf("customer.tier", "equals", "gold"), "poziom to Złoty", "tier is Gold"),
        (leaf("customer.is_guest", "equals", True), "klient kupuje jako gość", "the customer is a guest"),
        (leaf("customer.is_guest", "equals", False), "klient ma konto", "the customer has an account"),
        (leaf("customer.tags", "has_all", ["a", "b"]), "etykiety: „a” i „b”", "tags: “a” and “b”"),
        (leaf("customer.tags", "has_none", ["a"]), "etykiety: bez „a”", "tags: without “a”"),
        (leaf("customer.born_on", "month", [9, 5]), "data urodzenia przypada w maju lub we wrześniu", "birthday is in May or in September"),
        (leaf("clock.now", "weekday", ["tuesday", "sunday"]), "chwila decyzji przypada we wtorek lub w niedzielę", "the moment of the decision is on Tuesday or on Sunday"),
        (leaf("clock.now", "time_of_day", ["18:00", "22:00"]), "chwila decyzji przypada między 18:00 a 22:00", "the moment of the decision is between 18:00 and 22:00"),
        (leaf("customer.seen_at", "within_last", {"days": 1}), "ostatnia wizyta przypada w ciągu ostatniego dnia", "last visit is within the last day"),
        (leaf("customer.seen_at", "not_within_last", {"months": 6}), "ostatnia wizyta nie przypada w ciągu ostatnich 6 miesięcy", "last visit is not within the last 6 months"),
        (leaf("customer.born_on", "anniversary_within", {"days": 7}), "data urodzenia: rocznica w ciągu najbliższych 7 dni", "birthday: anniversary within the next 7 days"),
        (leaf("customer.born_on", "on", "2026-11-22"), "data urodzenia przypada w dniu 22 lis 2026", "birthday is on 22 Nov 2026"),
        (
            {"sum": "customer.purchases", "of": "purchase.total", "where": HERBS, "within_days": 365, "is": "at_least", "value": 500},
            "suma pola „wartość zakupu” (zakupy (kategorie: „herbs”) w ciągu ostatnich 365 dni) wynosi co najmniej 500,00 zł",
            "the sum of “value” (purchases (categories: “herbs”) within the last 365 days) is at least PLN 500.00",
        ),
        ({"lines": {"any": leaf("line.sku", "equals", "pot")}}, "co najmniej 1 pozycja (SKU to „pot”)", "at least 1 line (SKU is “pot”)"),
        ({"lines": {"all": leaf("line.sku", "equals", "pot")}}, "wszystkie pozycje: SKU to „pot”", "all lines: SKU is “pot”"),
        ({"lines": {"none": leaf("line.sku", "equals", "pot")}}, "brak pozycji (SKU to „pot”)", "no lines (SKU is “pot”)"),
        (
            {"all": [leaf("customer.tier", "equals", "gold"), {"any": [leaf("customer.orders", "equals", 1), leaf("customer.orders", "more_than", 5)]}]},
            "poziom to Złoty i (liczba zamówień wynosi 1 lub liczba zamówień wynosi więcej niż 5)",
            "tier is Gold and (number of orders is 1 or number of orders is more than 5)",
        ),
        ({"none": [leaf("customer.tier", "equals", "gold")]}, "nieprawda, że poziom to Złoty", "it is not true that tier is Gold"),
    ],
)  # fmt: skip
def test_conditions_are_said_in_both_languages(condition, pl, en):
    assert plain(queries.sentence(condition, "pl", "PLN")) == pl
    assert plain(queries.sentence(condition, "en", "PLN")) == en


@pytest.mark.parametrize(
    ("operator", "value", "pl"),
    [
        ("at_least", 1, "co najmniej 1 zakup"),
        ("at_least", 3, "co najmniej 3 zakupy"),
        ("at_least", 5, "co najmniej 5 zakupów"),
        ("more_than", 12, "więcej niż 12 zakupów"),
        ("less_than", 22, "mniej niż 22 zakupy"),
        ("equals", "1.5", "dokładnie 1,5 zakupu"),
        ("equals", 0, "brak zakupów"),
        ("between", [2, 4], "od 2 do 4 zakupów"),
    ],
)
def test_counts_agree_with_their_polish_noun(operator, value, pl):
    condition = {"count": "customer.purchases", "within_days": 90, "is": operator, "value": value}

    assert plain(queries.sentence(condition, "pl")) == f"{pl} w ciągu ostatnich 90 dni"


def test_an_explanation_shows_what_was_required_and_what_was_found():
    condition = {
        "all": [
            leaf("customer.spent", "at_least", "2000"),
            leaf("customer.note", "contains", "x"),
            leaf("customer.seen_at", "within_last", {"days": 7}),
            {"count": "customer.purchases", "is": "at_least", "value": 3},
        ]
    }
    facts = {**ANIA, "customer.purchases": [{"purchase.total": Money(1, "PLN")}] * 2, "shop.time_zone": "Europe/Warsaw"}

    lines = [plain(each.line) for each in queries.explain(condition, facts, NOW, "pl", "PLN")]

    assert lines == [
        "suma zakupów wynosi co najmniej 2 000,00 zł: nie (1 234,50 zł)",
        "notatka zawiera „x”: nie wiadomo (brak danych)",
        "ostatnia wizyta przypada w ciągu ostatnich 7 dni: tak (19 lis 2026, 14:05)",
        "co najmniej 3 zakupy: nie (2 zakupy)",
    ]
    english = queries.explain(condition, facts, NOW, "en", "PLN")
    assert [(each.path, each.truth) for each in english] == [
        ("all[0]", False),
        ("all[1]", None),
        ("all[2]", True),
        ("all[3]", False),
    ]
    assert plain(english[3].line) == "at least 3 purchases: no (2 purchases)"


def test_a_fact_in_the_time_zone_of_the_shop_is_shown_in_it():
    facts = {"customer.seen_at": NOW, "shop.time_zone": "Asia/Tokyo"}

    [found] = queries.explain(leaf("customer.seen_at", "is_known"), facts, NOW, "en")

    assert ZoneInfo("Asia/Tokyo")
    assert found.measured == "22 Nov 2026, 22:05"
