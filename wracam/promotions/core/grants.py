"""What a priced cart grants beside its price, for the features that give points and rewards."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from wracam.promotions.contracts import Grants, OrderMultiplier, OrderReward, PointsMultiplier, Quote


def grants_of(quote: Quote, versions: Mapping[str, UUID | None], *, are_rewards_kept: bool = False) -> Grants:
    """Return what the promotions of *quote* grant; *versions* names the version of each promotion."""
    skus = {line.id: line.sku for line in quote.lines}
    return Grants(
        multipliers=tuple(_multiplier(one, versions, skus) for one in quote.multipliers),
        rewards=tuple(
            OrderReward(
                promotion=one.offer, version_id=versions.get(one.offer), reward=one.reward, quantity=one.quantity
            )
            for one in quote.rewards
        ),
        are_rewards_kept=are_rewards_kept,
    )


def _multiplier(one: PointsMultiplier, versions: Mapping[str, UUID | None], skus: Mapping[str, str]) -> OrderMultiplier:
    return OrderMultiplier(
        promotion=one.offer,
        version_id=versions.get(one.offer),
        multiplier_bp=one.multiplier_bp,
        line_ids=one.lines,
        skus=tuple(sorted({skus[line] for line in one.lines or ()})),
    )
