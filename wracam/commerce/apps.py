"""Registers commerce with Django."""

from django.apps import AppConfig


class CommerceConfig(AppConfig):
    """The commerce feature."""

    name = "wracam.commerce"
    label = "commerce"
    default_auto_field = "django.db.models.BigAutoField"
