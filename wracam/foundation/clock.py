"""The one place that reads the wall clock. Decisions get the time as an argument; faces and tasks ask here."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current moment in UTC."""
    return datetime.now(UTC)
