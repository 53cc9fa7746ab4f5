"""Which members take a reward, which one, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wracam.demo.core.chance import happens, stream
from wracam.demo.core.life import ShopLife

CHAPTERS = 8
"""In how many of the last chapters members take rewards: the catalogue opened late."""
SHARE_TAKES = 0.06
TAKERS_MAX = 40
SHARE_RETURNED = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A reward that a customer takes at the end of a chapter."""

    account: str
    reward: str


def takers(life: ShopLife, number: int) -> tuple[str, ...]:
    """Return the accounts of those who look at the rewards in a chapter: some of its buyers."""
    chapters = life.chapters()
    if number < len(chapters) - CHAPTERS:
        return ()
    chapter = chapters[number]
    buyers = {visit.person.number: visit.person for visit in life.visits[chapter.first : chapter.last]}
    drawn = [
        one.account
        for one in buyers.values()
        if happens(stream(life.seed, "reward", number, one.number), SHARE_TAKES)
    ]  # fmt: skip
    return tuple(drawn[:TAKERS_MAX])


def wish(life: ShopLife, number: int, account: str, points: int, prices: Mapping[str, int]) -> Wish | None:
    """Return what somebody with so many points takes: one of the three dearest they can afford."""
    affordable = sorted((key for key, price in prices.items() if price <= points), key=lambda key: -prices[key])
    if not affordable:
        return None
    return Wish(account=account, reward=stream(life.seed, "wish", number, account).choice(affordable[:3]))


def returned(life: ShopLife, emails: Sequence[str]) -> frozenset[str]:
    """Return by e-mail whose reward comes back instead of being handed over."""
    return frozenset(one for one in emails if happens(stream(life.seed, "returns", one), SHARE_RETURNED))
