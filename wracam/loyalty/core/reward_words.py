"""A reward in one sentence: its price, prices of tiers, how many there are, and how it comes to the member."""

from __future__ import annotations

from wracam.kernel.language import POINTS, CountedNoun, Language, money_text, number_text
from wracam.kernel.money import to_minor
from wracam.loyalty.core.rewards import Handing, Price, Reward, RewardLimit, Whose
from wracam.loyalty.core.rule import CapPeriod

TIMES = CountedNoun(pl=("raz", "razy", "razy", "raza"), en=("time", "times"))
_PERIODS = {
    CapPeriod.DAY: ("dziennie", "a day"),
    CapPeriod.WEEK: ("tygodniowo", "a week"),
    CapPeriod.MONTH: ("miesięcznie", "a month"),
    CapPeriod.QUARTER: ("kwartalnie", "a quarter"),
    CapPeriod.YEAR: ("rocznie", "a year"),
    CapPeriod.EVER: ("łącznie", "in all"),
}


def sentence(reward: Reward, language: Language, *, currency: str = "PLN", noun: CountedNoun = POINTS) -> str:
    """Say a reward, from the most important to the least."""
    pl = language == "pl"
    price = _price(Price(points=reward.points, amount=reward.amount), language, currency, noun)
    parts = [f"{reward.title.say(language)}: {price}"]
    for tier, theirs in reward.tier_prices:
        parts.append(f"{tier}: {_price(theirs, language, currency, noun)}")
    if reward.stock is not None:
        count = number_text(reward.stock, language)
        parts.append(f"razem {count}" if pl else f"{count} in all")
    parts += [_limit(one, language) for one in (*reward.of_member, *reward.of_everybody)]
    if reward.handing is Handing.AT_ONCE:
        parts.append("wydawana od razu" if pl else "handed over at once")
    return "; ".join(parts) + "."


def _price(price: Price, language: Language, currency: str, noun: CountedNoun) -> str:
    points = noun.say(price.points, language)
    return f"{points} + {money_text(to_minor(price.amount, currency), currency, language)}" if price.amount else points


def _limit(limit: RewardLimit, language: Language) -> str:
    period = _PERIODS[limit.per][0 if language == "pl" else 1]
    times = TIMES.say(limit.count, language)
    if limit.whose is Whose.MEMBER:
        return f"każdy najwyżej {times} {period}" if language == "pl" else f"each member at most {times} {period}"
    return f"wszyscy najwyżej {times} {period}" if language == "pl" else f"everybody at most {times} {period}"
