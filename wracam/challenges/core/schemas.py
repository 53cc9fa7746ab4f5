"""The JSON Schema of a challenge, for editors and the reference; `core/challenge.py` decides."""

from __future__ import annotations

from typing import Any

from wracam.challenges.core.challenge import TIMES_MAX, Count, Joining, Unit

_WORDS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"pl": {"type": "string"}, "en": {"type": "string"}},
}
_AMOUNT = {"type": ["string", "integer"], "description": 'a whole number; of money an exact amount such as "500.00"'}
_CONDITION = {"type": "object", "description": "a condition: groups all, any, none around leaves"}
_REWARDS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"effect": {"type": "string"}},
        "required": ["effect"],
        "description": "an effect of the reference with its parameters",
    },
}
_UNITS = [unit.value for unit in Unit]
_LEVEL: dict[str, Any] = {
    "goal": _AMOUNT,
    "badge": _WORDS,
    "icon": {"type": "string"},
    "rewards": _REWARDS,
}
WINDOW: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "period": {"enum": _UNITS},
        "rolling_days": {"type": "integer", "minimum": 0, "maximum": 3650},
        "weekdays": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 7}},
        "from_hour": {"type": "integer", "minimum": 0, "maximum": 23},
        "to_hour": {"type": "integer", "minimum": 1, "maximum": 24},
        "starts_at": {"type": "string", "format": "date-time"},
        "ends_at": {"type": "string", "format": "date-time"},
    },
}
CHALLENGE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "title": _WORDS,
        "about": _WORDS,
        "when": {"type": "string", "default": "order.paid"},
        "if": _CONDITION,
        "lines": _CONDITION,
        "audience": _CONDITION,
        "count": {"enum": [count.value for count in Count], "default": Count.EVENTS.value},
        "of": {"type": "string", "description": "sku or category of orders, or a field of the event"},
        "window": WINDOW,
        "streak": {"enum": _UNITS},
        "enough": _AMOUNT,
        **_LEVEL,
        "levels": {
            "type": "array",
            "items": {"type": "object", "additionalProperties": False, "properties": {"title": _WORDS, **_LEVEL}},
        },
        "repeats": {"type": "boolean", "default": False},
        "times": {"type": "integer", "minimum": 1, "maximum": TIMES_MAX},
        "joining": {"enum": [joining.value for joining in Joining], "default": Joining.EVERYBODY.value},
        "ranking": {"type": "boolean", "default": False},
        "stamps": {"type": "boolean", "default": False},
        "near": _AMOUNT,
    },
    "required": ["title"],
}
AUTO_REWARD: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "title": _WORDS,
        "about": _WORDS,
        "spend": _AMOUNT,
        "within_days": {"type": "integer", "minimum": 1, "maximum": 3650, "default": 90},
        "period": {"enum": _UNITS},
        "if": _CONDITION,
        "lines": _CONDITION,
        "audience": _CONDITION,
        "repeats": {"type": "boolean", "default": False},
        "times": {"type": "integer", "minimum": 1, "maximum": TIMES_MAX},
        "near": _AMOUNT,
        "rewards": _REWARDS,
    },
    "required": ["title", "spend", "rewards"],
}
