"""Registers the api shell with Django."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The api shell."""

    name = "wracam.faces.api"
    label = "faces_api"
    default_auto_field = "django.db.models.BigAutoField"
