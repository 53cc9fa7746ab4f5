"""Promotions in words: what is said is what the body means."""

from __future__ import annotations

from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from wracam.kernel.language import Language
from wracam.promotions.core.body import read_promotion
from wracam.promotions.core.words import promotion_sentence

from .garden import FREE_DELIVERY, TEN_OFF

WARSAW = ZoneInfo("Europe/Warsaw")
LANGUAGES: tuple[Language, ...] = get_args(Language)
SEEDS = {"effects": [{"kind": "nth_unit", "group": 2, "percent": "50", "same_product": True,
                      "units": {"categories": ["Nasiona"]}}],
         "starts_at": "2026-05-01T00:00:00+02:00", "ends_at": "2026-05-31T00:00:00+02:00"}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "pl", "en"),
    [
        (
            SEEDS,
            "Drugi taki sam produkt z kategorii Nasiona 50% taniej, od 1 do 30 maja 2026.",
            "Second of the same product from Nasiona at 50% off, from 1 to 30 May 2026.",
        ),
        (
            FREE_DELIVERY,
            "Darmowa dostawa, przy zakupach od 100,00\u00a0zł.",
            "Free delivery, for orders from PLN\u00a0100.00.",
        ),
        (
            {**TEN_OFF, "codes": {"campaigns": ["wiosna"]}, "limits": [{"uses": 1, "for": "customer"}]},
            "10,00\u00a0zł taniej za całe zakupy, z kodem (wiosna), najwyżej 1 raz na klienta.",
            "PLN\u00a010.00 off the whole order, with a code (wiosna), at most once per customer.",
        ),
        (
            {
                "effects": [
                    {"kind": "set_price", "on": "shipping", "price": "4.99"},
                    {"kind": "set_price", "on": "order", "price": "50"},
                ]
            },
            "Dostawa za 4,99\u00a0zł i całe zakupy za 50,00\u00a0zł.",
            "Delivery for PLN\u00a04.99 and the whole order for PLN\u00a050.00.",
        ),
        (
            {
                "effects": [
                    {
                        "kind": "set_price",
                        "limit": 3,
                        "limit_per": "line",
                        "units": {"skus": ["NAS-1"]},
                        "steps": [{"from": 2, "price": "9"}, {"from": 10, "price": "8"}],
                    }
                ]
            },
            "NAS-1 od 2\u00a0sztuk po 9,00\u00a0zł, od 10\u00a0sztuk po 8,00\u00a0zł, najwyżej 3\u00a0sztuki każdego produktu.",
            "NAS-1 from 2\u00a0units at PLN\u00a09.00 each, from 10\u00a0units at PLN\u00a08.00 each, at most 3\u00a0units of each product.",
        ),
        (
            {
                "effects": [
                    {"kind": "nth_unit", "group": 6, "reduced": 2, "pick": "cheapest"},
                    {"kind": "bundle", "amount": "3", "parts": [{"quantity": 2}]},
                ]
            },
            "Z każdych 6 sztuk 2 gratis, najtańsze ze wszystkich i zestaw 2\u00a0sztuki dowolne 3,00\u00a0zł taniej.",
            "Of every 6 units, 2 free, the cheapest of all and set of 2\u00a0units of anything at PLN\u00a03.00 off.",
        ),
        (
            {
                "effects": [
                    {"kind": "gift", "options": [{"sku": "G-1"}], "per": 3, "units": {"categories": ["Nasiona"]}},
                    {"kind": "amount", "amount": "50", "is_amount_gross": True},
                ]
            },
            "Gratis G-1 za każde 3\u00a0sztuki z kategorii Nasiona i 50,00\u00a0zł brutto taniej za całe zakupy.",
            "Free gift G-1 for every 3\u00a0units from Nasiona and PLN\u00a050.00 incl. VAT off the whole order.",
        ),
        (
            {"effects": [{"kind": "percent", "percent": "10", "skip": 1, "limit_per": "line"}]},
            "10% taniej na wszystko od drugiej sztuki każdego produktu.",
            "10% off on everything from the second unit of each product on.",
        ),
        (
            {
                "effects": [
                    {
                        "kind": "percent",
                        "steps": [{"from": 3, "percent": "5"}, {"from": 6, "percent": "9"}],
                        "steps_per": "line",
                    }
                ],
                "needs": [{"measure": "discounted_total", "at_most": "200"}],
            },
            "Od 3\u00a0sztuk jednego produktu 5%, od 6\u00a0sztuk 9% taniej na wszystko, "
            "przy zakupach do 200,00\u00a0zł po rabatach.",
            "From 3\u00a0units of one product 5%, from 6\u00a0units 9% off on everything, "
            "for orders up to PLN\u00a0200.00 after discounts.",
        ),
        (
            {
                "effects": [
                    {"kind": "percent", "percent": "100", "on": "shipping", "names": ["inpost", "dpd"]},
                    {"kind": "percent", "percent": "100", "on": "fees"},
                    {"kind": "amount", "amount": "2", "on": "fees", "names": ["pakowanie"]},
                    {"kind": "set_price", "price": "9", "on": "shipping", "names": ["dpd"]},
                ]
            },
            "Darmowa dostawa (dpd lub inpost) i bez opłat i opłaty (pakowanie) niższe o 2,00\u00a0zł "
            "i dostawa (dpd) za 9,00\u00a0zł.",
            "Free delivery (dpd or inpost) and no fees and PLN\u00a02.00 off fees (pakowanie) "
            "and delivery (dpd) for PLN\u00a09.00.",
        ),
        (
            {
                "effects": [
                    {"kind": "amount", "amount": "10", "every": "100", "steps_by": "value", "times": 5},
                    {"kind": "percent", "percent": "2", "every": 3, "units": {"skus": ["A"]}},
                ]
            },
            "10,00\u00a0zł taniej za całe zakupy, za każde 100,00\u00a0zł (najwyżej 5\u00a0razy w koszyku) i 2% taniej na A, "
            "za każde 3\u00a0sztuki.",
            "PLN\u00a010.00 off the whole order, for every PLN\u00a0100.00 (at most 5\u00a0times a cart) and 2% off on A, "
            "for every 3\u00a0units.",
        ),
        (
            {"effects": [{"kind": "percent", "percent": "33.3330", "on": "order"}]},
            "33,333% taniej za całe zakupy.",
            "33.333% off the whole order.",
        ),
    ],
)
def test_a_promotion_is_said_in_a_sentence(body, pl, en):
    promotion = read_promotion(body, currency="PLN")[0]

    assert [promotion_sentence(promotion, language, WARSAW) for language in LANGUAGES] == [pl, en]


