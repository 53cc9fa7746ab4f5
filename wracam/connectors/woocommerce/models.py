"""Connections with WooCommerce shops, the inbox of their deliveries, refunds in detail, and the state of each sync."""

from __future__ import annotations

from django.db import models

from wracam.connectors.woocommerce.contracts import Resource, SyncState, Verdict


class Connection(models.Model):
    """One shop's WooCommerce. Secrets are sealed; `hook_token` is the unguessable part of our hook's address."""

    shop = models.OneToOneField("shops.Shop", on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=300)
    hook_token = models.CharField(max_length=80, unique=True)
    webhook_secret_sealed = models.TextField()
    previous_secret_sealed = models.TextField(blank=True)
    consumer_key_sealed = models.TextField(blank=True)
    consumer_secret_sealed = models.TextField(blank=True)
    authorization_hash = models.BinaryField(null=True)
    authorization_expires_at = models.DateTimeField(null=True)
    webhooks_created_at = models.DateTimeField(null=True)
    last_delivery_at = models.DateTimeField(null=True)
    refused_count = models.IntegerField(default=0)
    last_refused_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    last_error_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "woocommerce_connection"

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One signed call of our hook, stored before it is answered.

    WooCommerce repeats a delivery id within one second for different resources, so the body's hash is part of what
    makes a delivery the same.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=100)
    delivery_id = models.CharField(max_length=100)
    body_hash = models.BinaryField()
    body = models.BinaryField()
    headers = models.JSONField()
    received_at = models.DateTimeField()
    verdict = models.CharField(max_length=16, choices=[(item.value, item.value) for item in Verdict])
    error = models.CharField(max_length=500, blank=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "woocommerce_delivery"
        constraints = [
            models.UniqueConstraint(fields=["connection", "delivery_id", "body_hash"], name="woocommerce_delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["connection", "id"],
                name="woocommerce_delivery_waiting",
                condition=models.Q(verdict=Verdict.WAITING),
            ),
            models.Index(fields=["received_at"], name="woocommerce_delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.delivery_id}"


class RefundDetail(models.Model):
    """A refund as REST told it: an order's body names only its amount."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    order_external_id = models.BigIntegerField()
    refund_external_id = models.BigIntegerField()
    body = models.JSONField()

    class Meta:
        db_table = "woocommerce_refund"
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "order_external_id", "refund_external_id"], name="woocommerce_refund_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_external_id}/{self.refund_external_id}"


class Sync(models.Model):
    """How far one resource of one shop is read: the cursor is committed with what it has read."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    resource = models.CharField(max_length=16, choices=[(item.value, item.value) for item in Resource])
    state = models.CharField(max_length=16, choices=[(item.value, item.value) for item in SyncState])
    modified_after = models.DateTimeField(null=True)
    page = models.IntegerField(default=1)
    taken = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "woocommerce_sync"
        constraints = [models.UniqueConstraint(fields=["connection", "resource"], name="woocommerce_sync_once")]

    def __str__(self) -> str:
        return f"{self.resource}: {self.state}"
