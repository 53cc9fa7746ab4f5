"""Making codes and putting them into the table: random letters, sealed texts, COPY."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from operator import itemgetter
from uuid import UUID

from django.db import transaction
from psycopg.errors import UniqueViolation

from wracam.foundation.bulk import Row, copy_rows, execute
from wracam.vouchers.core import codes as core
from wracam.vouchers.core.codes import CodeFormat
from wracam.vouchers.core.drawing import draw
from wracam.vouchers.queries import secrecy

COLUMNS = {
    "id": "bytea", "sealed": "text",
    "shop_id": "int4", "campaign": "text", "batch_id": "uuid",
    "created_at": "timestamptz", "valid_until": "timestamptz",
    "issued_at": "timestamptz", "customer_id": "uuid", "issue_key": "text",
}  # fmt: skip
"""The columns we write and how they travel; the 16 bytes of an id are what PostgreSQL reads as a uuid."""
BYTES_PER_LETTER = 1.1
"""A letter takes a random byte, and 8 in 256 are thrown away: with this much a second draw is rare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """For whom a code is, and under which key it was issued."""

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


NOBODY = Owner()
_Placed = tuple[bytes, str, Owner]
"""A code as it will be stored: the bytes of its id, its text, its owner."""


def new_codes(form: CodeFormat, count: int) -> list[str]:
    """Return *count* random codes; two may be equal where codes are short."""
    codes: list[str] = []
    while len(codes) < count:
        missing = count - len(codes)
        codes += draw(os.urandom(round((missing + 1) * form.length * BYTES_PER_LETTER)), form)[:missing]
    return codes


def store(codes: Sequence[str], placing: Placing, owners: Sequence[Owner] | None = None) -> int:
    """Store codes and return how many were new; those that exist, or whose issue key does, are left out.

    *owners* says for whom each code is; without them the codes are nobody's. Codes are sealed while PostgreSQL is
    already storing those before them.
    """
    ids = secrecy.code_ids(map(core.fold, codes))
    placed = sorted(zip(ids, codes, owners or repeat(NOBODY), strict=False), key=itemgetter(0))
    try:
        with transaction.atomic():
            _copy("code", placed, placing)
        return len(placed)
    except UniqueViolation:
        return _store_new_ones(placed, placing)


def _store_new_ones(placed: Sequence[_Placed], placing: Placing) -> int:
    """Store the codes that are not there yet: the slower way, taken when some are."""
    execute("CREATE TEMPORARY TABLE IF NOT EXISTS new_code (LIKE code) ON COMMIT DELETE ROWS")
    execute("TRUNCATE new_code")
    _copy("new_code", placed, placing)
    return execute("INSERT INTO code SELECT * FROM new_code ORDER BY id ON CONFLICT DO NOTHING")


def _copy(table: str, placed: Sequence[_Placed], placing: Placing) -> None:
    copy_rows(table, tuple(COLUMNS), _rows(placed, placing), types=tuple(COLUMNS.values()))


def _rows(placed: Sequence[_Placed], placing: Placing) -> Iterator[Row]:
    shared = (placing.shop_id, placing.campaign, placing.batch_id, placing.now, placing.valid_until)
    sealed = secrecy.seal_many((code, identity) for identity, code, _ in placed)
    for (identity, _, owner), text in zip(placed, sealed, strict=True):
        issued_at = placing.now if owner.issue_key is not None else None
        yield (identity, text, *shared, issued_at, owner.customer_id, owner.issue_key)
