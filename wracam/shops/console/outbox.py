"""The outbox: mail that was handed over, or caught because there is no sender yet."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.faces.console.ports import Column, ConsoleRequest, Empty, Row, Status, Table, console_page
from wracam.shops import queries
from wracam.shops.contracts import Mail

PAGE_SIZE = 50


@console_page(permission="staff.edit", needs_shop=False)
def index(request: ConsoleRequest) -> HttpResponse:
    """The newest mails."""
    after = request.GET.get("after", "")
    before_id = int(after) if after.isdecimal() and len(after) < 18 else None
    found = queries.mails(before_id=before_id, limit=PAGE_SIZE + 1)
    rows = [_row(mail) for mail in found[:PAGE_SIZE]]
    table = Table(
        name="outbox",
        caption=_("Mail, newest first"),
        columns=[
            Column(name="subject", title=_("Subject"), is_main=True),
            Column(name="at", title=_("When"), kind="moment"),
            Column(name="status", title=_("Status"), kind="status"),
        ],
        rows=rows,
        empty=Empty(title=_("No mail yet"), sentence=_("Codes, invitations and notices appear here."), icon="inbox"),
        next_cursor=rows[-1].id if len(found) > PAGE_SIZE else "",
    )
    return render(request, "shops/outbox.html", {"table": table, "has_sender": bool(settings.EMAIL_URL)})


def _row(mail: Mail) -> Row:
    sent, caught = Status(title=_("Sent"), tone="good"), Status(title=_("Caught"), tone="look")
    waiting = Status(title=_("Waiting"), tone="quiet")
    status = sent if mail.sent_at else (waiting if settings.EMAIL_URL else caught)
    return Row(
        id=str(mail.id),
        url=reverse("shops:outbox_mail", args=[mail.id]),
        detail=", ".join(mail.recipients),
        cells={"subject": mail.subject, "at": mail.created_at, "status": status},
    )


@console_page(permission="staff.edit", needs_shop=False)
def show(request: ConsoleRequest, mail_id: int) -> HttpResponse:
    """One mail, as its reader gets it."""
    found = queries.mail(mail_id)
    if found is None:
        raise Http404
    return render(request, "shops/outbox_mail.html", {"mail": found})
