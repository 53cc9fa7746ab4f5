"""Registers the widgets shell with Django."""

from django.apps import AppConfig


class WidgetsConfig(AppConfig):
    """The widgets shell."""

    name = "wracam.faces.widgets"
    label = "faces_widgets"
    default_auto_field = "django.db.models.BigAutoField"
