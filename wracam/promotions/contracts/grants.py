"""What a committed cart grants beside its price: points times something, and rewards. Higher floors give it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMultiplier:
    """Points of an order times `multiplier_bp` / 10000, as one promotion's version says.

    It concerns the cart's lines of these ids, or of these SKUs where the order does not know the ids; None means the
    whole order.
    """

    promotion: str
    version_id: UUID | None
    multiplier_bp: int
    line_ids: tuple[str, ...] | None = None
    skus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReward:
    """A reward (by its key) that one promotion's version grants, so many times."""

    promotion: str
    version_id: UUID | None
    reward: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What a cart grants with its order. `are_rewards_kept`: also when the order is undone."""

    multipliers: tuple[OrderMultiplier, ...] = ()
    rewards: tuple[OrderReward, ...] = ()
    are_rewards_kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedGrants:
    """What a committed cart grants, and where it stands; `order` is the shop's name (id or number) of its order."""

    commit_id: UUID
    shop_id: int
    order: str
    customer_id: UUID | None
    is_refunded: bool
    grants: Grants
