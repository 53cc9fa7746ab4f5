"""Django's mail goes into the outbox: a row in the transaction that caused it, then handed over by a job, or caught.

Until `email_url` names a server, nothing leaves the machine: the mail can be read under Settings, Outbox.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from wracam.foundation import jobs, transactions
from wracam.foundation.clock import now
from wracam.shops import actions, tasks


class OutboxBackend(BaseEmailBackend):
    """Stores mails; with a sender, a job hands each over."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the messages and, with a sender, defer their sending; returns how many."""
        with transactions.action():
            for message in email_messages:
                mail_id = actions.store_mail(
                    recipients=message.recipients(),
                    sender=message.from_email,
                    subject=str(message.subject),
                    text=str(message.body),
                    html=_html(message),
                    now=now(),
                )
                if settings.EMAIL_URL:
                    jobs.defer(tasks.send_mail, mail_id=mail_id)
        return len(email_messages)


def _html(message: EmailMessage) -> str:
    parts = getattr(message, "alternatives", [])
    return next((str(content) for content, media_type in parts if media_type == "text/html"), "")
