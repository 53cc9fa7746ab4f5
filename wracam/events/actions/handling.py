"""Handing a batch to its handler, and finding the guilty event when it fails."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import psycopg
from django.db import connection, transaction

from wracam.events.contracts import RecordedEvent
from wracam.events.ports import OnFailure, Subscription

logger = logging.getLogger(__name__)
ERROR_LENGTH_MAX = 4_000


@dataclass(slots=True)
class Handled:
    """What did not go through: events that failed with their errors, and those that must wait behind them."""

    failed: list[tuple[RecordedEvent, str]] = field(default_factory=list)
    waiting: list[RecordedEvent] = field(default_factory=list)

    @property
    def failed_customers(self) -> set[UUID]:
        """The customers whose later events must wait."""
        return {item.customer_id for item, _ in self.failed if item.customer_id}

    @property
    def aside_ids(self) -> list[UUID]:
        """The ids of everything that was not handled."""
        return [item.id for item, _ in self.failed] + [item.id for item in self.waiting]


def handle(
    subscription: Subscription, batch: Sequence[RecordedEvent], now: datetime, *, is_strict: bool = False
) -> Handled:
    """Give the batch to the handler within a savepoint; halve it on failure until single events fail alone.

    A lost connection and a deadlock are no event's fault and are raised; so is everything when *is_strict*.
    """
    result = Handled()
    if batch:
        _handle_part(subscription, batch, now, result, is_strict=is_strict)
    return result


def is_deadlock(error: Exception) -> bool:
    """Say whether PostgreSQL ended our transaction because it and another waited for each other."""
    return isinstance(error.__cause__, psycopg.errors.DeadlockDetected)


def _handle_part(
    subscription: Subscription, part: Sequence[RecordedEvent], now: datetime, result: Handled, *, is_strict: bool
) -> None:
    if subscription.on_failure is OnFailure.WAIT and result.failed:
        blocked = result.failed_customers
        result.waiting.extend(item for item in part if item.customer_id in blocked)
        part = [item for item in part if item.customer_id not in blocked]
    if not part:
        return
    error = _attempt(subscription, part, now, is_strict=is_strict)
    if error is None:
        return
    if len(part) == 1:
        result.failed.append((part[0], error))
        return
    middle = len(part) // 2
    _handle_part(subscription, part[:middle], now, result, is_strict=is_strict)
    _handle_part(subscription, part[middle:], now, result, is_strict=is_strict)


def _attempt(
    subscription: Subscription, part: Sequence[RecordedEvent], now: datetime, *, is_strict: bool
) -> str | None:
    """Return None when the handler went through, else its error as text."""
    try:
        with transaction.atomic():
            subscription.handler(part, now)
    except Exception as error:
        if is_strict or connection.connection is None or connection.connection.closed or is_deadlock(error):
            raise
        if len(part) == 1:
            logger.exception("%s could not handle %s %s", subscription.name, part[0].name, part[0].id)
        return "".join(traceback.format_exception(error)).replace("\x00", "")[-ERROR_LENGTH_MAX:]
    return None
