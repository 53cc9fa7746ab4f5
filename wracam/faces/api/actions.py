"""Housekeeping of the API shell."""

from __future__ import annotations

from datetime import datetime, timedelta

from wracam.faces.api.idempotency import KEPT_DAYS
from wracam.faces.api.models import Allowance, StoredAnswer
from wracam.foundation import transactions

ALLOWANCE_IDLE_DAYS = 1


def forget_old_answers(*, now: datetime) -> int:
    """Delete stored answers past their time and counters at rest; return how many answers went."""
    with transactions.action():
        Allowance.objects.filter(full_at__lt=now - timedelta(days=ALLOWANCE_IDLE_DAYS)).delete()
        gone, _ = StoredAnswer.objects.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    return gone
