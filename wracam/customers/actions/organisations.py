"""Firms that buy through their people."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.customers import models
from wracam.customers.contracts import CustomerJoinedOrganisation, MemberRole, RefusalReason, Refused
from wracam.customers.core.facts import normal_tax_number
from wracam.events import actions as events
from wracam.foundation import transactions
from wracam.kernel.ids import derived_id
from wracam.kernel.text import clean_text

NAME_LENGTH_MAX = 200


def save_organisation(*, shop_id: int, name: str, tax_number: str, now: datetime, country: str = "") -> UUID | Refused:
    """Create the firm with this tax number, or rename it; return its id."""
    number = normal_tax_number(tax_number)
    if number is None:
        return Refused(RefusalReason.INVALID_TAX_NUMBER)
    with transactions.action():
        row, _ = models.OrganisationRow.objects.update_or_create(
            shop_id=shop_id,
            tax_number=number,
            defaults={"name": clean_text(name, length_max=NAME_LENGTH_MAX), "country": country.upper()[:2]},
            create_defaults={
                "id": derived_id("organisation", shop_id, number),
                "name": clean_text(name, length_max=NAME_LENGTH_MAX),
                "country": country.upper()[:2],
                "created_at": now,
            },
        )
        return row.id


def join_organisation(*, organisation_id: UUID, customer_id: UUID, role: MemberRole, now: datetime) -> bool | Refused:
    """Make a person a member of a firm, or change their role; say whether anything changed."""
    with transactions.action():
        customer = models.CustomerRow.objects.filter(id=customer_id, merged_into=None, erased_at=None).first()
        firm = models.OrganisationRow.objects.select_for_update().filter(id=organisation_id).first()
        if customer is None or firm is None or customer.shop_id != firm.shop_id:
            return Refused(RefusalReason.UNKNOWN_CUSTOMER)
        member, is_new = models.OrganisationMemberRow.objects.get_or_create(
            organisation=firm, customer=customer, defaults={"role": role.value, "since": now}
        )
        if not is_new and member.role == role.value:
            return False
        member.role = role.value
        member.save(update_fields=["role"])
        joined = CustomerJoinedOrganisation(
            shop_id=firm.shop_id,
            customer_id=customer_id,
            occurred_at=now,
            organisation_id=organisation_id,
            role=role.value,
        )
        events.record([joined], now=now)
        return True


def leave_organisation(*, organisation_id: UUID, customer_id: UUID) -> bool:
    """End a membership; say whether there was one."""
    with transactions.action():
        deleted, _ = models.OrganisationMemberRow.objects.filter(
            organisation_id=organisation_id, customer_id=customer_id
        ).delete()
        return bool(deleted)
