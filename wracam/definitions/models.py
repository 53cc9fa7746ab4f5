"""Definitions, their immutable versions, the log of their life, and the token that invalidates caches."""

from __future__ import annotations

from django.db import models

from wracam.definitions.contracts import ChangeKind, DefinitionState


class Definition(models.Model):
    """One document of a merchant: its draft, and pointers to what is in force."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=[(state.value, state.value) for state in DefinitionState])
    revision = models.BigIntegerField(default=1)
    draft = models.JSONField(null=True)
    draft_is_in_review = models.BooleanField(default=False)
    live_version = models.ForeignKey("DefinitionVersion", null=True, on_delete=models.PROTECT, related_name="+")
    live_from_number = models.IntegerField(null=True)
    """The earliest version that may still be in force: scheduled newer ones take over at their start."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=200)

    class Meta:
        db_table = "definition"
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="definition_kind_key"),
            models.CheckConstraint(
                condition=~models.Q(state="live")
                | models.Q(live_version__isnull=False, live_from_number__isnull=False),
                name="definition_live_has_version",
            ),
            models.CheckConstraint(
                condition=models.Q(draft__isnull=False) | models.Q(draft_is_in_review=False),
                name="definition_review_has_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"


class DefinitionVersion(models.Model):
    """A published body; the database refuses to change or delete it."""

    id = models.UUIDField(primary_key=True)
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    name = models.CharField(max_length=200)
    body = models.JSONField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField()

    class Meta:
        db_table = "definition_version"
        constraints = [
            models.UniqueConstraint(fields=["definition", "number"], name="definition_version_number"),
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True)
                | models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="definition_version_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.number}"


class DefinitionChange(models.Model):
    """One step in a definition's life; append-only like the versions."""

    id = models.BigAutoField(primary_key=True)
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="changes")
    what = models.CharField(max_length=16, choices=[(what.value, what.value) for what in ChangeKind])
    version = models.ForeignKey(DefinitionVersion, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "definition_change"
        indexes = [models.Index(fields=["definition", "id"], name="definition_change_by_def")]

    def __str__(self) -> str:
        return f"{self.what} {self.at}"


class DefinitionToken(models.Model):
    """A single row whose token changes in every transaction that changes what is in force.

    Random rather than counted: a token that was rolled back never comes to stand for something else.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField()

    class Meta:
        db_table = "definition_token"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="definition_token_is_one_row")]

    def __str__(self) -> str:
        return str(self.token)
