"""Allowances and the reservations that claim them. Only the SQL functions of `sql/allowances.sql` write here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wracam.vouchers.contracts import HoldState


class Allowance(models.Model):
    """What was used of one key and what is held of it; `held` may still count holds whose time has passed."""

    key = models.TextField(primary_key=True, db_collation="C")
    used = models.BigIntegerField(default=0, db_default=0)
    held = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "allowance"
        constraints = [models.CheckConstraint(condition=Q(used__gte=0, held__gte=0), name="allowance_never_below_zero")]

    def __str__(self) -> str:
        return self.key


class AllowanceHold(models.Model):
    """One reservation: what it claims is in its claims."""

    reservation_id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField()
    state = models.TextField(choices=[(state.value, state.value) for state in HoldState])
    held_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "allowance_hold"
        indexes = [
            models.Index(fields=["expires_at"], name="hold_to_forget", condition=~Q(state=HoldState.COMMITTED.value))
        ]

    def __str__(self) -> str:
        return f"{self.reservation_id}: {self.state}"


class AllowanceClaim(models.Model):
    """What one reservation claims of one key; `is_counted` while it is part of the key's `held`."""

    pk = models.CompositePrimaryKey("reservation_id", "key")
    reservation_id = models.UUIDField()
    key = models.TextField(db_collation="C")
    amount = models.BigIntegerField()
    maximum = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField()
    is_counted = models.BooleanField()
    committed = models.BigIntegerField(default=0, db_default=0)
    returned = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "allowance_claim"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, committed__gte=0, returned__gte=0)
                & Q(committed__lte=models.F("amount"), returned__lte=models.F("committed")),
                name="claim_amounts_in_order",
            )
        ]
        indexes = [
            models.Index(fields=["key", "expires_at"], name="claim_counted", condition=Q(is_counted=True)),
            models.Index(fields=["expires_at"], name="claim_to_sweep", condition=Q(is_counted=True)),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.amount}"


class AllowanceReturn(models.Model):
    """One giving back, by the caller's key, so that a repeated refund changes nothing."""

    pk = models.CompositePrimaryKey("reservation_id", "key")
    reservation_id = models.UUIDField()
    key = models.TextField(db_collation="C")
    amounts = models.JSONField()
    returned_at = models.DateTimeField()

    class Meta:
        db_table = "allowance_return"

    def __str__(self) -> str:
        return f"{self.reservation_id}: {self.key}"


class AllowanceMove(models.Model):
    """Where the uses of a key went when its customer turned out to be another: earlier reservations follow."""

    old_key = models.TextField(primary_key=True, db_collation="C")
    new_key = models.TextField(db_collation="C")

    class Meta:
        db_table = "allowance_moved"
        indexes = [models.Index(fields=["new_key"], name="allowance_moved_to")]

    def __str__(self) -> str:
        return f"{self.old_key} > {self.new_key}"
