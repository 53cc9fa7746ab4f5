"""Imports of files: start, run (and resume), undo."""

from wracam.connectors.csv_files.actions.running import rehearse, run
from wracam.connectors.csv_files.actions.starting import ImportRefusedError, discard, start_import
from wracam.connectors.csv_files.actions.undoing import undo

__all__ = ["ImportRefusedError", "discard", "rehearse", "run", "start_import", "undo"]
