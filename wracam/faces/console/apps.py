"""Registers the console shell with Django."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The console shell."""

    name = "wracam.faces.console"
    label = "faces_console"
    default_auto_field = "django.db.models.BigAutoField"
