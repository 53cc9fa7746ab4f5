"""The books of a programme: what each day did to the points in members' hands, and what they are worth.

Members' hands are the accounts pending, active and held, less debt. Every transfer between them and the programme's
side belongs to exactly one column, so the roll-forward cannot fail to add up:

    closing = opening + issued + corrected + moved − spent − expired − reversed

`corrected` is signed (given by hand, less taken by hand); `reversed` is what was taken back, less what was restored;
`spent` is what was used, less what was handed back; `moved` is zero unless members moved between shops.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wracam.kernel.allocation import divide_half_up
from wracam.loyalty.contracts import BookDay, BookFlow, BookPeriod

BASIS_POINTS = 10_000
EMPTY = BookFlow()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """One day of the roll-forward."""

    day: date
    opening: int
    flow: BookFlow

    @property
    def closing(self) -> int:
        """The points in members' hands when the day ended."""
        return self.opening + net(self.flow)


def net(flow: BookFlow) -> int:
    """Return by how much a flow changed the points in members' hands."""
    return flow.issued + flow.corrected + flow.moved - flow.spent - flow.expired - flow.reversed


def roll(opening: int, flows: Mapping[date, BookFlow], *, first: date, last: date) -> Iterator[Rolled]:
    """Carry *opening* through every day from *first* to *last*, days without movement too."""
    day = first
    while day <= last:
        rolled = Rolled(day=day, opening=opening, flow=flows.get(day, EMPTY))
        yield rolled
        opening = rolled.closing
        day += timedelta(days=1)


def worth(points: int, *, value_points: int, value_minor: int, used_bp: int = BASIS_POINTS) -> int:
    """Return what *points* are worth in minor units if *used_bp* of them are used, rounded half up."""
    if value_points <= 0:
        return 0
    return divide_half_up(points * value_minor * used_bp, value_points * BASIS_POINTS)


def period(days: Sequence[BookDay]) -> BookPeriod | None:
    """Return consecutive days of one programme and kind as one line; None for no days."""
    if not days:
        return None
    return BookPeriod(
        first=days[0].day,
        last=days[-1].day,
        opening=days[0].opening,
        flow=add([one.flow for one in days]),
        closing=days[-1].closing,
        liability_minor=days[-1].liability_minor,
        worth_minor=days[-1].worth_minor,
    )


def add(flows: Sequence[BookFlow]) -> BookFlow:
    """Return the sum of flows."""
    return BookFlow(
        issued=sum(one.issued for one in flows),
        corrected=sum(one.corrected for one in flows),
        spent=sum(one.spent for one in flows),
        expired=sum(one.expired for one in flows),
        reversed=sum(one.reversed for one in flows),
        moved=sum(one.moved for one in flows),
    )
