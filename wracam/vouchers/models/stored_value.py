"""Gift cards, store credit and their ledger. Triggers of `sql/stored_value.sql` keep every movement for ever."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from wracam.vouchers.contracts import LedgerAccount, MoveReason, StoredValueKind


class StoredValue(models.Model):
    """An account. Its balance is derived from its movements in the same transaction, and checked."""

    id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField()
    kind = models.TextField(choices=[(kind.value, kind.value) for kind in StoredValueKind])
    issue_key = models.TextField(db_collation="C")
    currency = models.CharField(max_length=3)
    customer_id = models.UUIDField(null=True)
    policy = models.TextField(db_collation="C", default="", blank=True)
    prefix = models.CharField(max_length=12, default="", blank=True)
    hint = models.CharField(max_length=4, default="", blank=True)
    loaded = models.BigIntegerField(default=0, db_default=0)
    balance = models.BigIntegerField(default=0, db_default=0)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "stored_value"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "issue_key"], name="one_account_per_issue_key"),
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lte=F("loaded")), name="balance_between_nothing_and_loaded"
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "-created_at", "id"], name="stored_value_newest"),
            models.Index(fields=["customer_id"], name="value_of_customer", condition=Q(customer_id__isnull=False)),
            models.Index(fields=["expires_at"], name="value_to_expire", condition=Q(balance__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.balance} {self.currency}"


class StoredValueTransfer(models.Model):
    """One immutable movement of value from the debit account to the credit account."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.IntegerField()
    account_id = models.UUIDField()
    key = models.TextField(db_collation="C")
    debit = models.TextField(db_collation="C", choices=[(one.value, one.value) for one in LedgerAccount])
    credit = models.TextField(db_collation="C", choices=[(one.value, one.value) for one in LedgerAccount])
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    reason = models.TextField(db_collation="C", choices=[(one.value, one.value) for one in MoveReason])
    reservation_id = models.UUIDField(null=True)
    note = models.CharField(max_length=500, default="", blank=True)
    actor = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        db_table = "stored_value_transfer"
        constraints = [
            models.UniqueConstraint(fields=["account_id", "key"], name="one_value_transfer_per_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="value_transfer_moves_something"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="value_transfer_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.debit} > {self.credit}: {self.amount}"
