"""What time itself does to vouchers, and the making of batches."""

from __future__ import annotations

from uuid import UUID

from wracam.foundation import clock
from wracam.foundation.jobs import job, periodic
from wracam.vouchers import actions


@periodic("*/2 * * * *", queue="upkeep")
def sweep_holds() -> None:
    """Take holds whose time has passed off the counters, which count them as free already."""
    actions.sweep_holds(now=clock.now())


@periodic("23 * * * *", queue="upkeep")
def expire_stored_value() -> None:
    """Book out gift cards and store credit whose last day has passed."""
    actions.expire_stored_value(now=clock.now())


@periodic("41 3 * * *", queue="upkeep")
def forget_guesses() -> None:
    """Delete what was noted of wrong codes long ago."""
    actions.forget_guesses(now=clock.now())


@job()
def fill_batch(batch_id: str) -> None:
    """Make the codes of a batch that are still missing."""
    actions.fill_batch(batch_id=UUID(batch_id), now=clock.now())


@job()
def push_codes(push_id: str) -> None:
    """Push the codes that are left into the shop; what went wrong is said, and tried again."""
    try:
        while actions.push_more(push_id=UUID(push_id), now=clock.now()):
            pass
    except Exception as error:
        actions.note_push_error(push_id=UUID(push_id), error=str(error) or type(error).__name__)
        raise
