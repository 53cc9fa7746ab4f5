"""Registers promotions with Django."""

from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    """The promotions feature."""

    name = "wracam.promotions"
    label = "promotions"
    default_auto_field = "django.db.models.BigAutoField"
