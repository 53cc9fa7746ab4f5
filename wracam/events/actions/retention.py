"""Forgetting: events beyond what their kind keeps, empty months, old intake keys and finished webhook deliveries."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from wracam.events.contracts import EVENTS, NAMED_KEPT_DAYS
from wracam.events.core.months import Month, month_of_partition
from wracam.events.models import IntakeKey, LoggedEvent, WebhookDelivery
from wracam.events.queries.log import partitions

INTAKE_KEYS_KEPT = timedelta(days=90)
WEBHOOK_DELIVERIES_KEPT = timedelta(days=30)


def forget_old(*, now: datetime) -> int:
    """Delete what is beyond its retention and return how many events that were.

    Events leave by whole months; kinds without a limit stay for ever, because they explain balances.
    """
    count = _forget_events(now)
    _drop_empty_months(now)
    IntakeKey.objects.filter(recorded_at__lt=now - INTAKE_KEYS_KEPT).delete()
    WebhookDelivery.objects.filter(finished_at__lt=now - WEBHOOK_DELIVERIES_KEPT).delete()
    return count


def _forget_events(now: datetime) -> int:
    count = 0
    known = EVENTS.names()
    for kind in EVENTS:
        if kind.kept_days is not None:
            expired = LoggedEvent.objects.filter(id__lt=_first_kept(now, kind.kept_days).first_id, name=kind.name)
            count += expired._raw_delete(expired.db)
    unknown = LoggedEvent.objects.filter(id__lt=_first_kept(now, NAMED_KEPT_DAYS).first_id).exclude(name__in=known)
    return count + unknown._raw_delete(unknown.db)


def _first_kept(now: datetime, days: int) -> Month:
    return Month.of(now - timedelta(days=days))


def _drop_empty_months(now: datetime) -> None:
    current = Month.of(now)
    for name in sorted(partitions()):
        month = month_of_partition(name)
        if month is None or month >= current:
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")
            cursor.execute(f"SELECT EXISTS (SELECT FROM {name})")  # noqa: S608 a name from the catalog
            if not cursor.fetchone()[0]:
                cursor.execute(f"DROP TABLE {name}")
