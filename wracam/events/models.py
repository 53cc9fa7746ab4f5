"""Tables of the event log, of its delivery, of public intake and of outgoing webhooks.

`event` is partitioned by month of its id (a UUIDv7 carries the moment it was recorded), which is why its table is
made by SQL in the migration; the class below tells Django its shape.
"""

from __future__ import annotations

from django.db import models

from wracam.events.contracts import ParkedState, WebhookState


class LoggedEvent(models.Model):
    """One recorded event. Rows are never updated; months beyond their retention are dropped."""

    id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField()
    txid = models.BigIntegerField()
    lane = models.SmallIntegerField()
    name = models.TextField()
    shop_id = models.IntegerField()
    customer_id = models.UUIDField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    data = models.JSONField()
    cause_id = models.UUIDField(null=True)
    depth = models.SmallIntegerField()
    source = models.TextField()
    source_id = models.TextField(null=True)

    class Meta:
        db_table = "event"

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class SubscriptionCursor(models.Model):
    """How far one subscription has read one lane: everything up to (txid, position) is handled or parked."""

    pk = models.CompositePrimaryKey("subscription", "lane")
    subscription = models.CharField(max_length=100)
    lane = models.SmallIntegerField()
    txid = models.BigIntegerField()
    position = models.BigIntegerField()
    moved_at = models.DateTimeField()

    class Meta:
        db_table = "event_cursor"

    def __str__(self) -> str:
        return f"{self.subscription} lane {self.lane}"


class ParkedEvent(models.Model):
    """An event that one subscription could not handle, or that waits behind such an event of its customer."""

    id = models.BigAutoField(primary_key=True)
    subscription = models.CharField(max_length=100)
    lane = models.SmallIntegerField()
    event_id = models.UUIDField()
    txid = models.BigIntegerField()
    position = models.BigIntegerField()
    event_name = models.TextField()
    customer_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in ParkedState])
    attempts = models.PositiveSmallIntegerField()
    retry_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    parked_at = models.DateTimeField()
    failed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "parked_event"
        constraints = [
            models.UniqueConstraint(fields=["subscription", "event_id"], name="parked_event_once"),
        ]
        indexes = [
            models.Index(fields=["subscription", "lane", "customer_id"], name="parked_event_customer"),
            models.Index(fields=["retry_at"], name="parked_event_retry", condition=models.Q(state="retrying")),
        ]

    def __str__(self) -> str:
        return f"{self.subscription} {self.event_name} {self.event_id}"


class IntakeKey(models.Model):
    """An event that came from outside, by the hash of (shop, source, source id), so that it is recorded once."""

    key = models.UUIDField(primary_key=True)
    event_id = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "event_intake_key"
        indexes = [models.Index(fields=["recorded_at"], name="event_intake_key_recorded")]

    def __str__(self) -> str:
        return str(self.key)


class WebhookEndpoint(models.Model):
    """An address that wants to be told of events. `secrets_sealed` keeps the newest secret first."""

    id = models.UUIDField(primary_key=True)
    shop_id = models.IntegerField(null=True)
    url = models.CharField(max_length=2000)
    description = models.CharField(max_length=200, blank=True)
    event_names = models.JSONField()
    secrets_sealed = models.JSONField()
    is_active = models.BooleanField()
    disabled_reason = models.CharField(max_length=200, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "webhook_endpoint"

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One event on its way to one endpoint, with what happened on the last attempt; `id` is the webhook-id."""

    id = models.UUIDField(primary_key=True)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField()
    event_name = models.TextField()
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in WebhookState])
    attempts = models.PositiveSmallIntegerField()
    attempt_at = models.DateTimeField(null=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=500, blank=True)
    latency_ms = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_delivery"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="webhook_delivery_once"),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "attempt_at"], name="webhook_delivery_due", condition=models.Q(state="waiting")
            ),
            models.Index(fields=["created_at"], name="webhook_delivery_created"),
        ]

    def __str__(self) -> str:
        return f"{self.event_name} to {self.endpoint_id}"
