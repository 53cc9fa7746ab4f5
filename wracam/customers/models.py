"""Tables of people: profiles, identities, merges, organisations, consents and notes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class CustomerRow(models.Model):
    """One person (or visitor) as we know them. An absorbed profile keeps its row and names its survivor."""

    id = models.UUIDField(primary_key=True)
    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, db_index=False)
    first_name = models.TextField(default="")
    last_name = models.TextField(default="")
    company = models.TextField(default="")
    tax_number = models.TextField(default="")
    city = models.TextField(default="")
    postcode = models.TextField(default="")
    country = models.TextField(default="")
    language = models.TextField(default="")
    sex = models.TextField(default="")
    birthday_on = models.DateField(null=True)
    email = models.TextField(null=True)
    phone = models.TextField(null=True)
    accepts_email = models.BooleanField(null=True)
    accepts_sms = models.BooleanField(null=True)
    is_guest = models.BooleanField()
    is_known = models.BooleanField()
    registered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    told_at = models.JSONField(default=dict)
    sort_key = models.TextField(default="", db_collation="C")
    key_by_last = models.TextField(default="", db_collation="C")
    key_by_first = models.TextField(default="", db_collation="C")
    key_by_company = models.TextField(default="", db_collation="C")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="absorbed")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customer"
        constraints: ClassVar = [
            models.CheckConstraint(name="customer_not_into_itself", condition=~Q(merged_into=F("id"))),
        ]
        indexes: ClassVar = [
            models.Index("shop", "created_at", "id", name="customer_by_created", condition=Q(merged_into=None)),
            models.Index("shop", "sort_key", "id", name="customer_by_sort_key", condition=Q(merged_into=None)),
            models.Index(
                fields=["key_by_last", "shop"], opclasses=["text_pattern_ops", "int4_ops"], name="customer_by_last"
            ),
            models.Index(
                fields=["key_by_first", "shop"], opclasses=["text_pattern_ops", "int4_ops"], name="customer_by_first"
            ),
            models.Index(
                fields=["key_by_company", "shop"],
                opclasses=["text_pattern_ops", "int4_ops"],
                name="customer_by_company",
                condition=~Q(key_by_company=""),
            ),
        ]


class IdentityRow(models.Model):
    """A mark by which one person is recognised; belongs to one living profile of a shop at a time."""

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, db_index=False)
    kind = models.TextField()
    value = models.TextField(db_collation="C")
    customer = models.ForeignKey(CustomerRow, on_delete=models.PROTECT, related_name="identities")
    source = models.TextField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customer_identity"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "kind", "value"], name="customer_identity_unique"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["value", "shop"], opclasses=["text_pattern_ops", "int4_ops"], name="customer_identity_by_value"
            ),
        ]


class IdentityConflictRow(models.Model):
    """Two people claim one identity; the holder keeps it, the other is told apart by their own account."""

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, db_index=False)
    kind = models.TextField()
    value = models.TextField()
    holder = models.ForeignKey(CustomerRow, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(CustomerRow, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        db_table = "customer_identity_conflict"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "kind", "value", "other"], name="identity_conflict_unique"),
        ]


class MergeRow(models.Model):
    """Why and when two profiles became one, and everything the absorbed one held."""

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, db_index=False)
    survivor = models.ForeignKey(CustomerRow, on_delete=models.PROTECT, related_name="merges")
    absorbed = models.OneToOneField(CustomerRow, on_delete=models.PROTECT, related_name="absorption")
    reason_kind = models.TextField()
    reason_value = models.TextField()
    actor = models.JSONField()
    moved = models.JSONField()
    merged_at = models.DateTimeField()

    class Meta:
        db_table = "customer_merge"


class OrganisationRow(models.Model):
    """A firm that buys through its people."""

    id = models.UUIDField(primary_key=True)
    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, db_index=False)
    name = models.TextField()
    tax_number = models.TextField()
    country = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "organisation"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "tax_number"], name="organisation_tax_number_unique"),
        ]


class OrganisationMemberRow(models.Model):
    """A person's place in a firm."""

    organisation = models.ForeignKey(OrganisationRow, on_delete=models.PROTECT, related_name="members")
    customer = models.ForeignKey(CustomerRow, on_delete=models.PROTECT, related_name="memberships")
    role = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "organisation_member"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "customer"], name="organisation_member_unique"),
        ]


class ConsentRow(models.Model):
    """One word on consent, never changed: who said yes or no to which channel, when, and where we heard it."""

    customer = models.ForeignKey(CustomerRow, on_delete=models.PROTECT, related_name="consents")
    channel = models.TextField()
    is_granted = models.BooleanField()
    told_at = models.DateTimeField()
    source = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "customer_consent"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "channel", "told_at", "is_granted", "source"], name="customer_consent_once"
            ),
        ]


class NoteRow(models.Model):
    """What a colleague wrote about a customer."""

    id = models.UUIDField(primary_key=True)
    customer = models.ForeignKey(CustomerRow, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    author = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "customer_note"
