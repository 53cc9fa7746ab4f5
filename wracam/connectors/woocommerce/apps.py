"""Registers the woocommerce connector with Django."""

from django.apps import AppConfig


class WoocommerceConfig(AppConfig):
    """The woocommerce connector."""

    name = "wracam.connectors.woocommerce"
    label = "woocommerce"
    default_auto_field = "django.db.models.BigAutoField"
