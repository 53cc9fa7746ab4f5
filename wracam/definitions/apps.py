"""Registers definitions with Django."""

from django.apps import AppConfig


class DefinitionsConfig(AppConfig):
    """The definitions feature."""

    name = "wracam.definitions"
    label = "definitions"
    default_auto_field = "django.db.models.BigAutoField"
