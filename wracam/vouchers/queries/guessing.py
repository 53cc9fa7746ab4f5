"""What the console shows of wrong codes: who tried how many, by hour and subject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wracam.foundation.bulk import fetch

SHOWN_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Guesser:
    """A customer (`customer:<id>`) or network (`address:<network>`) with its wrong and blocked tries."""

    subject: str
    wrong: int
    blocked: int
    last_hour: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessing:
    """Wrong and blocked tries since a moment: in all, per hour (oldest first, gaps filled), and by whom."""

    wrong: int
    blocked: int
    hours: tuple[tuple[datetime, int, int], ...]
    guessers: tuple[Guesser, ...]


def guessing(*, shop_id: int, now: datetime, hours: int = 24) -> Guessing:
    """Return the wrong codes of the last *hours* in a shop."""
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours - 1)
    by_hour = {
        hour: (int(wrong), int(blocked))
        for hour, wrong, blocked in fetch(
            "SELECT hour, sum(wrong), sum(blocked) FROM code_guess WHERE shop_id = %s AND hour >= %s GROUP BY hour",
            shop_id,
            first,
        )
    }
    line = [first + timedelta(hours=number) for number in range(hours)]
    rows = fetch(
        """SELECT subject, sum(wrong), sum(blocked), max(hour) FROM code_guess WHERE shop_id = %s AND hour >= %s
           GROUP BY subject ORDER BY sum(wrong) + sum(blocked) DESC, subject LIMIT %s""",
        shop_id,
        first,
        SHOWN_MAX,
    )
    return Guessing(
        wrong=sum(wrong for wrong, _ in by_hour.values()),
        blocked=sum(blocked for _, blocked in by_hour.values()),
        hours=tuple((hour, *by_hour.get(hour, (0, 0))) for hour in line),
        guessers=tuple(
            Guesser(subject=subject, wrong=int(wrong), blocked=int(blocked), last_hour=last)
            for subject, wrong, blocked, last in rows
        ),
    )
