"""From events to facts, and from facts to progress: counted in batches, undone by returns, recomputed every time.

1. What the batch's events add to live challenges becomes facts (one per order or event; the same again changes
   nothing). 2. What happened to orders that count sets how much of their facts still stands. 3. The progress of
   everybody touched is worked out from all their facts, stored, and what was reached or undone is announced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.challenges.actions import completing
from wracam.challenges.queries import facts as fact_queries
from wracam.challenges.queries import judging, live
from wracam.challenges.queries.facts import OrderFact
from wracam.challenges.queries.judging import Counted
from wracam.commerce import queries as commerce
from wracam.events.contracts import RecordedEvent
from wracam.foundation.bulk import as_json, execute, fetch
from wracam.foundation.locks import lock_many
from wracam.foundation.transactions import action

ORDER_CHANGES = frozenset(
    {
        "order.refunded",
        "order.refund_cancelled",
        "order.cancelled",
        "order.restored",
        "order.corrected",
        "order.claimed",
    }
)
OTHERS = frozenset({"customer.merged"})
Pair = tuple[str, UUID]

_INSERT = """
INSERT INTO challenge_fact AS f (
    challenge, key, shop_id, customer_id, version_id, happened_at, amount, value, order_id, cause_event_id)
SELECT challenge, key, shop_id, customer_id, version_id, happened_at, amount, value, order_id, cause_event_id
FROM jsonb_to_recordset(%s::text::jsonb) AS i(
    challenge text, key text, shop_id integer, customer_id uuid, version_id uuid, happened_at timestamptz,
    amount bigint, value text, order_id uuid, cause_event_id uuid)
ORDER BY challenge, key"""
_STORE = _INSERT + " ON CONFLICT (challenge, key) DO NOTHING RETURNING challenge, customer_id"
_SET = (
    _INSERT
    + """
ON CONFLICT (challenge, key) DO UPDATE SET amount = excluded.amount, customer_id = excluded.customer_id
"""
)


def handled_events() -> frozenset[str]:
    """Return the names of all events that challenges depend on."""
    names = live.trigger_names()
    return names | ORDER_CHANGES | OTHERS if names else frozenset()


def count(batch: Sequence[RecordedEvent], now: datetime) -> None:
    """Count a batch in which each customer's events stand in order."""
    with action():
        lock_many("challenges", _customers(batch))
        touched: dict[Pair, RecordedEvent | None] = {}
        for happened in batch:
            if happened.name == "customer.merged":
                touched |= dict.fromkeys(_merge(happened), happened)
        made = judging.counted(batch, live.live_challenges(now), now)
        touched |= dict.fromkeys(_store(made), None)
        touched |= _undo(batch)
        completing.settle(touched, now=now)


def _customers(batch: Iterable[RecordedEvent]) -> set[UUID]:
    return {one.customer_id for one in batch if one.customer_id is not None}


def _store(made: Sequence[Counted]) -> list[Pair]:
    """Insert new facts and return who has them."""
    unique = {(one.challenge.key, one.fact.key): one for one in made}
    return [(challenge, customer_id) for challenge, customer_id in fetch(_STORE, as_json(map(_row, unique.values())))]


def _row(one: Counted) -> dict[str, Any]:
    return {
        "challenge": one.challenge.key,
        "key": one.fact.key,
        "shop_id": one.shop_id,
        "customer_id": one.customer_id,
        "version_id": one.challenge.version_id,
        "happened_at": one.fact.at,
        "amount": one.fact.amount,
        "value": one.fact.value,
        "order_id": one.order_id,
        "cause_event_id": one.cause_event_id,
    }


def _undo(batch: Sequence[RecordedEvent]) -> dict[Pair, RecordedEvent | None]:
    """Set the facts of changed orders to what stands of them now, by the version that counted them."""
    causes = {UUID(one.data["order_id"]): one for one in batch if one.name in ORDER_CHANGES}
    stored = fact_queries.facts_of_orders(list(causes)) if causes else []
    if not stored:
        return {}
    orders = {order.id: order for order in commerce.orders(sorted({one.order_id for one in stored}))}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    touched: dict[Pair, RecordedEvent | None] = {}
    zones = judging.shop_zones()
    for one in stored:
        order = orders.get(one.order_id)
        owner = (order.customer_id if order else None) or one.customer_id
        rows.setdefault((one.challenge, one.key), _nothing(one, owner))
        for fact in judging.facts_of_order(live.compiled(one.version_id), order, zones) if order else []:
            known = _nothing(one, owner)
            rows[one.challenge, fact.key] = {**known, "key": fact.key, "value": fact.value, "amount": fact.amount}
        touched[one.challenge, one.customer_id] = touched[one.challenge, owner] = causes[one.order_id]
    execute(_SET, as_json(rows.values()))
    return touched


def _nothing(one: OrderFact, owner: UUID) -> dict[str, Any]:
    """Return a fact of which nothing stands."""
    return {
        "challenge": one.challenge,
        "key": one.key,
        "shop_id": one.shop_id,
        "customer_id": owner,
        "version_id": one.version_id,
        "happened_at": one.happened_at,
        "amount": 0,
        "value": one.value,
        "order_id": one.order_id,
        "cause_event_id": None,
    }


def _merge(happened: RecordedEvent) -> list[Pair]:
    """Two profiles are one person: what the absorbed one did counts for the other."""
    absorbed, survivor = UUID(happened.data["absorbed_id"]), happened.customer_id
    rows = fetch(
        "UPDATE challenge_fact SET customer_id = %s WHERE customer_id = %s RETURNING challenge", survivor, absorbed
    )
    execute(
        """UPDATE challenge_completion AS c SET customer_id = %s WHERE c.customer_id = %s AND NOT EXISTS (
               SELECT FROM challenge_completion AS other WHERE other.customer_id = %s AND other.challenge = c.challenge
                 AND other.period = c.period AND other.number = c.number)""",
        survivor, absorbed, survivor,
    )  # fmt: skip
    execute("DELETE FROM challenge_progress WHERE customer_id = %s", absorbed)
    execute(
        """INSERT INTO challenge_entry (challenge, customer_id, shop_id, joined_at)
           SELECT challenge, %s, shop_id, joined_at FROM challenge_entry WHERE customer_id = %s
           ON CONFLICT (challenge, customer_id) DO UPDATE
           SET joined_at = least(challenge_entry.joined_at, excluded.joined_at)""",
        survivor, absorbed,
    )  # fmt: skip
    execute("DELETE FROM challenge_entry WHERE customer_id = %s", absorbed)
    return [(row[0], survivor) for row in rows if survivor is not None]
