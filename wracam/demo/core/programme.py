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
        name="Punkty za zakupy",
        body={"program": "klub", "when": "order.paid", "give": {"kind": "per_amount", "points": 1, "per": "1.00"}},
        note="Jeden punkt za każdą złotówkę.",
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
        note="W sobotę i niedzielę 20 punktów więcej za zamówienie.",
    ),
    Decision(
        after_days=330,
        kind="earning_rule",
        key="cebulki",
        name="Sadzimy cebulki",
        body={
            "program": "klub",
            "when": "order.paid",
            "lines": {"all": [{"attribute": "line.categories", "is": "has_any", "value": ["Cebulki kwiatowe"]}]},
            "give": {"kind": "per_amount", "points": 1, "per": "1.00"},
        },
        note="Drugi punkt za każdą złotówkę wydaną na cebulki.",
    ),
    Decision(
        after_days=420,
        kind="earning_rule",
        key="duzy_koszyk",
        name="Duży koszyk",
        body={
            "program": "klub",
            "when": "order.paid",
            "if": {"all": [{"attribute": "order.goods_total", "is": "at_least", "value": "300.00"}]},
            "give": {"kind": "fixed", "points": 50},
        },
        note="50 punktów premii za zamówienie od 300 zł.",
    ),
)
