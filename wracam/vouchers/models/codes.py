"""Batches and codes. A code's id is its blind index: without our key nobody finds a code's row, or a row's code."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wracam.vouchers.contracts import BatchSource


class CodeBatch(models.Model):
    """Codes that were generated or imported together."""

    id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField()
    campaign = models.TextField(db_collation="C")
    version_id = models.UUIDField(null=True)
    source = models.TextField(choices=[(source.value, source.value) for source in BatchSource])
    asked = models.IntegerField()
    made = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    note = models.CharField(max_length=120, default="", blank=True)
    created_by = models.CharField(max_length=120, default="", blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "code_batch"
        indexes = [models.Index(fields=["campaign", "-created_at"], name="batches_of_campaign")]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.made}"


class Code(models.Model):
    """One code. `sealed` holds its text for download, encrypted for this row alone."""

    id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField()
    campaign = models.TextField(db_collation="C")
    batch_id = models.UUIDField(null=True)
    sealed = models.TextField(db_collation="C")
    customer_id = models.UUIDField(null=True)
    issue_key = models.TextField(db_collation="C", null=True)
    created_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "code"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "campaign", "issue_key"],
                name="one_code_per_issue_key",
                condition=Q(issue_key__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["batch_id", "id"], name="codes_of_batch"),
            models.Index(fields=["customer_id"], name="codes_of_customer", condition=Q(customer_id__isnull=False)),
            models.Index(
                fields=["campaign", "-issued_at", "id"], name="codes_issued_last", condition=Q(issued_at__isnull=False)
            ),
            models.Index(
                fields=["campaign", "id"],
                name="codes_to_hand_out",
                condition=Q(issued_at__isnull=True, disabled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
