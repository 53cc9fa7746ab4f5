"""Months of the log: partition names and the ids that bound them.

A UUIDv7 begins with 48 bits of Unix milliseconds, so a range of ids is a range of moments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

MONTHS_AHEAD = 3
"""How many months beyond the current one have their partition ready."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in UTC, one partition of the log."""

    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime) -> Month:
        """Return the month that holds *moment*."""
        utc = moment.astimezone(UTC)
        return cls(utc.year, utc.month)

    @property
    def partition(self) -> str:
        """The name of its table: `event_2026_11`."""
        return f"event_{self.year:04d}_{self.number:02d}"

    @property
    def starts_at(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def next(self) -> Month:
        """The month after it."""
        return Month(self.year + 1, 1) if self.number == 12 else Month(self.year, self.number + 1)

    @property
    def first_id(self) -> UUID:
        """The smallest id of the month; that of `next` is the exclusive end."""
        return first_id_at(self.starts_at)


def first_id_at(moment: datetime) -> UUID:
    """Return the smallest id that something recorded at *moment* can have."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def month_of_partition(name: str) -> Month | None:
    """Read the month from a partition's name; None for the default partition."""
    year, _, number = name.removeprefix("event_").partition("_")
    return Month(int(year), int(number)) if year.isdecimal() and number.isdecimal() else None


def months_needed(since: datetime, now: datetime) -> list[Month]:
    """Return the months from that of *since* to `MONTHS_AHEAD` after that of *now*."""
    month, last = Month.of(min(since, now)), Month.of(now)
    for _ in range(MONTHS_AHEAD):
        last = last.next
    months = [month]
    while months[-1] < last:
        months.append(months[-1].next)
    return months
