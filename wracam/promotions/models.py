"""Carts that are held, and those that became orders, with everything needed to explain them later.

Hot tables without foreign keys: ids only. What a cart holds stands in the allowances of `vouchers`.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wracam.promotions.contracts import CartState


class CartReservation(models.Model):
    """A cart under its shop's own key. `hold_id` is the reservation that `vouchers` knows."""

    id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField()
    key = models.TextField(db_collation="C")
    hold_id = models.UUIDField()
    state = models.TextField(choices=[(state.value, state.value) for state in CartState])
    customer_id = models.UUIDField(null=True)
    request_hash = models.BinaryField()
    record = models.JSONField()
    """What was asked, gathered and answered; see `core/records.py`."""
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "cart_reservation"
        constraints: ClassVar = [models.UniqueConstraint(fields=["shop_id", "key"], name="cart_reservation_unique")]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], condition=Q(state=CartState.HELD.value), name="cart_reservation_held")
        ]


class CartCommit(models.Model):
    """A cart that became an order; immutable but for what was refunded."""

    id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField()
    reservation_id = models.UUIDField(unique=True)
    hold_id = models.UUIDField()
    order = models.TextField(db_column="order_name")
    customer_id = models.UUIDField(null=True)
    currency = models.TextField()
    total_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    is_refunded = models.BooleanField(default=False, db_default=False)
    """Whether a refund left nothing of it."""
    grants = models.JSONField(null=True)
    """What other features give for the order, see `contracts/grants.py`; NULL when nothing."""
    record = models.JSONField()
    committed_at = models.DateTimeField()

    class Meta:
        db_table = "cart_commit"
        indexes: ClassVar = [
            models.Index(fields=["shop_id", "-committed_at"], name="cart_commit_by_time"),
            models.Index(fields=["shop_id", "order"], name="cart_commit_by_order"),
            models.Index(
                fields=["customer_id"], name="cart_commit_by_customer", condition=Q(customer_id__isnull=False)
            ),
            models.Index(fields=["shop_id", "order"], name="cart_commit_granting", condition=Q(grants__isnull=False)),
        ]


class CartCommitOffer(models.Model):
    """What one promotion gave in one committed cart."""

    commit = models.ForeignKey(CartCommit, on_delete=models.CASCADE, related_name="offers")
    shop_id = models.IntegerField()
    promotion = models.TextField(db_collation="C")
    version_id = models.UUIDField()
    discount_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    currency = models.TextField()
    committed_at = models.DateTimeField()

    class Meta:
        db_table = "cart_commit_offer"
        indexes: ClassVar = [models.Index(fields=["promotion", "-committed_at"], name="cart_offer_by_promotion")]


class CartRefund(models.Model):
    """One refund of a committed cart."""

    id = models.UUIDField(primary_key=True)
    commit = models.ForeignKey(CartCommit, on_delete=models.CASCADE, related_name="refunds")
    key = models.TextField(db_collation="C")
    units = models.JSONField()
    with_shipping = models.BooleanField()
    total_minor = models.BigIntegerField()
    answer = models.JSONField()
    refunded_at = models.DateTimeField()

    class Meta:
        db_table = "cart_refund"
        constraints: ClassVar = [models.UniqueConstraint(fields=["commit", "key"], name="cart_refund_unique")]


class PublicPrice(models.Model):
    """What public promotions made one piece of a product cost, from `starts_at` to before `ends_at` (NULL: still).

    `channel` is empty for a price that holds in every channel. What the shop itself asked is the catalogue's history.
    """

    shop_id = models.IntegerField()
    sku = models.TextField(db_collation="C")
    channel = models.TextField(db_collation="C")
    currency = models.TextField()
    price_minor = models.BigIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "public_price"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop_id", "sku", "channel"], name="one_open_public_price", condition=Q(ends_at__isnull=True)
            )
        ]
        indexes: ClassVar = [models.Index(fields=["shop_id", "sku", "starts_at"], name="public_price_of_product")]


class PublicPriceSweep(models.Model):
    """Up to when a shop's public prices are recorded."""

    shop_id = models.IntegerField(primary_key=True)
    recorded_until = models.DateTimeField()

    class Meta:
        db_table = "public_price_sweep"
