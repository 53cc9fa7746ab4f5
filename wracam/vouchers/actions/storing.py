"""Making codes and putting them into the table: random numbers, sealed texts, COPY."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from django.db import transaction
from psycopg.errors import UniqueViolation

from wracam.foundation.bulk import Row, copy_rows, execute
from wracam.vouchers.core import codes as core
from wracam.vouchers.core.codes import CodeFormat
from wracam.vouchers.queries import secrecy

COLUMNS = (
    "id", "shop_id", "campaign", "batch_id", "sealed", "customer_id", "issue_key", "created_at", "issued_at",
    "valid_until",
)  # fmt: skip
RANDOM_BYTES = 32
"""Far more than any code has, so that the remainder of the division favours no code noticeably."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode:
    """A code that is not stored yet: its text, and for whom under which key."""

    code: str
    customer_id: UUID | None = None
    issue_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """What codes stored together share."""

    shop_id: int
    campaign: str
    batch_id: UUID | None
    valid_until: datetime | None
    now: datetime


def new_codes(form: CodeFormat, count: int) -> Iterator[str]:
    """Yield *count* random codes; two may be equal where codes are short."""
    made = 0
    while made < count:
        drawn = os.urandom(RANDOM_BYTES * (count - made))
        for start in range(0, len(drawn), RANDOM_BYTES):
            number = int.from_bytes(drawn[start : start + RANDOM_BYTES], "big") % form.possible
            code = core.make(number, form)
            if code is not None:
                made += 1
                yield code


def store(codes: Iterable[NewCode], placing: Placing) -> int:
    """Store codes and return how many were new; those that exist, or whose issue key does, are left out."""
    rows = sorted((_row(one, placing) for one in codes), key=itemgetter(0))
    try:
        with transaction.atomic():
            copy_rows("code", COLUMNS, rows)
        return len(rows)
    except UniqueViolation:
        return _store_new_ones(rows)


def _store_new_ones(rows: Sequence[Row]) -> int:
    """Store the rows that are not there yet: the slower way, taken when some are."""
    execute("CREATE TEMPORARY TABLE IF NOT EXISTS new_code (LIKE code) ON COMMIT DELETE ROWS")
    execute("TRUNCATE new_code")
    copy_rows("new_code", COLUMNS, rows)
    return execute("INSERT INTO code SELECT * FROM new_code ORDER BY id ON CONFLICT DO NOTHING")


def _row(one: NewCode, placing: Placing) -> Row:
    identity = secrecy.code_id(core.fold(one.code))
    issued_at = placing.now if one.issue_key is not None else None
    return (
        identity, placing.shop_id, placing.campaign, placing.batch_id, secrecy.seal(one.code, identity),
        one.customer_id, one.issue_key, placing.now, issued_at, placing.valid_until,
    )  # fmt: skip
