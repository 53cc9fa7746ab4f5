"""Erasing a person: everything personal goes, the bare id stays, so that books and figures remain true."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from wracam.customers import models, ports, queries
from wracam.customers.actions.identifying import LOCK_SPACE
from wracam.customers.contracts import CustomerErased, RefusalReason, Refused
from wracam.events import actions as events
from wracam.foundation import transactions
from wracam.foundation.locks import lock_space
from wracam.shops import actions as shops
from wracam.shops.contracts import Actor

BLANK: dict[str, Any] = {
    **dict.fromkeys(("first_name", "last_name", "company", "tax_number", "city", "postcode", "language", "sex"), ""),
    **dict.fromkeys(("key_by_last", "key_by_first", "key_by_company"), ""),
    **dict.fromkeys(("birthday_on", "email", "phone", "accepts_email", "accepts_sms")),
    "told_at": {},
}


def erase(*, customer_id: UUID, actor: Actor, now: datetime) -> bool | Refused:
    """Remove everything personal about a customer, in every feature; say whether there was anything left to erase.

    Names, addresses, identities, notes and the contents of merges go at once; consents, orders and ledger entries
    stay under the id alone. A later order of the same person begins a new profile.
    """
    with transactions.action():
        lock_space(LOCK_SPACE)
        ids = queries.all_ids(customer_id)
        rows = models.CustomerRow.objects.select_for_update().filter(id__in=ids).order_by("id")
        living = next((row for row in rows if row.merged_into_id is None), None)
        if living is None:
            return Refused(RefusalReason.UNKNOWN_CUSTOMER)
        if living.erased_at is not None:
            return False
        for held in ports.PERSONAL_DATA:
            held.erase(ids, now)
        _forget(ids, now)
        gone = CustomerErased(shop_id=living.shop_id, customer_id=living.id, occurred_at=now)
        events.record([gone], now=now)
        shops.audit(
            actor=actor, verb="customer.erased", object_kind="customer", object_id=str(living.id), summary="", now=now
        )
        return True


def _forget(ids: list[UUID], now: datetime) -> None:
    models.IdentityRow.objects.filter(customer_id__in=ids).delete()
    models.IdentityConflictRow.objects.filter(holder_id__in=ids).delete()
    models.IdentityConflictRow.objects.filter(other_id__in=ids).delete()
    models.NoteRow.objects.filter(customer_id__in=ids).delete()
    models.OrganisationMemberRow.objects.filter(customer_id__in=ids).delete()
    models.MergeRow.objects.filter(survivor_id__in=ids).update(reason_value="", moved={})
    models.CustomerRow.objects.filter(id__in=ids).update(
        **BLANK, sort_key="~~~~", is_known=False, erased_at=now, updated_at=now
    )
