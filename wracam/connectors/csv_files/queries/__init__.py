"""Reads of file imports: what a file would give, where an import stands, and its rows to correct."""

from wracam.connectors.csv_files.queries.files import FileError, opened
from wracam.connectors.csv_files.queries.imports import (
    bad_rows,
    corrections_csv,
    earlier_import_of,
    imports_folder,
    report,
    reports,
    undo_forecast,
    upload_path,
    uploads_folder,
)
from wracam.connectors.csv_files.queries.previews import preview

__all__ = [
    "FileError",
    "bad_rows",
    "corrections_csv",
    "earlier_import_of",
    "imports_folder",
    "opened",
    "preview",
    "report",
    "reports",
    "undo_forecast",
    "upload_path",
    "uploads_folder",
]
