"""Tables of the API shell: answers kept for repeated requests, and the allowance of each key."""

from __future__ import annotations

from django.db import models


class StoredAnswer(models.Model):
    """The answer of a write that carried an `Idempotency-Key`, stored in the transaction of the write."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.IntegerField()
    api_key = models.CharField(max_length=64)
    idempotency_key = models.CharField(max_length=200)
    route = models.CharField(max_length=300)
    body_hash = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    content_type = models.CharField(max_length=100)
    answer = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "api_stored_answer"
        constraints = [
            models.UniqueConstraint(fields=["api_key", "idempotency_key"], name="api_stored_answer_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.idempotency_key}"


class Allowance(models.Model):
    """When a key's bucket will be full again (GCRA's theoretical arrival time); unlogged, may be lost."""

    api_key = models.CharField(primary_key=True, max_length=80)
    full_at = models.DateTimeField()

    class Meta:
        db_table = "api_allowance"

    def __str__(self) -> str:
        return self.api_key
