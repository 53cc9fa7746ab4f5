"""Periodic work of shops."""

from wracam.foundation import jobs
from wracam.foundation.clock import now
from wracam.shops import outbox


@jobs.periodic("17 3 * * *")
def remove_old_mail() -> None:
    """Remove mails older than a month from the outbox."""
    outbox.remove_old(now=now())
