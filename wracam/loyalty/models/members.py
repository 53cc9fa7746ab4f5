"""Members, what they earned and why, how far capped rules are used, and the nightly steps."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wracam.loyalty.contracts import EarningState, MemberState


class Member(models.Model):
    """A customer's membership in one programme; the id is derived from both, so joining twice meets itself."""

    id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField()
    customer_id = models.UUIDField()
    program = models.CharField(max_length=60)
    state = models.CharField(
        max_length=12, default=MemberState.ACTIVE.value, choices=[(state.value, state.value) for state in MemberState]
    )
    joined_at = models.DateTimeField()
    last_active_at = models.DateTimeField()
    nickname = models.CharField(max_length=60, default="", blank=True)
    merged_into_id = models.UUIDField(null=True)

    class Meta:
        db_table = "loyalty_member"
        constraints = [models.UniqueConstraint(fields=["customer_id", "program"], name="one_membership_per_program")]
        indexes = [models.Index(fields=["program", "-joined_at", "id"], name="member_newest_first")]

    def __str__(self) -> str:
        return str(self.id)


class Earning(models.Model):
    """What one order or event gave a customer: the decision with its trace, and what was undone since.

    `standing` holds, per point kind, `earned` (ever issued for it), `taken` (of these taken back) and `forgiven`
    (taken back on paper: let go by the policy, or `lapsed`, which had expired before). `refunds` are those in force,
    by id; `heard` are the ids of the events taken into account, and the `txid:position` in the log of what made the
    earning, which has all before it in account, so that reading the log again changes nothing.
    """

    id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField()
    program = models.CharField(max_length=60)
    customer_id = models.UUIDField()
    member_id = models.UUIDField()
    order_id = models.UUIDField(null=True)
    event_name = models.TextField()
    cause_event_id = models.UUIDField(null=True)
    happened_at = models.DateTimeField()
    decision = models.JSONField(default=dict)
    standing = models.JSONField(default=dict)
    refunds = models.JSONField(default=dict)
    heard = models.JSONField(default=list, db_default=[])
    state = models.TextField(default=EarningState.STANDING.value, db_default=EarningState.STANDING.value)

    class Meta:
        db_table = "loyalty_earning"
        indexes = [
            models.Index(fields=["order_id"], name="earning_of_order", condition=Q(order_id__isnull=False)),
            models.Index(fields=["member_id", "happened_at"], name="earning_of_member"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class RuleUsage(models.Model):
    """How many points a capped or budgeted rule gave in a period; member None is the whole programme."""

    rule = models.CharField(max_length=80)
    member_id = models.UUIDField(null=True)
    period = models.CharField(max_length=24)
    points = models.BigIntegerField(default=0)

    class Meta:
        db_table = "loyalty_rule_usage"
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "member_id", "period"], name="one_usage_per_period", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.period}: {self.points}"


class Nightly(models.Model):
    """The last day for which a step that runs once a day was begun; `reached` is its last member, None when done."""

    step = models.CharField(max_length=40, primary_key=True)
    day = models.DateField()
    reached = models.UUIDField(null=True)

    class Meta:
        db_table = "loyalty_nightly"

    def __str__(self) -> str:
        return f"{self.step} {self.day}"
