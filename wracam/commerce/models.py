"""Tables of trade: products and their prices, orders with lines and refunds, statistics per customer."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class ProductRow(models.Model):
    """A product or variant. One met only on order lines has no `modified_at` until the shop's list tells of it."""

    id = models.UUIDField(primary_key=True)
    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, db_index=False)
    source = models.TextField()
    external_id = models.TextField()
    sku = models.TextField(default="")
    name = models.TextField(default="")
    search_key = models.TextField(default="", db_collation="C")
    parent = models.UUIDField(null=True)
    categories = ArrayField(models.TextField(), default=list)
    currency = models.TextField(default="")
    price_minor = models.BigIntegerField(null=True)
    regular_minor = models.BigIntegerField(null=True)
    stock_quantity = models.IntegerField(null=True)
    is_active = models.BooleanField(default=True)
    url = models.TextField(default="")
    image_url = models.TextField(default="")
    modified_at = models.DateTimeField(null=True)
    content_hash = models.BinaryField(default=b"")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "product"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "source", "external_id"], name="product_unique"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["shop", "sku"], name="product_by_sku"),
            models.Index(
                fields=["search_key", "shop"], opclasses=["text_pattern_ops", "int4_ops"], name="product_by_name"
            ),
            models.Index(fields=["parent"], name="product_by_parent", condition=Q(parent__isnull=False)),
        ]


class ProductPriceRow(models.Model):
    """A price as seen at a moment; it was asked until the product's next row of that currency."""

    product = models.ForeignKey(ProductRow, on_delete=models.CASCADE, db_index=False, related_name="prices")
    currency = models.TextField()
    seen_at = models.DateTimeField()
    price_minor = models.BigIntegerField()
    regular_minor = models.BigIntegerField(null=True)

    class Meta:
        db_table = "product_price"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "currency", "seen_at"], name="product_price_unique"),
        ]


class OrderRow(models.Model):
    """An order. `status` is what counts; `told_status` what the shop's newest snapshot says, deletions aside."""

    id = models.UUIDField(primary_key=True)
    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, db_index=False)
    source = models.TextField()
    external_id = models.TextField()
    customer = models.ForeignKey("customers.CustomerRow", null=True, on_delete=models.PROTECT, db_index=False)
    customer_as_of = models.DateTimeField(null=True)
    person_hash = models.BinaryField(default=b"")
    number = models.TextField()
    status = models.TextField()
    told_status = models.TextField()
    payment_status = models.TextField()
    is_valid = models.BooleanField()
    is_sale = models.BooleanField()
    currency = models.TextField()
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    shipping_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField()
    units = models.BigIntegerField()
    refunded_units = models.BigIntegerField()
    coupon_codes = ArrayField(models.TextField(), default=list)
    channel = models.TextField()
    payment_method = models.TextField()
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField(null=True)
    content_hash = models.BinaryField(default=b"")
    deleted_as_of = models.DateTimeField(null=True)
    announced = models.SmallIntegerField(default=0)
    recorded_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "shop_order"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "source", "external_id"], name="shop_order_unique"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "placed_at"], name="shop_order_by_customer"),
            models.Index(fields=["shop", "-placed_at", "-id"], name="shop_order_by_time"),
            models.Index(
                fields=["number", "shop"], opclasses=["text_pattern_ops", "int4_ops"], name="shop_order_by_number"
            ),
        ]


class OrderLineRow(models.Model):
    """One line of an order."""

    id = models.UUIDField(primary_key=True)
    order = models.ForeignKey(OrderRow, on_delete=models.CASCADE, related_name="lines")
    position = models.IntegerField()
    external_id = models.TextField()
    sku = models.TextField()
    name = models.TextField()
    product = models.UUIDField(null=True)
    categories = ArrayField(models.TextField(), default=list)
    quantity = models.IntegerField()
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    refunded_quantity = models.IntegerField()
    refunded_minor = models.BigIntegerField()

    class Meta:
        db_table = "order_line"


class RefundRow(models.Model):
    """One refund of an order."""

    id = models.UUIDField(primary_key=True)
    order = models.ForeignKey(OrderRow, on_delete=models.CASCADE, related_name="refunds")
    external_id = models.TextField()
    refunded_at = models.DateTimeField()
    total_minor = models.BigIntegerField()
    shipping_minor = models.BigIntegerField()
    reason = models.TextField()

    class Meta:
        db_table = "refund"


class RefundLineRow(models.Model):
    """Units of one order line that a refund brought back. A line the order does not list is kept all the same."""

    refund = models.ForeignKey(RefundRow, on_delete=models.CASCADE, related_name="lines")
    line = models.UUIDField()
    quantity = models.IntegerField()
    total_minor = models.BigIntegerField()

    class Meta:
        db_table = "refund_line"


class TradeStatisticRow(models.Model):
    """What a customer bought in one currency, rewritten with every order in the same transaction."""

    customer = models.ForeignKey("customers.CustomerRow", on_delete=models.PROTECT, db_index=False)
    currency = models.TextField()
    order_count = models.IntegerField()
    sale_count = models.IntegerField()
    gross_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField()
    units = models.BigIntegerField()
    refunded_units = models.BigIntegerField()
    first_sale_at = models.DateTimeField(null=True)
    last_sale_at = models.DateTimeField(null=True)
    gap_seconds_sum = models.BigIntegerField()
    gap_seconds_squared_sum = models.DecimalField(max_digits=30, decimal_places=0)
    gap_log_sum = models.FloatField()
    returned_count = models.IntegerField()
    discounted_count = models.IntegerField()

    class Meta:
        db_table = "trade_statistic"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "currency"], name="trade_statistic_unique"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["last_sale_at"], name="trade_statistic_by_last"),
        ]
