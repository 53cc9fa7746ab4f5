"""Which members take a reward, which one, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wracam.demo.core.chance import happens, stream
from wracam.demo.core.life import ShopLife

CHAPTERS = 20
"""In how many of the last chapters members take rewards: the catalogue opened after some months."""
SHARE_TAKES = 0.3
SHARE_IMPATIENT = 0.03
SAVED_AT_LEAST = 750
"""Most people save up for something; the impatient take what they can get."""
SHARE_RETURNED = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A reward that a customer takes at the end of a chapter."""

    account: str
    reward: str


def takers(life: ShopLife, number: int, *, whose: Callable[[int], bool] = lambda number: True) -> tuple[str, ...]:
    """Return the accounts of those (of some people) who look at the rewards in a chapter: some of its buyers."""
    chapters = life.chapters()
    if number < len(chapters) - CHAPTERS:
        return ()
    chapter = chapters[number]
    buyers = {visit.person.number: visit.person for visit in life.visits[chapter.first : chapter.last]}
    return tuple(
        one.account
        for one in buyers.values()
        if whose(one.number) and happens(stream(life.seed, "reward", number, one.number), SHARE_TAKES)
    )


def wish(life: ShopLife, number: int, account: str, points: int, prices: Mapping[str, int]) -> Wish | None:
    """Return what somebody with so many points takes: one of the two dearest they can afford."""
    affordable = sorted((key for key, price in prices.items() if price <= points), key=lambda key: -prices[key])
    random = stream(life.seed, "wish", number, account)
    if not affordable or (points < SAVED_AT_LEAST and not happens(random, SHARE_IMPATIENT)):
        return None
    return Wish(account=account, reward=random.choice(affordable[:2]))


def returned(life: ShopLife, emails: Sequence[str]) -> frozenset[str]:
    """Return by e-mail whose reward comes back instead of being handed over."""
    return frozenset(one for one in emails if happens(stream(life.seed, "returns", one), SHARE_RETURNED))
