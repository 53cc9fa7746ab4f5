"""What zielnik decided for its members beside points: three tiers, five rewards, a stamp card, a weekend challenge."""

from __future__ import annotations

from typing import Any

from wracam.demo.core.programme import Decision

TIERS = {
    "program": "klub",
    "title": {"pl": "Twój poziom", "en": "Your tier"},
    "by": "points",
    "window": {"kind": "rolling", "months": 12},
    "downgrade": "one_step",
    "grace_days": 14,
    "tiers": [
        {"key": "listek", "title": {"pl": "Listek", "en": "Leaf"}, "from": 0},
        {
            "key": "galazka",
            "title": {"pl": "Gałązka", "en": "Twig"},
            "from": 400,
            "gift": {"points": 30},
            "benefits": {"points_multiplier": "1.2", "presale_hours": 12},
        },
        {
            "key": "drzewo",
            "title": {"pl": "Drzewo", "en": "Tree"},
            "from": 1200,
            "gift": {"points": 100},
            "benefits": {
                "points_multiplier": "1.5", "free_delivery": True, "presale_hours": 24, "return_days": 60,
                "support_priority": 1,
            },
        },
    ],
}  # fmt: skip
STAMPS = {
    "title": {"pl": "Co dziesiąta roślina gratis", "en": "Every tenth plant free"},
    "about": {
        "pl": "Za każde dziesięć roślin dostajesz punkty na następną.",
        "en": "For every ten plants you get points for the next one.",
    },
    "when": "order.paid",
    "count": "units",
    "lines": {"all": [{"attribute": "line.categories", "is": "has_any", "value": ["Rośliny doniczkowe"]}]},
    "goal": 10,
    "repeats": True,
    "stamps": True,
    "rewards": [{"effect": "loyalty.points", "points": 100}],
}
WEEKEND = {
    "title": {"pl": "Trzy zielone weekendy", "en": "Three green weekends"},
    "about": {
        "pl": "Kup coś w trzy różne dni weekendów tego kwartału.",
        "en": "Buy something on three different weekend days of this quarter.",
    },
    "when": "order.paid",
    "count": "days",
    "window": {"period": "quarter", "weekdays": [6, 7]},
    "goal": 3,
    "badge": {"pl": "Weekendowy ogrodnik", "en": "Weekend gardener"},
    "icon": "sprout",
    "ranking": True,
    "rewards": [{"effect": "loyalty.points", "points": 150}],
}
SPENDER = {
    "title": {"pl": "500 zł w 90 dni", "en": "PLN 500 in 90 days"},
    "spend": "500.00",
    "within_days": 90,
    "repeats": True,
    "near": "80.00",
    "rewards": [{"effect": "loyalty.points", "points": 250}],
}
REWARDS: dict[str, dict[str, Any]] = {
    "dostawa": {
        "title": {"pl": "Darmowa dostawa", "en": "Free delivery"},
        "about": {"pl": "Następną paczkę wyślemy na nasz koszt.", "en": "Your next parcel is on us."},
        "kind": "free_delivery",
        "points": 200,
        "handing": "at_once",
        "order": 1,
    },
    "nasiona": {
        "title": {"pl": "Nasiona niespodzianka", "en": "Surprise seeds"},
        "about": {"pl": "Trzy torebki z tego, co akurat warto siać.", "en": "Three bags of what is worth sowing now."},
        "kind": "sample",
        "points": 350,
        "handing": "at_once",
        "order": 2,
    },
    "doniczka": {
        "title": {"pl": "Doniczka terakotowa", "en": "Terracotta pot"},
        "about": {"pl": "Piętnaście centymetrów, z podstawką.", "en": "Fifteen centimetres, with a saucer."},
        "kind": "product",
        "points": 800,
        "stock": 5000,
        "order": 3,
        "tier_prices": [{"tier": "drzewo", "points": 650}],
    },
    "ogrod": {
        "title": {"pl": "Bilet do ogrodu botanicznego", "en": "A ticket to the botanical garden"},
        "about": {"pl": "Dla dwóch osób, na dowolny dzień sezonu.", "en": "For two, on any day of the season."},
        "kind": "partner",
        "points": 1000,
        "handing": "at_once",
        "order": 4,
    },
    "warsztaty": {
        "title": {"pl": "Warsztaty w szklarni", "en": "A morning in the greenhouse"},
        "about": {
            "pl": "Sobotni poranek z ogrodniczką, kawa w cenie.",
            "en": "A Saturday morning with our gardener, coffee included.",
        },
        "kind": "event",
        "points": 2000,
        "stock": 300,
        "per_member": 1,
        "if": {"all": [{"attribute": "loyalty.tier", "is": "is_one_of", "value": ["galazka", "drzewo"]}]},
        "order": 5,
    },
}
_REWARDS_FROM_THE_END = 620
DECISIONS = (
    *(
        Decision(
            after_days=730 - _REWARDS_FROM_THE_END, kind="reward", key=key, name=body["title"]["pl"],
            body=body, note="Otwieramy katalog nagród.",
        )
        for key, body in REWARDS.items()
    ),
    Decision(
        after_days=30, kind="tier_ladder", key="poziomy", name="Poziomy klubu", body=TIERS,
        note="Listek, Gałązka, Drzewo.",
    ),
    Decision(
        after_days=500, kind="challenge", key="co_dziesiata", name="Co dziesiąta roślina gratis", body=STAMPS,
        note="Karta pieczątek.",
    ),
    Decision(
        after_days=560, kind="challenge", key="weekendy", name="Trzy zielone weekendy", body=WEEKEND,
        note="Wyzwanie na weekendy.",
    ),
    Decision(
        after_days=600, kind="auto_reward", key="piecset", name="500 zł w 90 dni", body=SPENDER,
        note="250 punktów za 500 zł w 90 dni.",
    ),
)  # fmt: skip
