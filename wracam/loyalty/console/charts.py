"""Charts drawn on the server as plain SVG: no script, readable in both colour schemes, always with a table beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 720, 220
LEFT, BOTTOM, TOP, RIGHT = 64, 26, 10, 8
GRID_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a chart: its title, a value per day, and which of the palette's lines it is (1, 2, 3)."""

    title: str
    values: Sequence[int]
    number: int = 1
    has_area: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A series as SVG paths."""

    title: str
    number: int
    path: str
    area: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A label on an axis, and where it stands."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart ready for its template; `summary` says in words what it shows."""

    title: str
    summary: str
    lines: Sequence[Line]
    rows: Sequence[Mark]
    columns: Sequence[Mark]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def line_chart(
    *,
    title: str,
    summary: str,
    days: Sequence[date],
    series: Sequence[Series],
    value: Callable[[int], str],
    day: Callable[[date], str],
    last_is_total: bool = False,
) -> Chart | None:
    """Draw the values of each day from zero up; None for fewer than two days, when there is no line yet.

    The legend says the last value, or the sum of all where a day is a flow (*last_is_total*).
    """
    if len(days) < 2:
        return None
    top = _round_up(max((max(one.values) for one in series), default=0))
    low = min(0, min((min(one.values) for one in series), default=0))

    def x(index: int) -> float:
        return round(LEFT + index * (WIDTH - LEFT - RIGHT) / (len(days) - 1), 1)

    def y(amount: float) -> float:
        return round(HEIGHT - BOTTOM - (amount - low) * (HEIGHT - TOP - BOTTOM) / max(1, top - low), 1)

    steps = [low + (top - low) * step / GRID_LINES for step in range(GRID_LINES + 1)]
    shown = sorted({round(index * (len(days) - 1) / 4) for index in range(5)})
    return Chart(
        title=title,
        summary=summary,
        lines=[_line(one, x, y, value, last_is_total) for one in series],
        rows=[Mark(at=y(step), text=value(round(step))) for step in steps],
        columns=[Mark(at=x(index), text=day(days[index])) for index in shown],
    )


def _line(
    one: Series, x: Callable[[int], float], y: Callable[[float], float], value: Callable[[int], str], is_total: bool
) -> Line:
    points = [f"{x(index)},{y(amount)}" for index, amount in enumerate(one.values)]
    path = "M" + "L".join(points)
    area = f"{path}L{x(len(points) - 1)},{y(0)}L{x(0)},{y(0)}Z" if one.has_area else ""
    return Line(
        title=one.title,
        number=one.number,
        path=path,
        area=area,
        last=value(sum(one.values) if is_total else one.values[-1]),
    )


def _round_up(amount: int) -> int:
    """Return a round number not below *amount*: a digit and zeros, so that the grid reads easily."""
    power = int("1" + "0" * (len(str(max(1, amount))) - 1))
    return next(lead * power for lead in (1, 2, 3, 4, 5, 6, 8, 10) if lead * power >= amount)