def test_everything_wrong_is_said_with_its_place():
    body = {
        "effects": [
            {"kind": "percent", "percent": "120"},
            {"kind": "gift"},
            {"kind": "magic"},
            {"kind": "percent", "percent": "3.14159"},
            {"kind": "percent", "on": "order", "steps_per": "line", "percent": "3"},
            {"kind": "percent", "names": ["dpd"], "percent": "3"},
        ],
        "needs": [{"measure": "quantity", "at_least": "many"}],
        "starts_at": "2026-05-02T00:00:00+02:00",
        "ends_at": "2026-05-01T00:00:00+02:00",
        "limits": [{"uses": 0}],
        "surprise": 1,
    }

    _, problems = read_promotion(body)

    assert {problem.path for problem in problems} >= {
        "effects[0].percent", "effects[1].options", "effects[2].kind", "effects[3].percent", "effects[4].steps_per", "effects[5].names",
        "needs[0].at_least", "ends_at",
        "limits[0].uses", "surprise",
    }  # fmt: skip


@pytest.mark.parametrize(
    "body", [{}, {"effects": 1}, {"effects": [1]}, {"needs": {"a": 1}}, {"codes": []}, {"title": 3}]
)
def test_no_json_breaks_the_reader(body):
    assert read_promotion(body)[1]
