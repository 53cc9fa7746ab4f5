"""Registers the portal shell with Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal shell."""

    name = "wracam.faces.portal"
    label = "faces_portal"
    default_auto_field = "django.db.models.BigAutoField"
