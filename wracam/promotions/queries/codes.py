"""Codes that were presented with a cart, looked up in `vouchers`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.promotions.contracts import CodeOutcome
from wracam.promotions.core.explaining import FoundCode

CODES_MAX = 20


def found_codes(shop_id: int, codes: Sequence[str], customer_id: UUID | None, now: datetime) -> tuple[FoundCode, ...]:
    """Return what is known of each code, in the order presented, each once."""
    del shop_id, customer_id, now
    return tuple(FoundCode(code=code, outcome=CodeOutcome.UNKNOWN) for code in dict.fromkeys(codes))
