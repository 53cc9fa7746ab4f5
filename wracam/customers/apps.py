"""Registers customers with Django."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """The customers feature."""

    name = "wracam.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"
