"""What zielnik decided about its points: the club, the first rule, and how the rules changed over two years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A definition that was published `after_days` days into the story, with the note its author left."""

    after_days: int
    kind: str
    key: str
    name: str
    body: Mapping[str, Any]
    note: str


CLUB = {
    "name": "Klub Zielnik",
    "point_kinds": [
        {
            "key": "points",
            "pl": ["listek", "listki", "listków", "listka"],
            "en": ["leaf", "leaves"],
        }
    ],
    "joining": "registered",
    "pending": {"until": "delivered", "days": 14},
    "validity": {"kind": "rolling", "months": 12, "round_up_to": "month"},
    "shortage": "carry",
    "value": {"points": 100, "amount": "5.00"},
}
DECISIONS = (
    Decision(after_days=0, kind="program", key="klub", name="Klub Zielnik", body=CLUB, note="Otwieramy klub."),
    Decision(
        after_days=0,
        kind="earning_rule",
        key="zakupy",
        name="Listki za zakupy",
        body={"program": "klub", "when": "order.paid", "give": {"kind": "per_amount", "points": 1, "per": "1.00"}},
        note="Jeden listek za każdą złotówkę.",
    ),
    Decision(
        after_days=240,
        kind="earning_rule",
        key="weekend",
        name="Zielony weekend",
        body={
            "program": "klub",
            "when": "order.paid",
            "calendar": {"weekdays": [6, 7]},
            "give": {"kind": "fixed", "points": 20},
        },
        note="W sobotę i niedzielę 20 listków więcej za zamówienie.",
    ),
)
