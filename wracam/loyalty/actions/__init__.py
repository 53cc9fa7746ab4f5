"""Everything the loyalty programme can do."""

from wracam.loyalty.actions.books import close_books, rebuild_books
from wracam.loyalty.actions.corrections import Move, correct, spend
from wracam.loyalty.actions.due import activate_due, expire_due, run_due
from wracam.loyalty.actions.following import follow, tier_events
from wracam.loyalty.actions.granting import grant_points, take_back_points
from wracam.loyalty.actions.members import forget_nicknames, join
from wracam.loyalty.actions.orders import handle, handled_events
from wracam.loyalty.actions.payments import (
    commit_points,
    give_back_points,
    hand_back_points,
    release_due_points,
    release_points,
    reserve_points,
)
from wracam.loyalty.actions.requests import approve_correction, ask_correction, ask_tier, decline_correction
from wracam.loyalty.actions.reviews import review_due, review_tiers
from wracam.loyalty.actions.rewards import (
    PICTURE_BYTES_MAX,
    keep_picture,
    redeem_reward,
    redeem_rewards,
)
from wracam.loyalty.actions.sealing import seal
from wracam.loyalty.actions.settling import fulfill_redemption, fulfill_redemptions, return_redemption
from wracam.loyalty.actions.tiers import assess_tiers, grant_tier, write_tiers

__all__ = [
    "PICTURE_BYTES_MAX",
    "approve_correction",
    "ask_correction",
    "ask_tier",
    "commit_points",
    "decline_correction",
    "give_back_points",
    "hand_back_points",
    "keep_picture",
    "release_due_points",
    "release_points",
    "reserve_points",
    "Move",
    "activate_due",
    "assess_tiers",
    "close_books",
    "correct",
    "expire_due",
    "follow",
    "forget_nicknames",
    "handle",
    "handled_events",
    "fulfill_redemption",
    "fulfill_redemptions",
    "join",
    "rebuild_books",
    "grant_points",
    "grant_tier",
    "redeem_reward",
    "redeem_rewards",
    "review_due",
    "return_redemption",
    "review_tiers",
    "run_due",
    "seal",
    "spend",
    "take_back_points",
    "tier_events",
    "write_tiers",
]
