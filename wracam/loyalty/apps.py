"""Registers loyalty with Django."""

from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    """The loyalty feature."""

    name = "wracam.loyalty"
    label = "loyalty"
    default_auto_field = "django.db.models.BigAutoField"
