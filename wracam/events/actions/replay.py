"""Replay: let a subscription read a part of the log again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from wracam.events.actions.recording import CHANNEL
from wracam.events.core.months import first_id_at
from wracam.events.models import LoggedEvent, ParkedEvent
from wracam.foundation.wake_ups import wake

_REWIND = """
UPDATE event_cursor SET txid = %(txid)s, position = %(position)s, moved_at = %(now)s
WHERE subscription = %(subscription)s AND (txid, position) > (%(txid)s, %(position)s)
"""


class NothingToReplayError(LookupError):
    """The log holds no event from there on."""


def replay_since(*, subscription: str, since: datetime, now: datetime) -> None:
    """Rewind a subscription to the oldest event recorded at or after *since*; raises `NothingToReplayError`.

    Its handler meets events it has handled before, so it must tell them by their ids, as every action does.
    """
    first = LoggedEvent.objects.filter(id__gte=first_id_at(since)).order_by("txid", "position").first()
    _rewind(subscription, first, now)


def replay_from(*, subscription: str, event_id: UUID, now: datetime) -> None:
    """Rewind a subscription to one event, which it reads again; raises `NothingToReplayError`."""
    _rewind(subscription, LoggedEvent.objects.filter(id=event_id).first(), now)


def _rewind(subscription: str, first: LoggedEvent | None, now: datetime) -> None:
    if first is None:
        raise NothingToReplayError(NothingToReplayError.__doc__)
    place: dict[str, int | str | datetime] = {
        "txid": first.txid,
        "position": first.position - 1,
        "now": now,
        "subscription": subscription,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM event_cursor WHERE subscription = %s ORDER BY lane FOR UPDATE", [subscription])
        cursor.execute(_REWIND, place)
        aside = ParkedEvent.objects.filter(subscription=subscription)
        aside.filter(txid__gt=first.txid).delete()
        aside.filter(txid=first.txid, position__gte=first.position).delete()
        wake(CHANNEL)
