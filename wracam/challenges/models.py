"""What counts (facts), what it came to (progress, completions), and who takes part under which name.

Hot tables without foreign keys, ids only. Facts are the truth; progress and completions are derived from them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ChallengeFact(models.Model):
    """One countable thing of one customer: an order, a product in it, or an event. `amount` is what still stands."""

    pk = models.CompositePrimaryKey("challenge", "key")
    challenge = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    shop_id = models.IntegerField()
    customer_id = models.UUIDField()
    version_id = models.UUIDField()
    happened_at = models.DateTimeField()
    amount = models.BigIntegerField()
    value = models.TextField(default="", db_default="")
    order_id = models.UUIDField(null=True)
    cause_event_id = models.UUIDField(null=True)

    class Meta:
        db_table = "challenge_fact"
        indexes = [
            models.Index(fields=["customer_id", "challenge"], name="challenge_fact_of_customer"),
            models.Index(fields=["order_id"], name="challenge_fact_of_order", condition=Q(order_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.challenge} {self.key}: {self.amount}"


class ChallengeProgress(models.Model):
    """How much a customer has in one period, for rankings and results."""

    pk = models.CompositePrimaryKey("challenge", "period", "customer_id")
    challenge = models.CharField(max_length=80)
    period = models.CharField(max_length=12)
    customer_id = models.UUIDField()
    shop_id = models.IntegerField()
    amount = models.BigIntegerField()
    last_at = models.DateTimeField()
    is_listed = models.BooleanField(default=True)

    class Meta:
        db_table = "challenge_progress"
        indexes = [
            models.Index(
                F("challenge"), F("shop_id"), F("period"), F("amount").desc(), F("last_at"), F("customer_id"),
                name="challenge_ranking", condition=Q(is_listed=True, amount__gt=0),
            ),
            models.Index(fields=["customer_id"], name="challenge_progress_of_customer"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.challenge} {self.period}: {self.amount}"


class ChallengeCompletion(models.Model):
    """A goal that was reached; `round` counts how often, when a return undid it and more purchases reached it again."""

    id = models.UUIDField(primary_key=True)
    challenge = models.CharField(max_length=80)
    version_id = models.UUIDField()
    customer_id = models.UUIDField()
    shop_id = models.IntegerField()
    period = models.CharField(max_length=12)
    number = models.IntegerField()
    reached_at = models.DateTimeField()
    is_standing = models.BooleanField()
    round = models.IntegerField(default=1)

    class Meta:
        db_table = "challenge_completion"
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "customer_id", "period", "number"], name="one_completion_per_goal"
            )
        ]
        indexes = [models.Index(fields=["customer_id", "challenge"], name="completion_of_customer")]

    def __str__(self) -> str:
        return f"{self.challenge} {self.period} {self.number}"


class ChallengeNearness(models.Model):
    """A customer was told that they are near a goal, so that they are told once per window."""

    pk = models.CompositePrimaryKey("challenge", "customer_id", "period")
    challenge = models.CharField(max_length=80)
    customer_id = models.UUIDField()
    period = models.CharField(max_length=24)
    noted_at = models.DateTimeField()

    class Meta:
        db_table = "challenge_nearness"

    def __str__(self) -> str:
        return f"{self.challenge} {self.customer_id}"


class ChallengeEntry(models.Model):
    """A customer joined an opt-in challenge."""

    pk = models.CompositePrimaryKey("challenge", "customer_id")
    challenge = models.CharField(max_length=80)
    customer_id = models.UUIDField()
    shop_id = models.IntegerField()
    joined_at = models.DateTimeField()

    class Meta:
        db_table = "challenge_entry"

    def __str__(self) -> str:
        return f"{self.challenge} {self.customer_id}"


class ChallengePlayer(models.Model):
    """How a customer wants to appear in rankings: under a nickname, nameless, or not at all."""

    customer_id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField()
    nickname = models.CharField(max_length=40, default="", db_default="")
    is_listed = models.BooleanField(default=True)

    class Meta:
        db_table = "challenge_player"

    def __str__(self) -> str:
        return self.nickname
