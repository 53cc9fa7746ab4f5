"""The review of tiers after a shop's midnight: the only moment at which members move down.

The members of a shop are reviewed in shares, by the first digit of their id, and in each share in the order of their
ids. How far a share has come is written with what the review changed, so that a review that is killed goes on where
it was and nobody is reviewed twice in a day; several hands or workers take different shares. Shares that are small
enough to be one batch together are reviewed together, because most of a small batch's cost is its statements; not so
many that a hand has nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from wracam.foundation.bulk import execute, fetch
from wracam.foundation.hands import share_out
from wracam.foundation.transactions import action
from wracam.loyalty.actions import tiers
from wracam.loyalty.core import calendar
from wracam.loyalty.queries import ladders, unsettled
from wracam.loyalty.queries.ladders import Sight
from wracam.shops import queries as shops

BATCH_SIZE = 10_000
SHARES = 16
MEMBERS_OF_A_HAND_MIN = 1_000
_LAST_ID = UUID(int=(1 << 128) - 1)
_SHARE_BITS = 124
_BEGIN = """
INSERT INTO loyalty_nightly (step, day) SELECT step, %s FROM unnest(%s::text[]) AS s(step) ON CONFLICT DO NOTHING
"""
_OPEN = "SELECT step FROM loyalty_nightly WHERE step = ANY(%s) AND (day < %s OR reached IS NOT NULL) ORDER BY step"
_TAKE = """
SELECT CASE WHEN day = %s THEN reached END FROM loyalty_nightly
WHERE step = %s AND (day < %s OR reached IS NOT NULL) FOR UPDATE SKIP LOCKED
"""
_TAKE_WHOLE = """
SELECT step FROM loyalty_nightly WHERE step = ANY(%s) AND day < %s ORDER BY step FOR UPDATE SKIP LOCKED
"""
_COUNT = "SELECT count(*) FROM (SELECT FROM loyalty_member WHERE shop_id = %s LIMIT %s) AS counted"
_END_OF_BATCH = """
SELECT max(id::text)::uuid FROM (
    SELECT id FROM loyalty_member WHERE id > %s AND id <= %s AND shop_id = %s ORDER BY id LIMIT %s
) AS next
"""


def review_due(*, now: datetime, hands: int = 1) -> int:
    """Review the members of every shop whose day has begun since its last review; return how many moved.

    The day is the shop's own, so a review runs once between two of its midnights, on days of a clock change too.
    """
    if not ladders.live_ladders(now):
        return 0
    seen = ladders.sight(now)
    return sum(_review_shop(shop.id, calendar.local_day(now, shop.zone), seen, hands) for shop in shops.shops())


def review_tiers(*, shop_id: int, now: datetime) -> int:
    """Review every member of a shop on every ladder, whatever was reviewed today; return how many moved."""
    tiers.write_tiers(now=now)
    seen, moved, after = ladders.sight(now), 0, UUID(int=0)
    while upto := _end_of_batch(shop_id, after, _LAST_ID):
        with action():
            moved += _review(shop_id, after, upto, seen)
        after = upto
    return moved


def _review_shop(shop_id: int, day: date, seen: Sight, hands: int) -> int:
    steps = {f"tiers:{shop_id}:{share:x}": share for share in range(SHARES)}
    execute(_BEGIN, day - timedelta(days=1), list(steps))
    still_open = [row[0] for row in fetch(_OPEN, list(steps), day)]
    if not still_open:
        return 0
    tiers.write_tiers(now=seen.now)
    together = _shares_together(shop_id, hands) if len(still_open) == SHARES else 1

    def review(names: Sequence[str]) -> int:
        return _review_shares(shop_id, {name: steps[name] for name in names}, day, seen)

    pieces = [still_open[start : start + together] for start in range(0, len(still_open), together)]
    return sum(share_out(pieces, review, hands=hands))


def _shares_together(shop_id: int, hands: int) -> int:
    """Return how many shares of a shop's members fill one batch, or give each of several hands its part."""
    members = fetch(_COUNT, shop_id, SHARES * BATCH_SIZE)[0][0]
    busy = max(1, min(hands, members // MEMBERS_OF_A_HAND_MIN))
    return int(min(-(-SHARES // busy), SHARES * BATCH_SIZE // max(1, members)))


def _review_shares(shop_id: int, steps: Mapping[str, int], day: date, seen: Sight) -> int:
    """Review neighboring shares: in one go if nobody has begun with any of them, else one by one."""
    moved = _review_whole(shop_id, steps, day, seen) if len(steps) > 1 else None
    if moved is not None:
        return moved
    return sum(_review_share(shop_id, step, share, day, seen) for step, share in steps.items())


def _review_whole(shop_id: int, steps: Mapping[str, int], day: date, seen: Sight) -> int | None:
    """Review neighboring shares as one batch; None if another worker is at one, or if they are too many members."""
    after, last = _first_id(min(steps.values())), _last_id(max(steps.values()))
    with action():
        if len(fetch(_TAKE_WHOLE, list(steps), day)) < len(steps):
            return None
        upto = _end_of_batch(shop_id, after, last)
        if upto is not None and _end_of_batch(shop_id, upto, last) is not None:
            return None
        moved = _review(shop_id, after, upto, seen) if upto is not None else 0
        execute("UPDATE loyalty_nightly SET day = %s, reached = NULL WHERE step = ANY(%s)", day, list(steps))
    return moved


def _first_id(share: int) -> UUID:
    """Return the id below all ids of a share."""
    return UUID(int=max(0, (share << _SHARE_BITS) - 1))


def _last_id(share: int) -> UUID:
    """Return the greatest id of a share."""
    return UUID(int=((share + 1) << _SHARE_BITS) - 1)


def _review_share(shop_id: int, step: str, share: int, day: date, seen: Sight) -> int:
    """Review what is left of a share; a share that another worker has in hand is left to that."""
    moved, is_left = 0, True
    while is_left:
        with action():
            taken = fetch(_TAKE, day, step, day)
            if not taken:
                break
            after = taken[0][0] or _first_id(share)
            upto = _end_of_batch(shop_id, after, _last_id(share))
            if upto is not None:
                moved += _review(shop_id, after, upto, seen)
            execute("UPDATE loyalty_nightly SET day = %s, reached = %s WHERE step = %s", day, upto, step)
            is_left = upto is not None
    return moved


def _end_of_batch(shop_id: int, after: UUID, last: UUID) -> UUID | None:
    found: UUID | None = fetch(_END_OF_BATCH, after, last, shop_id, BATCH_SIZE)[0][0]
    return found


def _review(shop_id: int, after: UUID, upto: UUID, seen: Sight) -> int:
    """Review the members with ids above *after* up to *upto* on every ladder."""
    return sum(
        tiers.assess(ladder, unsettled.members(ladder, shop_id, after, upto, seen), seen, is_review=True)
        for ladder in ladders.live_ladders(seen.now)
    )
