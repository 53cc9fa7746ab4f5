"""Transfers, lots, allocations, balances and seals: the double-entry ledger. It has no foreign keys, ids only."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q


class Transfer(models.Model):
    """One immutable movement of points from the debit account to the credit account of one member."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.IntegerField()
    key = models.TextField(db_collation="C")
    input_hash = models.BinaryField()
    entry_id = models.UUIDField()
    member_id = models.UUIDField()
    point_kind = models.TextField(db_collation="C")
    debit = models.TextField(db_collation="C")
    credit = models.TextField(db_collation="C")
    amount = models.BigIntegerField()
    at = models.DateTimeField()
    happened_at = models.DateTimeField()
    activates_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    lot_id = models.BigIntegerField(null=True)
    order_id = models.UUIDField(null=True)
    earning_id = models.UUIDField(null=True)
    rule_version_id = models.UUIDField(null=True)
    cause_event_id = models.UUIDField(null=True)
    reverses_id = models.BigIntegerField(null=True)
    reason = models.TextField(db_collation="C")
    note = models.TextField(default="", db_default="")
    actor = models.TextField(default="", db_default="")

    class Meta:
        db_table = "point_transfer"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "key"], name="one_transfer_per_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_moves_something"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_has_two_accounts"),
        ]
        indexes = [
            models.Index(fields=["member_id", "id"], name="transfer_of_member"),
            BrinIndex(fields=["at"], name="transfer_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.debit} → {self.credit}: {self.amount}"


class Lot(models.Model):
    """Points that came together; its id is that of the transfer that opened it. `moves` counts its changes."""

    id = models.BigIntegerField(primary_key=True)
    shop_id = models.IntegerField()
    member_id = models.UUIDField()
    point_kind = models.TextField(db_collation="C")
    amount = models.BigIntegerField()
    remaining = models.BigIntegerField()
    is_active = models.BooleanField()
    moves = models.IntegerField(default=0, db_default=0)
    earned_at = models.DateTimeField()
    activates_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    order_id = models.UUIDField(null=True)
    earning_id = models.UUIDField(null=True)

    class Meta:
        db_table = "point_lot"
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0) & Q(remaining__lte=F("amount")), name="lot_is_never_overdrawn"
            )
        ]
        indexes = [
            models.Index(fields=["member_id", "point_kind"], name="lot_open", condition=Q(remaining__gt=0)),
            models.Index(
                fields=["activates_at"], name="lot_to_activate", condition=Q(is_active=False, remaining__gt=0)
            ),
            models.Index(
                fields=["expires_at"],
                name="lot_to_expire",
                condition=Q(is_active=True, remaining__gt=0, expires_at__isnull=False),
            ),
            models.Index(fields=["earning_id"], name="lot_of_earning", condition=Q(earning_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.remaining}/{self.amount}"


class LotAllocation(models.Model):
    """What one transfer took from a lot (positive) or gave back to it (negative); immutable."""

    id = models.BigAutoField(primary_key=True)
    transfer_id = models.BigIntegerField()
    lot_id = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        db_table = "point_lot_allocation"
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="allocation_moves_something")]
        indexes = [
            models.Index(fields=["lot_id"], name="allocation_of_lot"),
            models.Index(fields=["transfer_id"], name="allocation_of_transfer"),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id}: {self.amount}"


class PointBalance(models.Model):
    """What one member has of one point kind: derived from the transfers in the same statement, and checked.

    `acted_at` is when the member last earned or spent points of this kind.
    """

    pk = models.CompositePrimaryKey("member_id", "point_kind")
    member_id = models.UUIDField()
    point_kind = models.TextField(db_collation="C")
    shop_id = models.IntegerField()
    active = models.BigIntegerField(default=0, db_default=0)
    pending = models.BigIntegerField(default=0, db_default=0)
    held = models.BigIntegerField(default=0, db_default=0)
    debt = models.BigIntegerField(default=0, db_default=0)
    earned = models.BigIntegerField(default=0, db_default=0)
    spent = models.BigIntegerField(default=0, db_default=0)
    expired = models.BigIntegerField(default=0, db_default=0)
    transfers = models.BigIntegerField(default=0, db_default=0)
    acted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "point_balance"
        constraints = [
            models.CheckConstraint(
                condition=Q(active__gte=0) & Q(pending__gte=0) & Q(held__gte=0) & Q(debt__gte=0),
                name="balance_is_never_negative",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.point_kind}: {self.active}"


class Seal(models.Model):
    """One link of the hash chain over the transfers up to `last_transfer_id`; written off the hot path."""

    id = models.BigAutoField(primary_key=True)
    first_transfer_id = models.BigIntegerField()
    last_transfer_id = models.BigIntegerField(unique=True)
    transfers = models.IntegerField()
    previous_hash = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "point_seal"

    def __str__(self) -> str:
        return f"{self.first_transfer_id}-{self.last_transfer_id}"
