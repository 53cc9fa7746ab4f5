"""A shop's price policy: how rivals are chosen, how percentages and remainders are taken, what refunds return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from wracam.definitions.contracts import Problem
from wracam.definitions.ports import Reader
from wracam.promotions.contracts import (
    Combination,
    PercentBase,
    PerProduct,
    Policy,
    Remainder,
    Rounding,
    RoundingMode,
    TaxRounding,
)

SHOPS_MAX = 200
RESERVATION_MINUTES = 30
RESERVATION_MINUTES_MAX = 7 * 24 * 60
HINTS_FROM_PERCENT = 50
PROMOTIONS_MAX = 100
BP_PER_PERCENT = 100


class Progressive(StrEnum):
    """From when the 30 days before a reduction are counted when the price falls step by step."""

    EACH = "each"
    """From each reduction (the Polish reading)."""
    FIRST = "first"
    """From the first of reductions that follow one another without a rise (Directive 98/6/EC, article 6a(5))."""


class UsesAfterRefund(StrEnum):
    """What a full refund does to uses of promotions and codes."""

    KEEP = "keep"
    GIVE_BACK = "give_back"


class AfterRefund(StrEnum):
    """What a refund does to gifts and rewards that came with the order."""

    KEPT = "kept"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePolicy:
    """The policy of some shops (empty: of all that have none of their own)."""

    key: str = ""
    version_id: UUID | None = None
    shops: frozenset[str] = frozenset()
    prices: Policy = field(default_factory=Policy)
    progressive: Progressive = Progressive.EACH
    uses_after_refund: UsesAfterRefund = UsesAfterRefund.GIVE_BACK
    gifts_after_refund: AfterRefund = AfterRefund.RETURNED
    rewards_after_refund: AfterRefund = AfterRefund.RETURNED
    reservation_minutes: int = RESERVATION_MINUTES


def read_policy(
    body: Mapping[str, Any], *, key: str = "", version_id: UUID | None = None
) -> tuple[PricePolicy, list[Problem]]:
    """Return the policy that a body means, and everything wrong in it."""
    reader = Reader(body)
    shops = reader.items("shops")
    if any(not isinstance(shop, str) for shop in shops):
        reader.note("shops", "not_texts", "lista nazw sklepów", "a list of names of shops")
        shops = []
    policy = PricePolicy(
        key=key,
        version_id=version_id,
        shops=frozenset(shops),
        prices=Policy(
            combination=reader.choice("combination", Combination, Combination.BEST),
            percent_base=reader.choice("percent_base", PercentBase, PercentBase.RUNNING),
            rounding=reader.choice("rounding", Rounding, Rounding.LINE),
            rounding_mode=reader.choice("rounding_mode", RoundingMode, RoundingMode.HALF_DOWN),
            remainder=reader.choice("remainder", Remainder, Remainder.LARGEST),
            tax_rounding=reader.choice("tax_rounding", TaxRounding, TaxRounding.RATE),
            per_product=reader.choice("per_product", PerProduct, PerProduct.ALL),
            is_exclusive_first=reader.flag("exclusive_first"),
            is_condition_on_running_total=reader.flag("conditions_on_running_total"),
            discount_max_bp=_most_bp(reader),
            promotions_max=reader.integer("promotions_max", least=1, most=PROMOTIONS_MAX) or None,
            nearly_share_bp=BP_PER_PERCENT * reader.integer("hints_from_percent", HINTS_FROM_PERCENT, most=100),
        ),
        progressive=reader.choice("omnibus", Progressive, Progressive.EACH),
        uses_after_refund=reader.choice("uses_after_refund", UsesAfterRefund, UsesAfterRefund.GIVE_BACK),
        gifts_after_refund=reader.choice("gifts_after_refund", AfterRefund, AfterRefund.RETURNED),
        rewards_after_refund=reader.choice("rewards_after_refund", AfterRefund, AfterRefund.RETURNED),
        reservation_minutes=reader.integer(
            "reservation_minutes", RESERVATION_MINUTES, least=1, most=RESERVATION_MINUTES_MAX
        ),
    )
    reader.finish()
    return policy, reader.problems


def _most_bp(reader: Reader) -> int | None:
    percent = reader.integer("discount_max_percent", 100, most=100)
    return BP_PER_PERCENT * percent if percent < 100 else None
