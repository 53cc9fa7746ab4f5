"""Rankings of a challenge's period: pages by key over one index, places by counting it; private by default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.challenges.contracts import RankingLine
from wracam.challenges.core.words import amount_words
from wracam.challenges.queries.live import live_challenge
from wracam.foundation.bulk import fetch
from wracam.shops import queries as shops

PAGE_SIZE_MAX = 200
PLACE_COUNTED_MAX = 10_000
"""Own places are counted up to here, so that they cost the same in a ranking of any size."""

_PAGE = """
SELECT p.customer_id, p.amount, p.last_at, coalesce(l.nickname, '')
FROM challenge_progress AS p LEFT JOIN challenge_player AS l ON l.customer_id = p.customer_id
WHERE p.challenge = %s AND p.shop_id = %s AND p.period = %s AND p.is_listed AND p.amount > 0
  AND (%s::bigint IS NULL OR p.amount < %s OR (p.amount = %s AND (p.last_at, p.customer_id) > (%s, %s::uuid)))
  AND (%s::bigint IS NULL OR p.amount <= %s)
ORDER BY p.amount DESC, p.last_at, p.customer_id LIMIT %s
"""
_BEFORE = """
SELECT count(*) FROM (
    SELECT FROM challenge_progress AS p
    WHERE p.challenge = %s AND p.shop_id = %s AND p.period = %s AND p.is_listed AND p.amount > 0
      AND p.amount >= %s AND (p.amount > %s OR (p.last_at, p.customer_id) < (%s, %s::uuid))
    ORDER BY p.amount DESC, p.last_at, p.customer_id LIMIT %s
) AS before
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page begins: after this line."""

    amount: int
    last_at: datetime
    customer_id: UUID
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """One page of a ranking, and where the next one begins (None at the end)."""

    lines: tuple[RankingLine, ...]
    following: Place | None


def ranking(*, challenge: str, shop_id: int, period: str, after: Place | None = None, limit: int = 50) -> Ranking:
    """Return a page of a ranking: who has more stands higher, among equals who had it first.

    Raises `UnknownChallengeError`. Customers who opted out are not in it; those without a nickname are nameless.
    """
    found = live_challenge(challenge)
    size = max(1, min(limit, PAGE_SIZE_MAX))
    amount = after.amount if after else None
    rows = fetch(
        _PAGE, challenge, shop_id, period, amount, amount, amount, after.last_at if after else None,
        after.customer_id if after else None, amount, amount, size + 1,
    )  # fmt: skip
    currency = _currency(shop_id)
    first = after.place + 1 if after else 1
    lines = tuple(
        RankingLine(
            place=place, customer_id=customer_id, nickname=nickname, amount=amount,
            amount_text=amount_words(found, amount, currency), last_at=last_at,
        )
        for place, (customer_id, amount, last_at, nickname) in enumerate(rows[:size], start=first)
    )  # fmt: skip
    last = rows[size - 1] if len(rows) > size else None
    following = Place(amount=last[1], last_at=last[2], customer_id=last[0], place=lines[-1].place) if last else None
    return Ranking(lines=lines, following=following)


def place_of(*, challenge: str, shop_id: int, period: str, customer_id: UUID) -> RankingLine | None:
    """Return the place of one customer; None when they have nothing yet or opted out.

    Beyond `PLACE_COUNTED_MAX` the place is only known to be further back: `is_exact` is false then.
    """
    found = live_challenge(challenge)
    rows = fetch(
        """SELECT p.amount, p.last_at, coalesce(l.nickname, '') FROM challenge_progress AS p
           LEFT JOIN challenge_player AS l ON l.customer_id = p.customer_id
           WHERE p.challenge = %s AND p.period = %s AND p.customer_id = %s AND p.is_listed AND p.amount > 0""",
        challenge, period, customer_id,
    )  # fmt: skip
    if not rows:
        return None
    amount, last_at, nickname = rows[0]
    before = fetch(
        _BEFORE, challenge, shop_id, period, amount, amount, last_at, customer_id, PLACE_COUNTED_MAX
    )[0][0]  # fmt: skip
    return RankingLine(
        place=before + 1, is_exact=before < PLACE_COUNTED_MAX, customer_id=customer_id, nickname=nickname,
        amount=amount,
        amount_text=amount_words(found, amount, _currency(shop_id)), last_at=last_at,
    )  # fmt: skip


def appearance(customer_id: UUID) -> tuple[str, bool]:
    """Return the nickname of a customer and whether they are listed in rankings."""
    rows = fetch("SELECT nickname, is_listed FROM challenge_player WHERE customer_id = %s", customer_id)
    return rows[0] if rows else ("", True)


def _currency(shop_id: int) -> str:
    shop = shops.shop(shop_id)
    return shop.currency if shop else "PLN"
