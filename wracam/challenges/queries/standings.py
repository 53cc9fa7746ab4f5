"""Where somebody stands in every live challenge, their badges, and the results of a challenge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.challenges.contracts import Badge, Standing
from wracam.challenges.core import counting
from wracam.challenges.core.challenge import Challenge, Joining
from wracam.challenges.core.words import amount_words
from wracam.challenges.queries import judging
from wracam.challenges.queries.facts import stories
from wracam.challenges.queries.live import compiled, live_challenges
from wracam.foundation.bulk import fetch
from wracam.kernel.language import Words
from wracam.rules import ports as rule_ports
from wracam.rules import queries as rules
from wracam.shops import queries as shops


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """How a challenge goes, of all its periods: who takes part, how many goals were reached, and by how many people."""

    players: int
    completions: int
    winners: int
    undone: int


def standings(*, customer_id: UUID, shop_id: int, now: datetime) -> list[Standing]:
    """Return where a customer stands in every challenge that runs now and that they may take part in."""
    running = [one for one in live_challenges(now) if _runs(one, now)]
    running = [one for one in running if _may_take_part(one, customer_id, now)]
    found = stories((one.key, customer_id) for one in running)
    joined = {row[0] for row in fetch("SELECT challenge FROM challenge_entry WHERE customer_id = %s", customer_id)}
    shop = shops.shop(shop_id)
    currency = shop.currency if shop else "PLN"
    return [
        _standing(
            one,
            found[one.key, customer_id].facts if (one.key, customer_id) in found else [],
            now,
            shop_id,
            currency,
            one.key in joined,
        )
        for one in running
    ]


def badges(customer_id: UUID) -> list[Badge]:
    """Return the badges that a customer holds, the newest first."""
    rows = fetch(
        """SELECT challenge, version_id, number, reached_at FROM challenge_completion
           WHERE customer_id = %s AND is_standing ORDER BY reached_at DESC, challenge, number DESC""",
        customer_id,
    )
    found: dict[tuple[str, str], Badge] = {}
    for challenge, version_id, number, reached_at in rows:
        level = compiled(version_id).level(number)
        if level.badge.en:
            found.setdefault(
                (challenge, level.badge.en),
                Badge(challenge=challenge, title=level.badge, icon=level.icon, earned_at=reached_at),
            )
    return list(found.values())


def results(challenge: str, shop_id: int) -> Results:
    """Return how a challenge goes in a shop."""
    players = fetch(
        "SELECT count(DISTINCT customer_id) FROM challenge_progress WHERE challenge = %s AND shop_id = %s",
        challenge, shop_id,
    )[0][0]  # fmt: skip
    standing, winners, undone = fetch(
        """SELECT count(*) FILTER (WHERE is_standing), count(DISTINCT customer_id) FILTER (WHERE is_standing),
                  count(*) FILTER (WHERE NOT is_standing)
           FROM challenge_completion WHERE challenge = %s AND shop_id = %s""",
        challenge, shop_id,
    )[0]  # fmt: skip
    return Results(players=players, completions=standing, winners=winners, undone=undone)


def reward_words(challenge: Challenge, number: int) -> tuple[Words, ...]:
    """Return in words what reaching a goal brings."""
    said = []
    for reward in challenge.level(number).rewards:
        effect = rule_ports.EFFECTS.find(reward.effect)
        if effect is not None:
            said.append(effect.sentence(reward.parameters) if effect.sentence else effect.title)
    return tuple(said)


def _runs(challenge: Challenge, now: datetime) -> bool:
    window = challenge.window
    return (window.starts_at is None or now >= window.starts_at) and (window.ends_at is None or now < window.ends_at)


def _may_take_part(challenge: Challenge, customer_id: UUID, now: datetime) -> bool:
    if challenge.audience is None:
        return True
    facts = rules.customer_facts([customer_id], rules.attributes_needed(challenge.audience), now)
    return customer_id in facts and rules.judge(challenge.audience, facts[customer_id], now).is_true


def _standing(
    challenge: Challenge,
    facts: Sequence[counting.Fact],
    now: datetime,
    shop_id: int,
    currency: str,
    has_joined: bool,
) -> Standing:
    found = counting.now_of(challenge, facts, now, judging.zone(shop_id))
    following = min(found.completed + 1, len(challenge.levels)) if not challenge.repeats else 1
    level = challenge.level(following)
    amount = found.amount
    most = challenge.times_max if challenge.repeats else min(len(challenge.levels), challenge.times_max)
    is_done = found.completed >= most
    if challenge.repeats and not challenge.window.rolling_days:
        amount = level.goal if is_done else amount % level.goal
    return Standing(
        challenge=challenge.key,
        title=challenge.title,
        about=challenge.about,
        joined=has_joined or challenge.joining is Joining.EVERYBODY,
        is_opt_in=challenge.joining is Joining.OPT_IN,
        shows_stamps=challenge.shows_stamps,
        is_ranked=challenge.is_ranked,
        amount=amount,
        goal=level.goal,
        amount_text=amount_words(challenge, amount, currency),
        goal_text=amount_words(challenge, level.goal, currency),
        completed=found.completed,
        is_done=is_done,
        streak=found.streak,
        best_streak=found.best_streak,
        ends_at=found.ends_at,
        level=challenge.level(found.completed).title if found.completed and len(challenge.levels) > 1 else None,
        rewards=reward_words(challenge, following),
        period=found.period,
    )
