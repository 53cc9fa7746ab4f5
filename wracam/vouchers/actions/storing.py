"""Making codes and putting them into the table: random numbers, sealed texts, COPY."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.foundation.bulk import copy_rows, execute
from wracam.vouchers.core import codes as core
from wracam.vouchers.core.codes import CodeFormat
from wracam.vouchers.queries import secrecy

COLUMNS = ("id", "sealed", "customer_id", "issue_key")


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
        code = core.make(secrets.randbelow(form.possible), form)
        if code is not None:
            made += 1
            yield code


def store(codes: Iterable[NewCode], placing: Placing) -> int:
    """Store codes and return how many were new; those that exist, or whose issue key does, are left out."""
    execute(
        """CREATE TEMPORARY TABLE IF NOT EXISTS new_code (id uuid, sealed text, customer_id uuid, issue_key text)
           ON COMMIT DELETE ROWS"""
    )
    execute("TRUNCATE new_code")
    copy_rows("new_code", COLUMNS, (_row(one) for one in codes))
    return execute(
        """INSERT INTO code (id, shop_id, campaign, batch_id, sealed, customer_id, issue_key, created_at, issued_at,
                             valid_until)
           SELECT id, %s, %s, %s, sealed, customer_id, issue_key, %s,
                  CASE WHEN issue_key IS NOT NULL THEN %s::timestamptz END, %s
           FROM new_code ORDER BY id ON CONFLICT DO NOTHING""",
        placing.shop_id, placing.campaign, placing.batch_id, placing.now, placing.now, placing.valid_until,
    )  # fmt: skip


def _row(one: NewCode) -> tuple[UUID, str, UUID | None, str | None]:
    identity = secrecy.code_id(core.fold(one.code))
    return identity, secrecy.seal(one.code, identity), one.customer_id, one.issue_key
