"""Imports of files: start, run (and resume), undo."""

from wracam.connectors.csv_files.actions.running import rehearse, run
from wracam.connectors.csv_files.actions.starting import ImportRefusedError, discard, keep_upload, start_import
from wracam.connectors.csv_files.actions.undoing import begin_undo, undo

__all__ = [
    "ImportRefusedError",
    "begin_undo",
    "discard",
    "keep_upload",
    "rehearse",
    "run",
    "start_import",
    "undo",
]
