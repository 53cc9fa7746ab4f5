"""Everything beside the profile: identities, merges, consents, notes, organisations, and the whole as an export."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from wracam.customers import models, ports
from wracam.customers.contracts import (
    ConsentStatement,
    HeldIdentity,
    Identity,
    IdentityConflict,
    IdentityKind,
    MemberRole,
    MergeExplained,
    Note,
    Organisation,
    OrganisationMember,
)
from wracam.customers.core.marks import STRENGTH
from wracam.customers.queries.people import all_ids, customers


def identities(customer_id: UUID) -> list[HeldIdentity]:
    """Return the identities of a person, strongest first."""
    rows = models.IdentityRow.objects.filter(customer_id__in=all_ids(customer_id))
    held = [
        HeldIdentity(
            kind=IdentityKind(row.kind),
            value=row.value,
            source=row.source,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            verified_at=row.verified_at,
        )
        for row in rows
    ]
    return sorted(held, key=lambda one: (STRENGTH[one.kind], one.value))


def conflicts(customer_id: UUID) -> list[IdentityConflict]:
    """Return the identities this person shares with somebody who has an account of their own."""
    ids = all_ids(customer_id)
    rows = models.IdentityConflictRow.objects.filter(holder_id__in=ids) | models.IdentityConflictRow.objects.filter(
        other_id__in=ids
    )
    return [
        IdentityConflict(
            kind=IdentityKind(row.kind),
            value=row.value,
            holder_id=row.holder_id,
            other_id=row.other_id,
            noted_at=row.noted_at,
        )
        for row in rows.order_by("noted_at", "id")
    ]


def merges(customer_id: UUID) -> list[MergeExplained]:
    """Return the merges that made this person's profile, oldest first."""
    rows = models.MergeRow.objects.filter(survivor_id__in=all_ids(customer_id)).order_by("merged_at", "id")
    return [_explained(row) for row in rows]


def consents(customer_id: UUID) -> list[ConsentStatement]:
    """Return every word on consent, newest first."""
    rows = models.ConsentRow.objects.filter(customer_id__in=all_ids(customer_id)).order_by("-told_at", "-id")
    return [
        ConsentStatement(
            channel=row.channel,
            is_granted=row.is_granted,
            told_at=row.told_at,
            source=row.source,
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]


def notes(customer_id: UUID) -> list[Note]:
    """Return the notes on a person, newest first."""
    rows = models.NoteRow.objects.filter(customer_id__in=all_ids(customer_id)).order_by("-created_at", "-id")
    return [
        Note(id=row.id, text=row.text, author_name=str(row.author.get("name", "")), created_at=row.created_at)
        for row in rows
    ]


def organisation(organisation_id: UUID) -> Organisation | None:
    """Return a firm with its members."""
    row = models.OrganisationRow.objects.prefetch_related("members").filter(id=organisation_id).first()
    return _organisation(row) if row else None


def organisations_of(customer_id: UUID) -> list[Organisation]:
    """Return the firms a person buys for."""
    rows = models.OrganisationRow.objects.filter(members__customer_id__in=all_ids(customer_id)).distinct()
    return [_organisation(row) for row in rows.prefetch_related("members").order_by("name", "id")]


def export_everything(customer_id: UUID) -> dict[str, Any]:
    """Return all that any feature holds about a person, as JSON values, for the person to take away."""
    ids = all_ids(customer_id)
    own = {
        "profiles": customers(ids),
        "identities": identities(customer_id),
        "merges": merges(customer_id),
        "consents": consents(customer_id),
        "notes": notes(customer_id),
        "organisations": organisations_of(customer_id),
    }
    whole: dict[str, Any] = {"customers": msgspec.to_builtins(own)}
    for name in ports.PERSONAL_DATA.names():
        whole[name] = msgspec.to_builtins(ports.PERSONAL_DATA.get(name).export(ids))
    return whole


def _explained(row: models.MergeRow) -> MergeExplained:
    held = row.moved.get("identities", [])
    return MergeExplained(
        survivor_id=row.survivor_id,
        absorbed_id=row.absorbed_id,
        reason_kind=row.reason_kind,
        reason_value=row.reason_value,
        actor_name=str(row.actor.get("name", "")),
        merged_at=row.merged_at,
        identities=tuple(Identity(kind=IdentityKind(one["kind"]), value=one["value"]) for one in held),
        facts=row.moved.get("facts", {}),
    )


def _organisation(row: models.OrganisationRow) -> Organisation:
    return Organisation(
        id=row.id,
        shop_id=row.shop_id,
        name=row.name,
        tax_number=row.tax_number,
        country=row.country,
        members=tuple(
            OrganisationMember(customer_id=member.customer_id, role=MemberRole(member.role), since=member.since)
            for member in row.members.all()
        ),
    )
