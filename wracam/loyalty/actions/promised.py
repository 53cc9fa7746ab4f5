"""Rewards that promotions promised in a cart: given with its order, taken back unused when the order is undone.

A reward is given when its cart is committed for a customer, or when the paid order of a guest's cart turns out to be a
customer's. It stands as long as the order does; an order that stands again gets it again. Each promise is one
redemption per round, so that a second notice finds what the first did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from wracam.commerce import queries as commerce
from wracam.commerce.contracts import Order
from wracam.events import actions as events
from wracam.events.contracts import RecordedEvent
from wracam.foundation.locks import lock_many
from wracam.kernel.ids import derived_id
from wracam.loyalty import models
from wracam.loyalty.actions import posting, rewards, settling
from wracam.loyalty.actions.members import Joiner, members_for
from wracam.loyalty.contracts import Member, RedemptionState, Refused, RewardWithheld, UnknownRewardError
from wracam.loyalty.queries import judging
from wracam.loyalty.queries import members as member_queries
from wracam.loyalty.queries.programs import live_programs
from wracam.promotions import queries as promotions
from wracam.promotions.contracts import CommittedGrants, OrderReward

ROUNDS_MAX = 10
"""How often a promise is given again after its order was undone and stood again."""
UNKNOWN_REWARD = "unknown_reward"
NOT_A_MEMBER = "not_a_member"


def follow_cart(happened: RecordedEvent, now: datetime) -> None:
    """Give or take back what a cart that was committed or refunded promises."""
    commit = promotions.grants_of_commit(UUID(happened.data["commit_id"]))
    if commit is not None and commit.grants.rewards:
        found = commerce.orders(commerce.order_ids_named(shop_id=commit.shop_id, name=commit.order))
        _follow(commit, found[0] if found else None, happened, now)


def follow_orders(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Give or take back what the carts of these orders promise."""
    orders = commerce.orders_in_brief([UUID(one.data["order_id"]) for one in batch]) if batch else []
    commits = {key: one for key, one in judging.commits_of(orders).items() if one.grants.rewards}
    by_id = {order.id: order for order in orders}
    for one in batch:
        order_id = UUID(one.data["order_id"])
        if order_id in commits:
            _follow(commits[order_id], by_id[order_id], one, now)


def _follow(commit: CommittedGrants, order: Order | None, cause: RecordedEvent, now: datetime) -> None:
    lock_many("loyalty.promised", [str(commit.commit_id)])
    stands = not commit.is_refunded and (order is None or _stands(order))
    customer_id = commit.customer_id or (order.customer_id if order and order.paid_at else None)
    for promise, name in _promises(commit):
        rows = _rounds(commit, name)
        standing = [row for row in rows if row.state != RedemptionState.RETURNED]
        if standing and not stands and not commit.grants.are_rewards_kept:
            posting.lock_members([row.member_id for row in standing])
            for row in standing:
                settling.withdraw_reward(redemption_id=row.id, now=now)
        elif stands and customer_id and not standing and all(row.was_withdrawn for row in rows):
            _give(promise, _round_id(commit, name, len(rows)), commit, customer_id, cause, now)


def _stands(order: Order) -> bool:
    is_all_refunded = order.total_minor > 0 and order.refunded_minor >= order.total_minor
    return order.is_valid and not is_all_refunded


def _promises(commit: CommittedGrants) -> Iterator[tuple[OrderReward, str]]:
    """Yield each promised piece with the name that tells it from the others of the cart."""
    for number, promise in enumerate(commit.grants.rewards):
        for piece in range(promise.quantity):
            yield promise, f"{number}:{piece}"


def _round_id(commit: CommittedGrants, name: str, number: int) -> UUID:
    return derived_id("promised reward", commit.commit_id, name, number)


def _rounds(commit: CommittedGrants, name: str) -> list[models.Redemption]:
    ids = [_round_id(commit, name, number) for number in range(ROUNDS_MAX)]
    return list(models.Redemption.objects.filter(id__in=ids))


def _give(
    promise: OrderReward, redemption_id: UUID, commit: CommittedGrants, customer_id: UUID, cause: RecordedEvent,
    now: datetime,
) -> None:  # fmt: skip
    member = _member(commit.shop_id, customer_id, cause, now)
    reason = NOT_A_MEMBER
    if member is not None:
        posting.lock_members([member.id])
        try:
            outcome = rewards.grant_reward(
                member=member, reward=promise.reward, redemption_id=redemption_id,
                promotion_version_id=promise.version_id, now=now,
            )  # fmt: skip
        except UnknownRewardError:
            reason = UNKNOWN_REWARD
        else:
            reason = outcome.reason.value if isinstance(outcome, Refused) else ""
    if reason:
        _tell_withheld(promise, commit, customer_id, cause, reason, now)


def _member(shop_id: int, customer_id: UUID, cause: RecordedEvent, now: datetime) -> Member | None:
    programs = live_programs(now)
    if not programs:
        return None
    joiner = Joiner(customer_id=customer_id, shop_id=shop_id, at=now, how="order", cause=cause.as_cause())
    found = members_for(programs[0], {customer_id: joiner}, now=now)
    return member_queries.member(found[customer_id]) if customer_id in found else None


def _tell_withheld(
    promise: OrderReward, commit: CommittedGrants, customer_id: UUID, cause: RecordedEvent, reason: str, now: datetime
) -> None:
    events.record(
        [
            RewardWithheld(
                shop_id=commit.shop_id, customer_id=customer_id, occurred_at=now, cause=cause.as_cause(),
                reward=promise.reward, promotion=promise.promotion, order=commit.order, reason=reason,
            )
        ],
        now=now,
    )  # fmt: skip
