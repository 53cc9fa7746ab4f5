"""Registers shops with Django."""

from django.apps import AppConfig


class ShopsConfig(AppConfig):
    """The shops feature."""

    name = "wracam.shops"
    label = "shops"
    default_auto_field = "django.db.models.BigAutoField"
