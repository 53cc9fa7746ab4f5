"""Does the stored progress equal what the facts say, and the facts what the orders say?"""

from __future__ import annotations

from datetime import datetime

from wracam.challenges.core import counting
from wracam.challenges.queries import judging
from wracam.challenges.queries.facts import stories
from wracam.challenges.queries.live import compiled, live_challenges
from wracam.commerce import queries as commerce
from wracam.foundation.bulk import fetch


def differences(now: datetime) -> list[str]:
    """Return where stored facts, progress or goals differ from a recomputation; empty when all is right."""
    return [*_wrong_facts(), *_wrong_progress(now), *_wrong_goals()]


def _wrong_facts() -> list[str]:
    rows = fetch("SELECT challenge, key, version_id, order_id, amount FROM challenge_fact WHERE order_id IS NOT NULL")
    orders = {order.id: order for order in commerce.orders(sorted({row[3] for row in rows}))}
    wrong = []
    for challenge, key, version_id, order_id, amount in rows:
        order = orders.get(order_id)
        facts = judging.facts_of_order(compiled(version_id), order, judging.shop_zones()) if order else []
        expected = next((fact.amount for fact in facts if fact.key == key), 0)
        if amount != expected:
            wrong.append(f"{challenge} {key}: {amount} stored, {expected} of the order stands")
    return wrong


def _wrong_progress(now: datetime) -> list[str]:
    live = {challenge.key: challenge for challenge in live_challenges(now)}
    stored = {
        (key, customer_id, period): amount
        for key, customer_id, period, amount in fetch(
            "SELECT challenge, customer_id, period, amount FROM challenge_progress"
        )
    }
    expected = {}
    pairs = fetch("SELECT DISTINCT challenge, customer_id FROM challenge_fact")
    for (key, customer_id), story in stories(pairs).items():
        challenge = live.get(key) or compiled(story.version_id)
        for one in counting.progress(challenge, story.facts, judging.zone(story.shop_id)):
            expected[key, customer_id, one.period] = one.amount
    return [
        f"{key}: {stored.get(key)} stored, {expected.get(key)} expected"
        for key in sorted({*stored, *expected}, key=str)
        if stored.get(key) != expected.get(key)
    ]


def _wrong_goals() -> list[str]:
    """Goals that stand although their facts do not reach them by the version that said so, or the reverse."""
    rows = fetch("SELECT challenge, customer_id, version_id, period, number, is_standing FROM challenge_completion")
    found = stories({(row[0], row[1]) for row in rows})
    wrong = []
    for key, customer_id, version_id, period, number, is_standing in rows:
        story = found.get((key, customer_id))
        said = counting.progress(compiled(version_id), story.facts, judging.zone(story.shop_id)) if story else []
        holds = any((one.period, one.number) == (period, number) for part in said for one in part.reached)
        if holds != is_standing:
            wrong.append(f"{key} {customer_id} {period} {number}: stands {is_standing}, holds {holds}")
    return wrong
