"""The outbox: mail as rows, in the transaction that caused it; handed over by a job, or caught."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from wracam.foundation import secrets
from wracam.shops import models
from wracam.shops.queries import MAIL_AAD

MAIL_KEPT_DAYS = 30
TIMEOUT_SECONDS = 20


def store_mail(*, recipients: Sequence[str], sender: str, subject: str, text: str, html: str, now: datetime) -> int:
    """Write a mail into the outbox, its content sealed; returns its id. A subject is always one line."""
    row = models.OutboxMail.objects.create(
        recipients=list(recipients),
        sender=sender,
        subject=" ".join(subject.split())[:250],
        content_sealed=secrets.seal(json.dumps([text, html]), aad=MAIL_AAD),
        created_at=now,
    )
    return row.pk


def hand_over_mail(*, mail_id: int, now: datetime) -> None:
    """Give one mail to the server of `email_url` and erase its content here; a second call does nothing.

    Raises what the server answers, for the job to try again.
    """
    row = models.OutboxMail.objects.filter(id=mail_id, sent_at=None).first()
    if row is None:
        return
    text, html = json.loads(secrets.open_sealed(row.content_sealed, aad=MAIL_AAD))
    message = EmailMultiAlternatives(row.subject, text, row.sender, row.recipients, connection=_connection())
    if html:
        message.attach_alternative(html, "text/html")
    message.send()
    models.OutboxMail.objects.filter(id=mail_id).update(sent_at=now, content_sealed="")


def remove_old_mail(*, now: datetime) -> int:
    """Remove mails older than a month; returns how many."""
    return models.OutboxMail.objects.filter(created_at__lt=now - timedelta(days=MAIL_KEPT_DAYS)).delete()[0]


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
