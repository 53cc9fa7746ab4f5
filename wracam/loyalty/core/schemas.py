"""JSON Schemas of the programme's definitions, for editors and the reference; the readers in `core` decide."""

from __future__ import annotations

from typing import Any

from wracam.loyalty.core import program as p
from wracam.loyalty.core import rule as r
from wracam.loyalty.core.calendar import MONTHS_IN
from wracam.loyalty.core.ladders import Measure
from wracam.loyalty.core.rewards import Handing, RewardKind, Whose
from wracam.loyalty.core.tiers import Downgrade
from wracam.loyalty.core.windows import WARN_DAYS, WindowKind

_WHOLE = {"type": "integer", "minimum": 0}
_AMOUNT = {"type": ["string", "integer"], "description": 'an exact amount in the shop\'s currency, such as "1.50"'}
_CONDITION = {"type": "object", "description": "a condition: groups all, any, none around leaves"}


def _choice(choices: Any, default: str) -> dict[str, Any]:
    return {"enum": [str(choice) for choice in choices], "default": default}


def _object(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": list(required)}


PENDING = _object({"until": _choice(p.PendingUntil, "nothing"), "days": _WHOLE})
VALIDITY = _object(
    {
        "kind": _choice(p.ValidityKind, "never"),
        "months": _WHOLE,
        "days": _WHOLE,
        "round_up_to": _choice(p.Round, ""),
        "month": {"type": "integer", "minimum": 1, "maximum": 12},
        "day": {"type": "integer", "minimum": 1, "maximum": 31},
        "counts_from": _choice(p.ValidFrom, "active"),
    }
)
PROGRAM = _object(
    {
        "name": {"type": "string", "maxLength": 80},
        "point_kinds": {
            "type": "array",
            "items": _object(
                {
                    "key": {"type": "string", "pattern": p.KEY.pattern},
                    "pl": {"type": "array", "items": {"type": "string"}, "minItems": 4, "maxItems": 4},
                    "en": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
                    "spendable": {"type": "boolean", "default": True},
                },
                ("key",),
            ),
        },
        "joining": _choice(p.Joining, "registered"),
        "earlier_orders": _choice(p.EarlierOrders, "all"),
        "earlier_days": _WHOLE,
        "pending": PENDING,
        "validity": VALIDITY,
        "shortage": _choice(p.Shortage, "carry"),
        "rounding": _choice(p.Rounding, "down"),
        "value": _object({"points": _WHOLE, "amount": _AMOUNT}),
        "correction_limit": _WHOLE,
        "correction_limits": _object(dict.fromkeys(p.CORRECTING_ROLES, _WHOLE)),
        "payment": _object(
            {
                "least": _WHOLE,
                "most": _WHOLE,
                "most_percent": {"type": "integer", "minimum": 1, "maximum": 100, "default": 100},
                "step": {"type": "integer", "minimum": 1, "default": 1},
            }
        ),
        "shops": {"type": "array", "items": {"type": "string"}},
    }
)
EARNING_RULE = _object(
    {
        "program": {"type": "string"},
        "when": {"type": "string", "default": r.ORDER_PAID},
        "if": _CONDITION,
        "lines": _CONDITION,
        "calendar": _object(
            {
                "weekdays": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 7}},
                "from_hour": {"type": "integer", "minimum": 0, "maximum": 23},
                "to_hour": {"type": "integer", "minimum": 1, "maximum": 24},
                "starts_at": {"type": "string", "format": "date-time"},
                "ends_at": {"type": "string", "format": "date-time"},
            }
        ),
        "give": _object(
            {
                "kind": _choice(r.GiveKind, "per_amount"),
                "points": {"type": "integer", "minimum": 1},
                "per": _AMOUNT,
                "counts": _choice(r.Count, "full"),
                "of": _choice(r.Basis, "gross"),
                "shipping": {"type": "boolean", "default": False},
                "for_each": _choice(r.Each, "event"),
                "factor": _AMOUNT,
                "rows": {"type": "array", "items": _object({"from": _AMOUNT, "points": _WHOLE})},
            }
        ),
        "point_kind": {"type": "string", "pattern": p.KEY.pattern, "default": p.POINTS_KIND},
        "order": _WHOLE,
        "stacking": _choice(r.Stacking, "adds"),
        "group": {"type": "string"},
        "caps": {
            "type": "array",
            "items": _object(
                {"points": _WHOLE, "per": _choice(r.CapPeriod, "event"), "budget": {"type": "boolean"}}, ("points",)
            ),
        },
    },
    ("give",),
)
_WORDS = _object({"pl": {"type": "string"}, "en": {"type": "string"}})
REWARD = _object(
    {
        "kind": _choice(RewardKind, "voucher"),
        "title": _WORDS,
        "about": _WORDS,
        "points": {"type": "integer", "minimum": 1},
        "point_kind": {"type": "string", "pattern": p.KEY.pattern, "default": p.POINTS_KIND},
        "stock": _WHOLE,
        "per_member": {"type": "integer", "minimum": 1},
        "limits": {
            "type": "array",
            "items": _object(
                {
                    "count": {"type": "integer", "minimum": 1},
                    "per": {"enum": [str(one) for one in r.CapPeriod if one != "event"], "default": "month"},
                    "whose": _choice(Whose, "member"),
                },
                ("count",),
            ),
        },
        "amount": _AMOUNT,
        "tier_prices": {
            "type": "array",
            "items": _object(
                {"tier": {"type": "string"}, "points": {"type": "integer", "minimum": 1}, "amount": _AMOUNT},
                ("tier", "points"),
            ),
        },
        "gives": _object(
            {
                "amount": _AMOUNT,
                "percent": {"type": "integer", "minimum": 0, "maximum": 100},
                "days": _WHOLE,
                "sku": {"type": "string"},
            }
        ),
        "handing": _choice(Handing, "by_hand"),
        "voucher": {"type": "string"},
        "image": {"type": "string"},
        "starts_at": {"type": "string", "format": "date-time"},
        "ends_at": {"type": "string", "format": "date-time"},
        "if": _CONDITION,
        "order": _WHOLE,
    },
    ("title", "points"),
)
BENEFITS = _object(
    {
        "points_multiplier": _AMOUNT,
        "discount_percent": _AMOUNT,
        "free_delivery": {"type": "boolean", "default": False},
        "presale_hours": _WHOLE,
        "return_days": _WHOLE,
        "support_priority": {"type": "integer", "minimum": 0, "maximum": 10},
    }
)
TIER = _object(
    {
        "key": {"type": "string", "pattern": p.KEY.pattern},
        "title": _WORDS,
        "about": _WORDS,
        "from": _AMOUNT,
        "if": _CONDITION,
        "lifetime": {"type": "boolean", "default": False},
        "benefits": BENEFITS,
        "gift": _object({"points": {"type": "integer", "minimum": 1}, "point_kind": {"type": "string"}}, ("points",)),
    },
    ("key",),
)
TIER_LADDER = _object(
    {
        "program": {"type": "string"},
        "title": _WORDS,
        "by": _choice(Measure, "points"),
        "point_kind": {"type": "string", "pattern": p.KEY.pattern, "default": p.POINTS_KIND},
        "window": _object(
            {
                "kind": _choice(WindowKind, "ever"),
                "months": _WHOLE,
                "days": _WHOLE,
                "unit": {"enum": sorted(MONTHS_IN), "default": "year"},
            }
        ),
        "downgrade": _choice(Downgrade, "to_earned"),
        "grace_days": {"type": "integer", "minimum": 0, "maximum": 366, "default": 0},
        "grace_months": {"type": "integer", "minimum": 0, "maximum": 24, "default": 0},
        "grace_round_up_to": {"enum": ["", *sorted(MONTHS_IN)], "default": ""},
        "warn_days": {"type": "integer", "minimum": 0, "maximum": 366, "default": WARN_DAYS},
        "tiers": {"type": "array", "minItems": 1, "items": TIER},
    },
    ("tiers",),
)
