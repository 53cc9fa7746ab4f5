"""Whom a review of tiers may change: everybody but those whose figures leave them where they stand.

A member is settled on a ladder when what they measure is in the band of their tier, will still be on the day that
takes something away (or that day is not near), and nothing about them waits for a date or for being told. The review
and the progress of `core.tiers` change nothing of a settled member, whatever conditions they meet; a property test
holds this statement to that. Who is not settled is measured again and decided by the core.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from wracam.commerce import queries as commerce
from wracam.foundation.bulk import Row, as_json
from wracam.loyalty.core import calendar, tiers
from wracam.loyalty.core.ladders import LiveLadder, Measure
from wracam.loyalty.core.windows import Spans
from wracam.loyalty.queries.ladders import Sight

_MEMBERS = """
FROM loyalty_member AS m
WHERE m.id > %(after)s AND m.id <= %(upto)s AND m.shop_id = %(shop)s AND m.state = 'active'
  AND (%(program)s = '' OR m.program = %(program)s)
"""
_POINTS = """
SELECT e.member_id,
       sum(v.points) FILTER (WHERE e.happened_at >= p.current) AS current,
       sum(v.points) FILTER (WHERE e.happened_at < p.current) AS previous,
       sum(v.points) FILTER (WHERE e.happened_at >= p.later) AS later
FROM person AS p JOIN loyalty_earning AS e ON e.member_id = p.id AND e.happened_at >= p.previous
CROSS JOIN LATERAL (SELECT e.standing -> %(kind)s AS kind) AS s
CROSS JOIN LATERAL (
    SELECT (s.kind ->> 'earned')::bigint - (s.kind ->> 'taken')::bigint - (s.kind ->> 'forgiven')::bigint AS points
) AS v
WHERE s.kind IS NOT NULL
GROUP BY e.member_id
"""
_SALES = """
SELECT p.id AS member_id, s.current, s.previous, s.later
FROM person AS p JOIN unnest(%(customers)s::uuid[], %(current)s::bigint[], %(previous)s::bigint[], %(later)s::bigint[])
    AS s (customer_id, current, previous, later) ON s.customer_id = p.customer_id
"""
_NOTHING = "SELECT p.id AS member_id, 0 AS current, 0 AS previous, 0 AS later FROM person AS p WHERE false"
_UNSETTLED = """
WITH span AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(spans)s::text::jsonb) AS s (
        day date, current timestamptz, previous timestamptz, later timestamptz, is_soon boolean)
), band AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(bands)s::text::jsonb) AS b (
        key text, place integer, threshold bigint, above bigint, is_conditional boolean, is_kept boolean)
), person AS MATERIALIZED (
    SELECT m.id, m.customer_id, span.* FROM (SELECT m.id, m.customer_id, m.joined_at {members}) AS m
    JOIN span ON span.day IS NULL OR span.day = (m.joined_at AT TIME ZONE %(zone)s)::date
), measured AS MATERIALIZED ({measured})
SELECT p.id
FROM person AS p
LEFT JOIN measured ON measured.member_id = p.id
LEFT JOIN loyalty_member_tier AS t ON t.member_id = p.id AND t.ladder = %(ladder)s
LEFT JOIN band ON band.key = coalesce(t.tier, %(lowest)s)
LEFT JOIN band AS given ON given.key = t.floor
CROSS JOIN LATERAL (
    SELECT greatest(0, measured.current, measured.previous) AS now, greatest(0, measured.later) AS later
) AS counted
WHERE NOT coalesce(
    (band.above IS NULL OR counted.now < band.above)
    AND (band.is_kept OR (
        NOT band.is_conditional AND counted.now >= band.threshold
        AND (counted.later >= band.threshold OR NOT p.is_soon)))
    AND (t.floor IS NULL OR coalesce(given.place, 0) <= band.place)
    AND t.kept_until IS NULL AND t.risk_noted_at IS NULL, false)
ORDER BY p.id
"""


def members(ladder: LiveLadder, shop_id: int, after: UUID, upto: UUID, seen: Sight) -> list[UUID]:
    """Return the members of a shop with ids above *after* up to *upto* whom a review of the ladder may change.

    On a ladder of sales with a window of each member's own that is everybody.
    """
    asked: dict[str, Any] = {
        "after": after, "upto": upto, "shop": shop_id, "program": ladder.program, "zone": seen.zone(shop_id).key,
        "ladder": ladder.key, "lowest": ladder.lowest, "kind": ladder.point_kind,
        "bands": as_json(map(asdict, tiers.bands(ladder.steps))),
    }  # fmt: skip
    is_of_sales = ladder.measure in (Measure.SPEND, Measure.ORDERS)
    if is_of_sales and ladder.window.depends_on_joining:
        return [row[0] for row in _fetch("SELECT m.id" + _MEMBERS + "ORDER BY m.id", asked)]
    spans = _spans(ladder, asked, seen, shop_id)
    asked["spans"] = as_json(_span(ladder, day, one, seen) for day, one in spans.items())
    if is_of_sales:
        asked |= _sales(ladder, asked, spans[None])
    measured = _SALES if is_of_sales else _POINTS if ladder.measure is Measure.POINTS else _NOTHING
    return [row[0] for row in _fetch(_UNSETTLED.format(members=_MEMBERS, measured=measured), asked)]


def _spans(ladder: LiveLadder, asked: Mapping[str, Any], seen: Sight, shop_id: int) -> dict[date | None, Spans]:
    """Return the spans of all members, or where they depend on joining those of each local day somebody joined on."""
    zone = seen.zone(shop_id)
    days: list[date | None] = [None]
    if ladder.window.depends_on_joining:
        found = _fetch("SELECT DISTINCT (m.joined_at AT TIME ZONE %(zone)s)::date" + _MEMBERS, asked)
        days = [row[0] for row in found]
    return {day: ladder.spans(seen.now, zone, calendar.midnight(day, zone) if day else seen.now) for day in days}


def _span(ladder: LiveLadder, day: date | None, one: Spans, seen: Sight) -> dict[str, object]:
    return {
        "day": day,
        "current": one.current,
        "previous": one.previous,
        "later": one.later,
        "is_soon": ladder.is_soon(one.review_at, seen.now),
    }


def _sales(ladder: LiveLadder, asked: Mapping[str, Any], span: Spans) -> dict[str, list[Any]]:
    """Return what the customers bought in the spans that all of them share, as columns."""
    customers = [row[0] for row in _fetch("SELECT m.customer_id" + _MEMBERS, asked)]
    sold = commerce.sales_since(customers, [span.current, span.previous, span.later])
    counts = ladder.measure is Measure.ORDERS
    rows = [[one.count if counts else one.net_minor for one in mine] for mine in sold.values()]
    return {
        "customers": list(sold),
        "current": [current for current, _all, _later in rows],
        "previous": [both - current for current, both, _later in rows],
        "later": [later for _current, _both, later in rows],
    }


def _fetch(sql: str, asked: Mapping[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())
