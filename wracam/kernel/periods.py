"""Half-open spans of time: the start belongs to the period, the end does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The span from *starts_at* up to but without *ends_at*; None leaves that side open.

    Both ends are aware datetimes. Raises `ValueError` when the end comes before the start.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.starts_at and self.ends_at and self.ends_at < self.starts_at:
            raise ValueError(f"a period cannot end at {self.ends_at} before it starts at {self.starts_at}")

    def __contains__(self, moment: datetime) -> bool:
        return (self.starts_at is None or self.starts_at <= moment) and (self.ends_at is None or moment < self.ends_at)

    def overlaps(self, other: Period) -> bool:
        """Say whether the two periods share any moment."""
        return _before(self.starts_at, other.ends_at) and _before(other.starts_at, self.ends_at)


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end
