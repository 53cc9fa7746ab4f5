"""What rules of other features can do with points: give them, and take exactly these back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wracam.definitions.contracts import Problem
from wracam.definitions.ports import Reader
from wracam.kernel.language import POINTS, Words
from wracam.loyalty import actions
from wracam.rules.ports import Effect, register_effect


def _problems(parameters: Mapping[str, Any]) -> Sequence[Problem]:
    reader = Reader(parameters)
    reader.integer("points", 0, least=1, most=10**9, is_required=True)
    reader.text("point_kind")
    reader.finish()
    return reader.problems


def _sentence(parameters: Mapping[str, Any]) -> Words:
    points = parameters.get("points", 0)
    return Words(pl=POINTS.say(points, "pl"), en=POINTS.say(points, "en"))


register_effect(
    Effect(
        name="loyalty.points",
        title=Words(pl="punkty w programie", en="points in the programme"),
        schema={
            "type": "object",
            "additionalProperties": False,
            "properties": {"points": {"type": "integer", "minimum": 1}, "point_kind": {"type": "string"}},
            "required": ["points"],
        },
        example={"points": 50},
        grant=actions.grant_points,
        take_back=actions.take_back_points,
        problems=_problems,
        sentence=_sentence,
    )
)
