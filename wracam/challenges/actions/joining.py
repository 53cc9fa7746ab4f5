"""Joining opt-in challenges, and how a customer appears in rankings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.challenges.contracts import ChallengeJoined
from wracam.challenges.queries import live
from wracam.events import actions as events
from wracam.foundation.bulk import execute
from wracam.foundation.transactions import action
from wracam.kernel.text import clean_text

NICKNAME_LENGTH_MAX = 40


def join(*, challenge: str, customer_id: UUID, shop_id: int, now: datetime) -> bool:
    """Take part in a challenge from now on; say whether that is new. Raises `UnknownChallengeError`."""
    found = live.live_challenge(challenge, now)
    with action():
        is_new = execute(
            """INSERT INTO challenge_entry (challenge, customer_id, shop_id, joined_at) VALUES (%s, %s, %s, %s)
               ON CONFLICT DO NOTHING""",
            found.key, customer_id, shop_id, now,
        )  # fmt: skip
        if is_new:
            happened = ChallengeJoined(shop_id=shop_id, customer_id=customer_id, occurred_at=now, challenge=found.key)
            events.record([happened], now=now)
    return bool(is_new)


def appear(*, customer_id: UUID, shop_id: int, nickname: str, is_listed: bool) -> None:
    """Set the nickname for rankings (empty: nameless) and whether the customer is listed at all."""
    name = clean_text(nickname, length_max=NICKNAME_LENGTH_MAX)
    with action():
        execute(
            """INSERT INTO challenge_player (customer_id, shop_id, nickname, is_listed) VALUES (%s, %s, %s, %s)
               ON CONFLICT (customer_id) DO UPDATE SET nickname = excluded.nickname, is_listed = excluded.is_listed""",
            customer_id, shop_id, name, is_listed,
        )  # fmt: skip
        execute(
            "UPDATE challenge_progress SET is_listed = %s WHERE customer_id = %s AND is_listed <> %s",
            is_listed, customer_id, is_listed,
        )  # fmt: skip


def forget(*, customer_ids: Sequence[UUID]) -> None:
    """Erase what these people did in challenges: facts, progress, completions, entries and nicknames."""
    with action():
        for table in (
            "challenge_fact", "challenge_progress", "challenge_completion", "challenge_entry", "challenge_player",
            "challenge_nearness",
        ):  # fmt: skip
            execute(f"DELETE FROM {table} WHERE customer_id = ANY(%s::uuid[])", list(customer_ids))  # noqa: S608  our own names
