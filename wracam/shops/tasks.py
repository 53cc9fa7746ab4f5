"""Jobs of shops: handing mail over, and removing old mail."""

from wracam.foundation import jobs
from wracam.foundation.clock import now
from wracam.shops import actions


@jobs.job(queue="mail")
def send_mail(*, mail_id: int) -> None:
    """Hand one mail of the outbox over; tried again while the server does not answer."""
    actions.hand_over_mail(mail_id=mail_id, now=now())


@jobs.periodic("17 3 * * *")
def remove_old_mail() -> None:
    """Remove mails older than a month from the outbox."""
    actions.remove_old_mail(now=now())
