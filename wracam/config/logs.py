"""How log lines look: one line each, in UTC, whatever the machine's time zone."""

from __future__ import annotations

import logging
import time

WARNING = logging.WARNING


class UtcFormatter(logging.Formatter):
    """Time in UTC with milliseconds, level, logger, message."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")


def level(name: str) -> int:
    """Return the number of the level called *name*; INFO for an unknown one."""
    return logging.getLevelNamesMapping().get(name.upper(), logging.INFO)
