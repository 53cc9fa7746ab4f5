"""How far the demo shop's life has been told."""

from __future__ import annotations

from django.db import models


class DemoLife(models.Model):
    """The one life of a shop: what it was planned from, and how many chapters have been told."""

    shop_id = models.IntegerField(primary_key=True)
    seed = models.IntegerField()
    customers = models.IntegerField()
    products = models.IntegerField()
    days = models.IntegerField()
    now = models.DateTimeField()
    chapters_told = models.IntegerField(default=0)
    chapters = models.IntegerField()

    class Meta:
        db_table = "demo_life"

    def __str__(self) -> str:
        return f"shop {self.shop_id}: {self.chapters_told} of {self.chapters}"


class DemoStorefront(models.Model):
    """The keys of the sample shop's pages, for one web address of theirs.

    The publishable key is public by nature; the server key is sealed.
    """

    origin = models.TextField(primary_key=True)
    shop_id = models.IntegerField()
    publishable_key = models.TextField()
    server_key_sealed = models.TextField()

    class Meta:
        db_table = "demo_storefront"

    def __str__(self) -> str:
        return f"shop {self.shop_id} at {self.origin}"
