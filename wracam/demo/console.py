"""The sample shop's part of the console: where to go and see it."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from wracam.demo import queries
from wracam.faces.console.ports import Action, Note, home_notes


@home_notes("demo")
def guide(shop_id: int, language: str, now: datetime) -> list[Note]:
    """Say on the home page of a sample shop where its storefront and its e-mails are."""
    del language, now
    if shop_id != queries.demo_shop_id():
        return []
    return [
        Note(
            tone="quiet",
            text=_(
                "This is the sample shop. Buy something in its storefront, as Ania or as anybody, and watch it here."
            ),
            action=Action(title=_("Open the storefront"), url=reverse("demo:shop")),
        ),
        Note(
            tone="quiet",
            text=_("Nothing leaves this machine: the codes with which members sign in lie in the outbox."),
            action=Action(title=_("Open the outbox"), url=reverse("shops:outbox")),
            permission="staff.edit",
        ),
    ]
