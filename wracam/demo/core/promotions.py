"""What zielnik gives in the cart: the promotions and the code that its storefront shows."""

from __future__ import annotations

from wracam.demo.core.programme import Decision

DECISIONS = (
    Decision(
        after_days=0,
        kind="promotion",
        key="darmowa_dostawa",
        name="Darmowa dostawa od 149 zł",
        body={
            "title": {"pl": "Darmowa dostawa od 149 zł", "en": "Free delivery from PLN 149"},
            "needs": [{"measure": "items_total", "at_least": "149.00"}],
            "effects": [{"kind": "percent", "on": "shipping", "percent": "100"}],
        },
        note="Jak dotąd w sklepie.",
    ),
    Decision(
        after_days=0,
        kind="promotion",
        key="druga_doniczka",
        name="Druga doniczka za pół ceny",
        body={
            "title": {"pl": "Druga doniczka za pół ceny", "en": "The second pot at half price"},
            "effects": [
                {"kind": "nth_unit", "group": 2, "percent": "50", "units": {"categories": ["Doniczki i osłonki"]}}
            ],
        },
        note="Tańsza z dwóch o połowę mniej.",
    ),
    Decision(
        after_days=0,
        kind="promotion",
        key="trzy_ziola",
        name="Trzy zioła za 24 zł",
        body={
            "title": {"pl": "Trzy zioła za 24 zł", "en": "Three herbs for PLN 24"},
            "effects": [
                {"kind": "bundle", "price": "24.00", "parts": [{"quantity": 3, "units": {"categories": ["Zioła"]}}]}
            ],
        },
        note="Zestaw, który każdy składa sam.",
    ),
    Decision(
        after_days=0,
        kind="promotion",
        key="nasiona_gratis",
        name="Nasiona w prezencie od 120 zł",
        body={
            "title": {"pl": "Paczka nasion w prezencie od 120 zł", "en": "A packet of seeds as a gift from PLN 120"},
            "needs": [{"measure": "items_total", "at_least": "120.00"}],
            "effects": [
                {
                    "kind": "gift",
                    "picked": True,
                    "options": [
                        {"sku": "ZL-0001", "value": "2.49", "stock": 500},
                        {"sku": "ZL-0002", "value": "2.49", "stock": 500},
                    ],
                }
            ],
        },
        note="Po 500 paczek.",
    ),
    Decision(
        after_days=0,
        kind="code_campaign",
        key="zielen",
        name="Zieleń za 20 zł",
        body={"kind": "shared", "title": {"pl": "Zieleń za 20 zł", "en": "Green for PLN 20"}, "codes": ["ZIELEN20"]},
        note="Kod z newslettera.",
    ),
    Decision(
        after_days=0,
        kind="promotion",
        key="kod_zielen",
        name="20 zł z kodem ZIELEN20",
        body={
            "title": {"pl": "20 zł taniej z kodem ZIELEN20", "en": "PLN 20 off with the code ZIELEN20"},
            "needs": [{"measure": "items_total", "at_least": "100.00"}],
            "effects": [{"kind": "amount", "on": "order", "amount": "20.00"}],
            "codes": {"campaigns": ["zielen"]},
            "limits": [{"uses": 1, "per": "month", "for": "customer"}],
            "budget": {"amount": "5000.00", "last": "part"},
        },
        note="Od 100 zł, raz w miesiącu, budżet 5000 zł.",
    ),
    Decision(
        after_days=0,
        kind="promotion",
        key="cebulki_punkty",
        name="Podwójne punkty za cebulki",
        body={
            "title": {"pl": "Podwójne punkty za cebulki", "en": "Double points for bulbs"},
            "effects": [{"kind": "points", "multiplier": "2", "units": {"categories": ["Cebulki kwiatowe"]}}],
        },
        note="Na jesień i na wiosnę.",
    ),
)
