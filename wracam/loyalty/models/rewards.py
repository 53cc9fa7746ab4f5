"""Rewards: stock, redemptions and pictures; payments with points; corrections that wait; closed days."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class RewardStock(models.Model):
    """How many of a reward were taken and not returned, ever (period empty) and within the periods of its limits.

    The conditional update of these rows is the lock of the stock.
    """

    id = models.BigAutoField(primary_key=True)
    reward = models.CharField(max_length=80)
    period = models.CharField(max_length=24, default="", db_default="")
    taken = models.BigIntegerField(default=0)

    class Meta:
        db_table = "loyalty_reward_stock"
        constraints = [
            models.UniqueConstraint(fields=["reward", "period"], name="one_stock_per_period"),
            models.CheckConstraint(condition=Q(taken__gte=0), name="stock_is_never_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.reward} {self.period}: {self.taken}"


class Redemption(models.Model):
    """A reward that a member took; the id is derived from the member and the caller's key.

    A promotion's reward costs no points and names the version that granted it; `was_withdrawn` says that it was
    returned because its order was undone.
    """

    id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField()
    member_id = models.UUIDField()
    reward = models.CharField(max_length=80)
    version_id = models.UUIDField(null=True)
    point_kind = models.CharField(max_length=40)
    points = models.BigIntegerField()
    amount_minor = models.BigIntegerField(default=0, db_default=0)
    code_id = models.UUIDField(null=True)
    campaign = models.CharField(max_length=80, default="", db_default="")
    counted = models.JSONField(default=list)
    transfer_id = models.BigIntegerField(null=True)
    promotion_version_id = models.UUIDField(null=True)
    was_withdrawn = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=12)
    redeemed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "loyalty_redemption"
        indexes = [
            models.Index(fields=["member_id", "reward"], name="redemption_of_member"),
            models.Index(fields=["redeemed_at"], name="redemption_open", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.reward}: {self.state}"


class Picture(models.Model):
    """A picture of a reward, addressed by the hash of its content, so that it may be cached for ever."""

    id = models.CharField(max_length=40, primary_key=True)
    media_type = models.CharField(max_length=20)
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "loyalty_picture"

    def __str__(self) -> str:
        return self.id


class PointsPayment(models.Model):
    """Points that pay a part of a cart: held, then spent with its order, or released; some may be handed back."""

    id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField()
    member_id = models.UUIDField()
    point_kind = models.CharField(max_length=40)
    points = models.BigIntegerField()
    worth_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12)
    order_id = models.UUIDField(null=True)
    transfer_ids = models.JSONField(default=list)
    handed_back = models.BigIntegerField(default=0)
    moves = models.IntegerField(default=0)
    reserved_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "loyalty_points_payment"
        indexes = [
            models.Index(fields=["ends_at"], name="payment_open", condition=Q(state="reserved")),
            models.Index(fields=["order_id"], name="payment_of_order", condition=Q(order_id__isnull=False)),
            models.Index(fields=["member_id", "-reserved_at"], name="payment_of_member"),
        ]

    def __str__(self) -> str:
        return f"{self.points}: {self.state}"


class CorrectionRequest(models.Model):
    """A correction by hand above its maker's limit, of points or (with a `ladder`) of a tier, for a second person.

    A tier that is asked for stands in `tier` (empty: take the gift back) and is meant until `tier_until`.
    """

    id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField()
    member_id = models.UUIDField()
    point_kind = models.CharField(max_length=40)
    points = models.BigIntegerField()
    note = models.TextField()
    key = models.TextField()
    state = models.CharField(max_length=12)
    maker_kind = models.CharField(max_length=20)
    maker_id = models.CharField(max_length=60)
    maker_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    checker_kind = models.CharField(max_length=20, default="", db_default="")
    checker_id = models.CharField(max_length=60, default="", db_default="")
    checker_name = models.CharField(max_length=200, default="", db_default="")
    decided_at = models.DateTimeField(null=True)
    transfer_id = models.BigIntegerField(null=True)
    ladder = models.CharField(max_length=80, default="", db_default="")
    tier = models.CharField(max_length=40, default="", db_default="")
    tier_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "loyalty_correction_request"
        indexes = [
            models.Index(fields=["shop_id", "asked_at"], name="correction_waiting", condition=Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return f"{self.points:+d}: {self.state}"


class BookDay(models.Model):
    """One closed day of the books, computed from the ledger: may be deleted and computed again to the same figures."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.IntegerField()
    program = models.CharField(max_length=60)
    point_kind = models.CharField(max_length=40)
    day = models.DateField()
    opening = models.BigIntegerField()
    issued = models.BigIntegerField()
    corrected = models.BigIntegerField()
    spent = models.BigIntegerField()
    expired = models.BigIntegerField()
    reversed = models.BigIntegerField()
    moved = models.BigIntegerField()
    closing = models.BigIntegerField()
    sales_minor = models.BigIntegerField()
    value_points = models.BigIntegerField()
    value_minor = models.BigIntegerField()
    used_bp = models.IntegerField()
    new_used_bp = models.IntegerField()
    worth_minor = models.BigIntegerField()
    liability_minor = models.BigIntegerField()

    class Meta:
        db_table = "loyalty_book_day"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "program", "point_kind", "day"], name="one_book_day"),
            models.CheckConstraint(
                condition=Q(
                    closing=F("opening")
                    + F("issued")
                    + F("corrected")
                    + F("moved")
                    - F("spent")
                    - F("expired")
                    - F("reversed")
                ),
                name="book_day_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.day}: {self.closing}"
