"""Members take rewards, and the shop hands over what they took a chapter before."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.customers import queries as customers
from wracam.customers.contracts import IdentityKind
from wracam.demo.actions.team import Share
from wracam.demo.core import wishes
from wracam.demo.core.life import ShopLife
from wracam.demo.core.orders import SOURCE
from wracam.loyalty import actions as loyalty
from wracam.loyalty import queries
from wracam.loyalty.contracts import RewardWish


def hand_over(life: ShopLife, share: Share, now: datetime) -> None:
    """Hand over our share of what waits since the chapter before; some of it comes back."""
    waiting = [one for one in queries.open_redemptions(life.shop_id) if share.has(one.id.int)]
    if not waiting:
        return
    members = queries.members_by_id([one.member_id for one in waiting])
    people = customers.customers([member.customer_id for member in members.values()])
    names = {person.id: person.email or "" for person in people}
    back = wishes.returned(life, list(names.values()))
    returned = [one for one in waiting if names.get(members[one.member_id].customer_id) in back]
    kept = [one.id for one in waiting if one not in returned]
    loyalty.fulfill_redemptions(redemption_ids=kept, now=now)
    for one in returned:
        loyalty.return_redemption(redemption_id=one.id, now=now)


def take_rewards(life: ShopLife, share: Share, number: int, now: datetime) -> None:
    """Let some buyers of a chapter, of our share, take a reward that they can afford."""
    prices = {one.key: one.points for one in queries.live_rewards(now)}
    accounts = wishes.takers(life, number, whose=share.has)
    if not prices or not accounts:
        return
    known = customers.find_many(
        shop_id=life.shop_id, kind=IdentityKind.SHOP_ACCOUNT, values=accounts, source=SOURCE
    )  # fmt: skip
    points = queries.points_of(list(known.values()))
    members = queries.members_of(list(known.values()))
    wanted: dict[UUID, RewardWish] = {}
    for account in accounts:
        member = members.get(known[account]) if account in known else None
        wish = wishes.wish(life, number, account, points.get(member.customer_id, 0), prices) if member else None
        if wish and member:
            wanted.setdefault(member.id, RewardWish(member_id=member.id, reward=wish.reward, key=f"demo:{number}"))
    loyalty.redeem_rewards(list(wanted.values()), now=now)
