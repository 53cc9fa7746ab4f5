"""Registers events with Django."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The events feature."""

    name = "wracam.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"
