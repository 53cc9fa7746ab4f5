"""Registers vouchers with Django."""

from django.apps import AppConfig


class VouchersConfig(AppConfig):
    """The vouchers feature."""

    name = "wracam.vouchers"
    label = "vouchers"
    default_auto_field = "django.db.models.BigAutoField"
