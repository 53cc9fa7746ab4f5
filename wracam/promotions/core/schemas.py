"""JSON Schemas of the definitions, for editors and the reference; the readers in `core` decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wracam.kernel.language import Language, Words
from wracam.promotions.contracts import (
    Combination,
    PercentBase,
    PerProduct,
    Remainder,
    Rounding,
    RoundingMode,
    TaxRounding,
)
from wracam.promotions.core.body import BudgetEnd, Period
from wracam.promotions.core.body.choices import Each, EffectKind, Per, Reduced, Split, StepBasis, Target
from wracam.promotions.core.body.promotion import CombinationChoice, Who
from wracam.promotions.core.offers import Measure, Pick
from wracam.promotions.core.policies import AfterRefund, PricePolicy, Progressive, UsesAfterRefund

_COUNT = {"type": "integer", "minimum": 1}
_SHARE = {"type": "integer", "minimum": 0, "maximum": 100}
_AMOUNT = {"type": ["string", "integer"], "description": 'an exact amount in the shop\'s currency, such as "1.50"'}
_PERCENT = {"type": ["string", "integer"], "description": 'a percentage of up to four decimals, such as "33.333"'}
_CONDITION = {"type": "object", "description": "a condition: groups all, any, none around leaves"}
_MOMENT = {"type": "string", "format": "date-time"}
_TEXTS = {"type": "array", "items": {"type": "string"}}


def _choice(choices: Iterable[object], default: str) -> dict[str, Any]:
    return {"enum": [str(choice) for choice in choices], "default": default}


def _object(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": list(required)}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


FILTER = _object(
    {
        "skus": _TEXTS,
        "categories": _TEXTS,
        "attributes": {"type": "object", "additionalProperties": {"type": "string"}},
        "not_skus": _TEXTS,
        "not_categories": _TEXTS,
        "price_from": _AMOUNT,
        "price_to": _AMOUNT,
        "reduced": _choice(Reduced, "too"),
    }
)
EFFECT = _object(
    {
        "kind": {"enum": [kind.value for kind in EffectKind]},
        "on": _choice(Target, "products"),
        "names": _TEXTS,
        "units": FILTER,
        "percent": _PERCENT,
        "amount": _AMOUNT,
        "steps": _list(
            _object({"from": {"type": ["string", "integer"]}, "percent": _PERCENT, "amount": _AMOUNT, "price": _AMOUNT})
        ),
        "steps_by": _choice(StepBasis, "quantity"),
        "steps_per": _choice(Per, "cart"),
        "every": {"type": ["string", "integer"]},
        "limit": _COUNT,
        "skip": {"type": "integer", "minimum": 0, "default": 0},
        "limit_per": _choice(Per, "cart"),
        "pick": _choice(Pick, "dearest"),
        "each": _choice(Each, "unit"),
        "line_cap": _AMOUNT,
        "cap": _AMOUNT,
        "is_cap_gross": {"type": "boolean", "default": False},
        "is_amount_gross": {"type": "boolean", "default": False},
        "per": _COUNT,
        "split_by": _choice(Split, "value"),
        "price": _AMOUNT,
        "group": _COUNT,
        "reduced": _COUNT,
        "same_product": {"type": "boolean", "default": False},
        "times": _COUNT,
        "buy": FILTER,
        "buy_quantity": _COUNT,
        "get": FILTER,
        "get_quantity": _COUNT,
        "parts": _list(_object({"units": FILTER, "quantity": _COUNT})),
        "options": _list(
            _object({"sku": {"type": "string"}, "value": _AMOUNT, "stock": {"type": "integer", "minimum": 0}}, ("sku",))
        ),
        "picked": {"type": "boolean", "default": False},
        "quantity": _COUNT,
        "value": _AMOUNT,
        "multiplier": _AMOUNT,
        "reward": {"type": "string"},
    },
    ("kind",),
)
PROMOTION = _object(
    {
        "title": _object({"pl": {"type": "string"}, "en": {"type": "string"}}),
        "shops": _TEXTS,
        "channels": _TEXTS,
        "starts_at": _MOMENT,
        "ends_at": _MOMENT,
        "audience": _CONDITION,
        "if": _CONDITION,
        "needs": _list(
            _object(
                {
                    "measure": _choice(Measure, "items_total"),
                    "at_least": {"type": ["string", "integer"]},
                    "more_than": {"type": ["string", "integer"]},
                    "at_most": {"type": ["string", "integer"]},
                    "less_than": {"type": ["string", "integer"]},
                    "of": FILTER,
                    "one_of": _TEXTS,
                }
            )
        ),
        "effects": {"type": "array", "minItems": 1, "items": EFFECT},
        "stacking": _object(
            {"exclusive": {"type": "boolean", "default": False}, "group": {"type": "string"}, "excludes": _TEXTS}
        ),
        "cap": _AMOUNT,
        "priority": {"type": "integer", "default": 0},
        "phase": {"type": "integer", "default": 0},
        "choice": _choice(CombinationChoice, "shop"),
        "limits": _list(
            _object({"uses": _COUNT, "per": _choice(Period, "ever"), "for": _choice(Who, "everyone")}, ("uses",))
        ),
        "budget": _object(
            {
                "amount": _AMOUNT,
                "last": _choice(BudgetEnd, "part"),
                "alerts": _list({"type": "integer", "minimum": 1, "maximum": 100}),
            },
            ("amount",),
        ),
        "codes": _object({"campaigns": _TEXTS}, ("campaigns",)),
    },
    ("effects",),
)
PRICE_POLICY = _object(
    {
        "shops": _TEXTS,
        "combination": _choice(Combination, "best"),
        "percent_base": _choice(PercentBase, "running"),
        "rounding": _choice(Rounding, "line"),
        "rounding_mode": _choice(RoundingMode, "half_down"),
        "remainder": _choice(Remainder, "largest"),
        "tax_rounding": _choice(TaxRounding, "rate"),
        "per_product": _choice(PerProduct, "all"),
        "exclusive_first": {"type": "boolean", "default": False},
        "conditions_on_running_total": {"type": "boolean", "default": False},
        "omnibus": _choice(Progressive, "each"),
        "uses_after_refund": _choice(UsesAfterRefund, "give_back"),
        "gifts_after_refund": _choice(AfterRefund, "returned"),
        "rewards_after_refund": _choice(AfterRefund, "returned"),
        "reservation_minutes": _COUNT,
        "discount_max_percent": _SHARE | {"default": 100},
        "promotions_max": _COUNT,
        "hints_from_percent": _SHARE | {"default": 50},
    }
)
_POLICY_WORDS = {
    Combination.BEST: Words(
        pl="Klient dostaje najlepszą dozwoloną kombinację promocji",
        en="Customers get the best allowed combination of promotions",
    ),
    Combination.PRIORITY: Words(
        pl="Promocje działają w kolejności ich ważności", en="Promotions work in the order of their priority"
    ),
}


def policy_sentence(policy: PricePolicy, language: Language) -> str:
    """Say a price policy in a sentence."""
    minutes = policy.reservation_minutes
    held = {"pl": f"koszyk trzyma je {minutes} min", "en": f"a cart holds them for {minutes} minutes"}[language]
    return f"{_POLICY_WORDS[policy.prices.combination].say(language)}; {held}."
