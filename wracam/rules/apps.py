"""Registers rules with Django."""

from django.apps import AppConfig


class RulesConfig(AppConfig):
    """The rules feature."""

    name = "wracam.rules"
    label = "rules"
    default_auto_field = "django.db.models.BigAutoField"
