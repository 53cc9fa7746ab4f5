"""Mail goes through an outbox: a row in the transaction that caused it, then handed over by a job, or caught.

Until `email_url` names a server, nothing leaves the machine: the mail can be read under Settings, Outbox.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from wracam.foundation import jobs, secrets, transactions
from wracam.foundation.clock import now
from wracam.shops import models

KEPT_DAYS = 30
TIMEOUT_SECONDS = 20
AAD = "outbox_mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail of the outbox; without content once it was handed over."""

    id: int
    recipients: tuple[str, ...]
    sender: str
    subject: str
    text: str
    html: str
    created_at: datetime
    sent_at: datetime | None


class OutboxBackend(BaseEmailBackend):
    """Django's mail backend: writes rows; a job sends them if there is a sender."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the messages and, with a sender, defer their sending; returns how many."""
        with transactions.action():
            for message in email_messages:
                row = _store(message)
                if settings.EMAIL_URL:
                    jobs.defer(send, mail_id=row.pk)
        return len(email_messages)


def mails(*, before_id: int | None = None, limit: int) -> list[Mail]:
    """Return the newest mails, without their content."""
    rows = models.OutboxMail.objects.order_by("-id")
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    return [_contract(row, "", "") for row in rows[:limit]]


def mail(mail_id: int) -> Mail | None:
    """Return one mail with its content, if that is still there."""
    row = models.OutboxMail.objects.filter(id=mail_id).first()
    if row is None:
        return None
    text, html = json.loads(secrets.open_sealed(row.content_sealed, aad=AAD)) if row.content_sealed else ("", "")
    return _contract(row, text, html)


@jobs.job(queue="mail")
def send(*, mail_id: int) -> None:
    """Hand one mail over to the server and erase its content here; again later if the server does not answer."""
    row = models.OutboxMail.objects.filter(id=mail_id, sent_at=None).first()
    if row is None:
        return
    text, html = json.loads(secrets.open_sealed(row.content_sealed, aad=AAD))
    message = EmailMultiAlternatives(row.subject, text, row.sender, row.recipients, connection=_connection())
    if html:
        message.attach_alternative(html, "text/html")
    message.send()
    models.OutboxMail.objects.filter(id=mail_id).update(sent_at=now(), content_sealed="")


def remove_old(*, now: datetime) -> int:
    """Remove mails older than a month; returns how many."""
    return models.OutboxMail.objects.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()[0]


def _store(message: EmailMessage) -> models.OutboxMail:
    html = next((str(part[0]) for part in getattr(message, "alternatives", []) if part[1] == "text/html"), "")
    return models.OutboxMail.objects.create(
        recipients=message.recipients(),
        sender=message.from_email,
        subject=" ".join(str(message.subject).split())[:250],
        content_sealed=secrets.seal(json.dumps([str(message.body), html]), aad=AAD),
        created_at=now(),
    )


def _connection() -> BaseEmailBackend:
    parts = urlsplit(settings.EMAIL_URL)
    connection: BaseEmailBackend = get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname or "localhost",
        port=parts.port or (465 if parts.scheme == "smtps" else 587),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_ssl=parts.scheme == "smtps",
        use_tls=parts.scheme == "smtp" and bool(parts.username),
        timeout=TIMEOUT_SECONDS,
    )
    return connection


def _contract(row: models.OutboxMail, text: str, html: str) -> Mail:
    return Mail(
        id=row.pk,
        recipients=tuple(row.recipients),
        sender=row.sender,
        subject=row.subject,
        text=text,
        html=html,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )
