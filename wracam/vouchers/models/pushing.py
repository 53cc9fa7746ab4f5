"""Codes on their way into a connected shop, with what became of each."""

from __future__ import annotations

from django.db import models

from wracam.vouchers.contracts import PushState


class CodePush(models.Model):
    """One push of a campaign's codes; `discount` is what the shop shall give for them, `error` why it stands still."""

    id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField()
    campaign = models.TextField(db_collation="C")
    discount = models.JSONField()
    state = models.TextField(choices=[(state.value, state.value) for state in PushState])
    asked = models.IntegerField()
    error = models.TextField(default="", blank=True)
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "code_push"
        indexes = [models.Index(fields=["shop_id", "campaign", "-created_at"], name="code_push_newest")]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.state}"


class CodePushResult(models.Model):
    """What the shop answered for one code: its id of it, or why it was refused."""

    pk = models.CompositePrimaryKey("push_id", "code_id")
    push_id = models.UUIDField()
    code_id = models.UUIDField()
    external_id = models.TextField(default="", blank=True)
    refusal = models.TextField(default="", blank=True)

    class Meta:
        db_table = "code_push_result"

    def __str__(self) -> str:
        return f"{self.code_id}: {self.refusal or self.external_id}"
