"""Rate limits per key: one row and one statement a request, exact over any number of web machines.

The token bucket is kept as GCRA's single number, the moment when the bucket is full again (ITU-T I.371, 1996).
The table is unlogged: a crash empties it, which forgives, and counting never waits for the disk.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wracam.faces.api.ports import Key
from wracam.faces.api.problems import RATE_LIMITED, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A bucket of `burst` requests, refilled by `per_second`."""

    per_second: int
    burst: int


SERVER_LIMIT = Limit(per_second=50, burst=500)
PUBLISHABLE_LIMIT = Limit(per_second=20, burst=200)

_TAKE = """
INSERT INTO api_allowance AS allowance (api_key, full_at) VALUES (%(key)s, %(now)s + %(step)s * interval '1s')
ON CONFLICT (api_key) DO UPDATE SET full_at = greatest(allowance.full_at, %(now)s) + %(step)s * interval '1s'
WHERE greatest(allowance.full_at, %(now)s) + %(step)s * interval '1s' <= %(now)s + %(burst)s * interval '1s'
RETURNING full_at
"""


def limit_of(key: Key) -> Limit:
    """Return the limit that holds for *key*."""
    return PUBLISHABLE_LIMIT if key.is_publishable else SERVER_LIMIT


def take(*, bucket: str, limit: Limit, now: datetime) -> None:
    """Take one request out of *bucket*; raises the `rate_limited` problem when it is empty."""
    step = 1 / limit.per_second
    values: dict[str, str | datetime | float] = {
        "key": bucket[:80],
        "now": now,
        "step": step,
        "burst": step * limit.burst,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        if cursor.fetchone():
            return
        cursor.execute("SELECT full_at FROM api_allowance WHERE api_key = %(key)s", values)
        row = cursor.fetchone()
    wait = (row[0] - now).total_seconds() + step - step * limit.burst if row else step
    raise Problem(
        RATE_LIMITED,
        f"This key may send {limit.per_second} requests a second and {limit.burst} at once; wait and repeat.",
        headers={"Retry-After": str(max(1, math.ceil(wait)))},
    )
