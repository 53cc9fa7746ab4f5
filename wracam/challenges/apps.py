"""Registers challenges with Django."""

from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    """The challenges feature."""

    name = "wracam.challenges"
    label = "challenges"
    default_auto_field = "django.db.models.BigAutoField"
