"""JSON Schemas of the definitions of vouchers, for editors and the reference; the readers in `core` decide."""

from __future__ import annotations

from typing import Any

from wracam.vouchers.contracts import CampaignKind, OnRefund
from wracam.vouchers.core import campaigns as c
from wracam.vouchers.core import cards, codes


def _choice(choices: Any, default: str) -> dict[str, Any]:
    return {"enum": [str(choice) for choice in choices], "default": default}


def _object(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": list(required)}


_MOMENT = {"type": "string", "format": "date-time"}
CODE_CAMPAIGN = _object(
    {
        "kind": _choice(CampaignKind, "single"),
        "title": _object({"pl": {"type": "string"}, "en": {"type": "string"}}),
        "format": _object(
            {
                "prefix": {"type": "string", "pattern": "^[A-Z0-9]*$", "maxLength": codes.PREFIX_LENGTH_MAX},
                "length": {
                    "type": "integer",
                    "minimum": codes.LENGTH_MIN,
                    "maximum": codes.LENGTH_MAX,
                    "default": codes.LENGTH_DEFAULT,
                },
                "check": {"type": "boolean", "default": True},
            }
        ),
        "codes": {"type": "array", "items": {"type": "string"}, "maxItems": c.SHARED_CODES_MAX},
        "starts_at": _MOMENT,
        "ends_at": _MOMENT,
        "valid_days": {"type": "integer", "minimum": 1, "maximum": c.VALID_DAYS_MAX},
        "limits": {
            "type": "array",
            "maxItems": c.LIMITS_MAX,
            "items": _object(
                {"uses": {"type": "integer", "minimum": 1}, "per": _choice(c.LimitPer, "code")}, ("uses",)
            ),
        },
        "bound": {"type": "boolean", "default": False},
        "guests": {"type": "boolean", "default": True},
        "on_refund": _choice(OnRefund, "return_when_full"),
        "shops": {"type": "array", "items": {"type": "string"}},
    }
)
_AMOUNT = {"type": ["string", "integer"], "description": 'an exact amount in the currency of the card, such as "50.00"'}
GIFT_CARD = _object(
    {
        "prefix": {"type": "string", "pattern": "^[A-Z0-9]*$", "maxLength": codes.PREFIX_LENGTH_MAX, "default": "GC"},
        "validity_months": {"type": "integer", "minimum": 1, "maximum": cards.VALIDITY_MONTHS_MAX},
        "refund_days": {"type": "integer", "minimum": 0, "default": cards.REFUND_DAYS_DEFAULT},
        "top_up": {"type": "boolean", "default": True},
        "least": _AMOUNT,
        "most": _AMOUNT,
    }
)
