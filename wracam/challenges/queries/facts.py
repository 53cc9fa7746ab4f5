"""Facts as stored: of orders that changed, and of customers whose progress is worked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.challenges.core.counting import Fact
from wracam.foundation.bulk import fetch

Pair = tuple[str, UUID]

_OF_PAIRS = """
SELECT f.challenge, f.customer_id, f.key, f.happened_at, f.amount, f.value, f.version_id, f.shop_id
FROM unnest(%s::text[], %s::uuid[]) AS p(challenge, customer_id)
JOIN challenge_fact AS f ON f.challenge = p.challenge AND f.customer_id = p.customer_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFact:
    """A fact that an order made."""

    challenge: str
    key: str
    customer_id: UUID
    version_id: UUID
    order_id: UUID
    shop_id: int
    happened_at: datetime
    value: str


@dataclass(slots=True, kw_only=True)
class Story:
    """All facts of one customer in one challenge, and the newest version that counted."""

    facts: list[Fact]
    version_id: UUID
    shop_id: int


def facts_of_orders(order_ids: Sequence[UUID]) -> list[OrderFact]:
    """Return the facts that these orders made, locked to the end of the transaction."""
    rows = fetch(
        """SELECT challenge, key, customer_id, version_id, order_id, shop_id, happened_at, value
           FROM challenge_fact
           WHERE order_id = ANY(%s::uuid[]) ORDER BY challenge, key FOR UPDATE""",
        list(order_ids),
    )
    return [
        OrderFact(
            challenge=challenge, key=key, customer_id=customer_id, version_id=version_id, order_id=order_id,
            shop_id=shop_id, happened_at=happened_at, value=value,
        )
        for challenge, key, customer_id, version_id, order_id, shop_id, happened_at, value in rows
    ]  # fmt: skip


def stories(pairs: Iterable[Pair]) -> dict[Pair, Story]:
    """Return all facts of these customers in these challenges; who has none is left out."""
    asked = list(pairs)
    rows = fetch(_OF_PAIRS, [challenge for challenge, _ in asked], [customer_id for _, customer_id in asked])
    found: dict[Pair, Story] = {}
    for challenge, customer_id, key, happened_at, amount, value, version_id, shop_id in rows:
        story = found.setdefault((challenge, customer_id), Story(facts=[], version_id=version_id, shop_id=shop_id))
        story.facts.append(Fact(key=key, at=happened_at, amount=amount, value=value))
        story.version_id = max(story.version_id, version_id)
    return found
