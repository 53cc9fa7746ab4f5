"""Members for the nightly benchmark: what a million of them looks like just after a shop's midnight.

Each has three lots with their transfers and the earnings behind them: one pending and due, one whose last day has
just ended, one that goes on; and a balance. Of a hundred members 70 stand at the bottom of the ladder, 22 in the
middle and 8 at the top. Every tenth member has an earning that leaves the rolling window this very night, every
twentieth one that leaves it within the days of warning, every twenty-fifth was never moved up, and every twentieth did
nothing for more than a year.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

FILL_AT_ONCE = 50_000
EXPECTED = {"activated": 100, "expired": 100, "inactive": 5, "tiers": 5}
"""What each step touches of every hundred members."""
LADDER = {
    "window": {"kind": "rolling", "months": 12},
    "tiers": [{"key": "green"}, {"key": "silver", "from": 150}, {"key": "gold", "from": 400}],
}
PROGRAM = {"name": "Klub", "joining": "everybody", "validity": {"kind": "inactivity", "months": 12}}

# n is the member, k the lot: 1 pending, 2 ended, 3 going on.
# Whoever is changed here: `EXPECTED` counts what the night then does to a hundred members.
_IDLE = "n % 20 = 0"
_FALLS = "n % 10 = 7"
_WARNED = "n % 20 = 9"
_OVERLOOKED = "n % 25 = 21"
_POINTS = "CASE WHEN n % 100 < 70 THEN 40 WHEN n % 100 < 92 THEN 60 ELSE 150 END"
_EARNED_AT = f"""CASE WHEN {_IDLE} THEN %(midnight)s - interval '450 days' - k * interval '1 day'
    WHEN k = 2 AND {_FALLS} THEN %(window)s - interval '1 hour'
    WHEN k = 2 AND {_WARNED} THEN %(window)s + interval '20 days'
    ELSE %(midnight)s - (20 + 60 * k) * interval '1 day' END"""
_WHO = """md5('m' || n)::uuid AS member_id, md5('c' || n)::uuid AS customer_id,
    md5('e' || n || ':' || k)::uuid AS earning_id, md5('o' || n || ':' || k)::uuid AS order_id"""
_LOTS = f"""SELECT n, k, {_WHO}, ({_POINTS})::bigint AS points, {_EARNED_AT} AS earned_at,
    CASE k WHEN 1 THEN %(midnight)s ELSE {_EARNED_AT} END AS activates_at,
    CASE k WHEN 2 THEN %(midnight)s END AS expires_at
    FROM generate_series(%(first)s::int, %(last)s) AS n, generate_series(1, 3) AS k"""

_STATEMENTS = (
    """INSERT INTO loyalty_member (id, shop_id, customer_id, program, state, joined_at, last_active_at, nickname)
    SELECT md5('m' || n)::uuid, 1, md5('c' || n)::uuid, 'klub', 'active', %(midnight)s - interval '2 years',
           %(midnight)s, ''
    FROM generate_series(%(first)s::int, %(last)s) AS n""",
    f"""INSERT INTO loyalty_earning (id, shop_id, program, customer_id, member_id, order_id, event_name, happened_at,
        decision, standing, refunds, state)
    SELECT earning_id, 1, 'klub', customer_id, member_id, order_id, 'order.paid', earned_at,
           jsonb_build_object('order_minor', points * 100, 'kinds', jsonb_build_array(jsonb_build_object(
               'points', points, 'point_kind', 'points', 'shares', jsonb_build_array(
                   jsonb_build_object('points', points / 2, 'quantity', 1, 'line_id', gen_random_uuid()),
                   jsonb_build_object('points', points / 2, 'quantity', 1, 'line_id', gen_random_uuid())))),
               'trace', jsonb_build_array(jsonb_build_object('why', '', 'rule', 'klub', 'points', points, 'desired',
                   points, 'outcome', 'applied', 'point_kind', 'points', 'version_id', gen_random_uuid()))),
           jsonb_build_object('points', jsonb_build_object('earned', points, 'taken', 0, 'forgiven', 0)), '{{}}',
           'standing'
    FROM ({_LOTS}) AS lot""",
    f"""WITH given AS (
        INSERT INTO point_transfer (shop_id, key, input_hash, entry_id, member_id, point_kind, debit, credit, amount,
            at, happened_at, activates_at, expires_at, order_id, earning_id, reason)
        SELECT 1, 'earn:' || earning_id || ':points', sha256(earning_id::text::bytea), earning_id, member_id,
               'points', 'issued', CASE k WHEN 1 THEN 'pending' ELSE 'active' END, points, earned_at, earned_at,
               activates_at, expires_at, order_id, earning_id, 'earned'
        FROM ({_LOTS}) AS lot ORDER BY k, n
        RETURNING *
    )
    INSERT INTO point_lot (id, shop_id, member_id, point_kind, amount, remaining, is_active, moves, earned_at,
        activates_at, expires_at, order_id, earning_id)
    SELECT id, 1, member_id, point_kind, amount, amount, credit = 'active', 0, happened_at, activates_at, expires_at,
           order_id, earning_id
    FROM given""",
    f"""INSERT INTO point_balance (member_id, point_kind, shop_id, active, pending, earned, transfers, acted_at)
    SELECT member_id, 'points', 1, 2 * min(points), min(points), 3 * min(points), 3, max(earned_at)
    FROM ({_LOTS}) AS lot GROUP BY n, member_id ORDER BY n""",
    f"""INSERT INTO loyalty_member_tier (member_id, ladder, tier, since)
    SELECT md5('m' || n)::uuid, 'levels', CASE WHEN n % 100 < 92 THEN 'silver' ELSE 'gold' END,
           %(midnight)s - interval '60 days'
    FROM generate_series(%(first)s::int, %(last)s) AS n WHERE n % 100 >= 70 AND NOT ({_OVERLOOKED} OR {_IDLE})""",
)


def open_shop(now: datetime) -> None:
    """Make the shop with its programme and its ladder, as they were two years before *now*."""
    from wracam.definitions import actions as definitions
    from wracam.shops import actions as shops
    from wracam.shops.contracts import SYSTEM

    then = now - timedelta(days=730)
    shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", now=then)
    bodies: dict[str, tuple[str, dict[str, Any]]] = {"program": ("klub", PROGRAM), "tier_ladder": ("levels", LADDER)}
    for kind, (key, body) in bodies.items():
        definitions.save_draft(kind=kind, key=key, name=key, body=body, expected_revision=None, actor=SYSTEM, now=then)
        definitions.publish(kind=kind, key=key, expected_revision=None, actor=SYSTEM, now=then)


def fill(members: int, *, midnight: datetime, window: datetime) -> None:
    """Write the members; *window* is where the ladder's window begins after this *midnight*."""
    from django.db import connection

    from wracam.foundation.hands import share_out

    def write(first: int) -> None:
        values: dict[str, Any] = {
            "first": first, "last": min(first + FILL_AT_ONCE - 1, members), "midnight": midnight, "window": window,
        }  # fmt: skip
        with connection.cursor() as cursor:
            for statement in _STATEMENTS:
                cursor.execute(_doubled(statement), values)

    share_out(range(1, members + 1, FILL_AT_ONCE), write, hands=2)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _doubled(statement: str) -> str:
    """Return the statement with the percent signs that are no places doubled, as the driver wants them."""
    return statement.replace("%", "%%").replace("%%(", "%(")
