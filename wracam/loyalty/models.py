"""Members, the ledger (transfers, lots, allocations, balances) and the decisions behind earnings.

Ledger tables have no foreign keys: ids only, since each would cost a lock per posting. Triggers of
`sql/append_only.sql` refuse any change of a transfer or allocation.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

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


class Transfer(models.Model):
    """One immutable movement of points from the debit account to the credit account of one member."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.IntegerField()
    key = models.TextField(db_collation="C")
    input_hash = models.BinaryField()
    entry_id = models.UUIDField()
    member_id = models.UUIDField()
    point_kind = models.TextField(db_collation="C")
    debit = models.TextField(db_collation="C")
    credit = models.TextField(db_collation="C")
    amount = models.BigIntegerField()
    at = models.DateTimeField()
    happened_at = models.DateTimeField()
    activates_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    lot_id = models.BigIntegerField(null=True)
    order_id = models.UUIDField(null=True)
    earning_id = models.UUIDField(null=True)
    rule_version_id = models.UUIDField(null=True)
    cause_event_id = models.UUIDField(null=True)
    reverses_id = models.BigIntegerField(null=True)
    reason = models.TextField(db_collation="C")
    note = models.TextField(default="", db_default="")
    actor = models.TextField(default="", db_default="")

    class Meta:
        db_table = "point_transfer"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "key"], name="one_transfer_per_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_moves_something"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_has_two_accounts"),
        ]
        indexes = [
            models.Index(fields=["member_id", "id"], name="transfer_of_member"),
            BrinIndex(fields=["at"], name="transfer_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.debit} → {self.credit}: {self.amount}"


class Lot(models.Model):
    """Points that came together; its id is that of the transfer that opened it. `moves` counts its changes."""

    id = models.BigIntegerField(primary_key=True)
    shop_id = models.IntegerField()
    member_id = models.UUIDField()
    point_kind = models.TextField(db_collation="C")
    amount = models.BigIntegerField()
    remaining = models.BigIntegerField()
    is_active = models.BooleanField()
    moves = models.IntegerField(default=0, db_default=0)
    earned_at = models.DateTimeField()
    activates_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    order_id = models.UUIDField(null=True)
    earning_id = models.UUIDField(null=True)

    class Meta:
        db_table = "point_lot"
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0) & Q(remaining__lte=F("amount")), name="lot_is_never_overdrawn"
            )
        ]
        indexes = [
            models.Index(fields=["member_id", "point_kind"], name="lot_open", condition=Q(remaining__gt=0)),
            models.Index(
                fields=["activates_at"], name="lot_to_activate", condition=Q(is_active=False, remaining__gt=0)
            ),
            models.Index(
                fields=["expires_at"],
                name="lot_to_expire",
                condition=Q(is_active=True, remaining__gt=0, expires_at__isnull=False),
            ),
            models.Index(fields=["earning_id"], name="lot_of_earning", condition=Q(earning_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.remaining}/{self.amount}"


class LotAllocation(models.Model):
    """What one transfer took from a lot (positive) or gave back to it (negative); immutable."""

    id = models.BigAutoField(primary_key=True)
    transfer_id = models.BigIntegerField()
    lot_id = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        db_table = "point_lot_allocation"
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="allocation_moves_something")]
        indexes = [
            models.Index(fields=["lot_id"], name="allocation_of_lot"),
            models.Index(fields=["transfer_id"], name="allocation_of_transfer"),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id}: {self.amount}"


class PointBalance(models.Model):
    """What one member has of one point kind: derived from the transfers in the same statement, and checked."""

    pk = models.CompositePrimaryKey("member_id", "point_kind")
    member_id = models.UUIDField()
    point_kind = models.TextField(db_collation="C")
    shop_id = models.IntegerField()
    active = models.BigIntegerField(default=0, db_default=0)
    pending = models.BigIntegerField(default=0, db_default=0)
    held = models.BigIntegerField(default=0, db_default=0)
    debt = models.BigIntegerField(default=0, db_default=0)
    earned = models.BigIntegerField(default=0, db_default=0)
    spent = models.BigIntegerField(default=0, db_default=0)
    expired = models.BigIntegerField(default=0, db_default=0)
    transfers = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "point_balance"
        constraints = [
            models.CheckConstraint(
                condition=Q(active__gte=0) & Q(pending__gte=0) & Q(held__gte=0) & Q(debt__gte=0),
                name="balance_is_never_negative",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.point_kind}: {self.active}"


class Earning(models.Model):
    """What one order or event gave a customer: the decision with its trace, and what was undone since.

    `standing` holds, per point kind, `earned` (ever issued for it), `taken` (of these taken back) and `forgiven`
    (taken back on paper, let go by the policy). `refunds` are the refunds in force, by id.
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
    """The last day for which a step that runs once a day was made."""

    step = models.CharField(max_length=40, primary_key=True)
    day = models.DateField()

    class Meta:
        db_table = "loyalty_nightly"

    def __str__(self) -> str:
        return f"{self.step} {self.day}"


class MemberTier(models.Model):
    """The tier of a member on one ladder; without a row they stand at the bottom.

    `kept_until` ends the days of grace, `floor` is a tier given by hand, `risk_noted_at` says that the member was
    told of the risk that still stands.
    """

    pk = models.CompositePrimaryKey("member_id", "ladder")
    member_id = models.UUIDField()
    ladder = models.CharField(max_length=80)
    tier = models.CharField(max_length=40)
    since = models.DateTimeField()
    kept_until = models.DateTimeField(null=True)
    floor = models.CharField(max_length=40, null=True)
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
    """A reward that a member took; the id is derived from the member and the caller's key."""

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
    transfer_id = models.BigIntegerField()
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


class Seal(models.Model):
    """One link of the hash chain over the transfers up to `last_transfer_id`; written off the hot path."""

    id = models.BigAutoField(primary_key=True)
    first_transfer_id = models.BigIntegerField()
    last_transfer_id = models.BigIntegerField(unique=True)
    transfers = models.IntegerField()
    previous_hash = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "point_seal"

    def __str__(self) -> str:
        return f"{self.first_transfer_id}-{self.last_transfer_id}"


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
    """A correction by hand above its maker's limit: it waits for a second person."""

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

    class Meta:
        db_table = "loyalty_correction_request"
        indexes = [
            models.Index(fields=["shop_id", "asked_at"], name="correction_waiting", condition=Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return f"{self.points:+d}: {self.state}"
