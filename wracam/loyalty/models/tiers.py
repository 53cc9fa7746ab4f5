"""Where members stand on ladders."""

from __future__ import annotations

from django.db import models


class MemberTier(models.Model):
    """The tier of a member on one ladder; without a row they stand at the bottom.

    `kept_until` ends the days of grace, `floor` is a tier given by hand (until `floor_until`; None: for good),
    `risk_noted_at` says that the member was told of the risk that still stands.
    """

    pk = models.CompositePrimaryKey("member_id", "ladder")
    member_id = models.UUIDField()
    ladder = models.CharField(max_length=80)
    tier = models.CharField(max_length=40)
    since = models.DateTimeField()
    kept_until = models.DateTimeField(null=True)
    floor = models.CharField(max_length=40, null=True)
    floor_until = models.DateTimeField(null=True)
    risk_noted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "loyalty_member_tier"

    def __str__(self) -> str:
        return f"{self.member_id} {self.tier}"


class TierRow(models.Model):
    """A tier of a live ladder with its benefits, for conditions over many customers; written from the definition."""

    pk = models.CompositePrimaryKey("ladder", "tier")
    ladder = models.CharField(max_length=80)
    tier = models.CharField(max_length=40)
    program = models.CharField(max_length=60)
    position = models.IntegerField()
    version_id = models.UUIDField(null=True)
    benefits = models.JSONField(default=dict)

    class Meta:
        db_table = "loyalty_tier"

    def __str__(self) -> str:
        return f"{self.ladder} {self.tier}"
