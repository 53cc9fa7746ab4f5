"""Registers the csv_files connector with Django."""

from django.apps import AppConfig


class CsvFilesConfig(AppConfig):
    """The csv_files connector."""

    name = "wracam.connectors.csv_files"
    label = "csv_files"
    default_auto_field = "django.db.models.BigAutoField"
