"""Members take rewards, and the shop hands over what they took a chapter before."""

from __future__ import annotations

from datetime import datetime

from wracam.customers import queries as customers
from wracam.customers.contracts import IdentityKind
from wracam.demo.actions.team import Share
from wracam.demo.core import wishes
from wracam.demo.core.life import ShopLife
from wracam.demo.core.orders import SOURCE
from wracam.loyalty import actions as loyalty
from wracam.loyalty import queries


def hand_over(life: ShopLife, share: Share, now: datetime) -> None:
    """Hand over our share of what waits since the chapter before; some of it comes back."""
    waiting = [one for one in queries.open_redemptions(life.shop_id) if share.has(one.id.int)]
    if not waiting:
        return
    members = {one.id: queries.member(one.member_id) for one in waiting}
    people = customers.customers([member.customer_id for member in members.values() if member])
    names = {person.id: person.email or "" for person in people}
    back = wishes.returned(life, list(names.values()))
    for one in waiting:
        member = members[one.id]
        if member and names.get(member.customer_id) in back:
            loyalty.return_redemption(redemption_id=one.id, now=now)
        else:
            loyalty.fulfill_redemption(redemption_id=one.id, now=now)


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
    for account in accounts:
        customer_id = known.get(account)
        wish = wishes.wish(life, number, account, points.get(customer_id, 0), prices) if customer_id else None
        member = queries.member_of(customer_id=customer_id) if customer_id and wish else None
        if wish and member:
            loyalty.redeem_reward(member_id=member.id, reward=wish.reward, key=f"demo:{number}", now=now)
