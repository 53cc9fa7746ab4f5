"""The parts pages are made of: plain values that the component templates render.

Texts in parts are finished (already in the reader's language); use `say(words)` or gettext to make them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Tone = Literal["good", "look", "bad", "quiet", "plain"]
"""green, amber, red, grey, ink"""
ColumnKind = Literal["text", "number", "points", "money", "moment", "day", "status", "percent"]
NUMERIC_KINDS = frozenset({"number", "points", "money", "percent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A link or, with `post`, a button that changes something (its form posts `values` to `url`).

    `confirm` is the sentence asked before: what will happen, to how many.
    """

    title: str
    url: str
    icon: str = ""
    post: bool = False
    is_main: bool = False
    is_dangerous: bool = False
    confirm: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A badge: never colour alone, always words."""

    title: str
    tone: Tone = "quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of an index. Sortable ones need a `sort` name; money cells are `kernel.money.Money`."""

    name: str
    title: str
    kind: ColumnKind = "text"
    sort: str = ""
    is_main: bool = False
    """The cell that links to the row's page and stays on small screens."""

    @property
    def is_of_time(self) -> bool:
        """Whether its cells are days or moments, which are not broken over two lines."""
        return self.kind in ("day", "moment")

    @property
    def is_numeric(self) -> bool:
        """Whether it is set flush right in tabular figures."""
        return self.kind in NUMERIC_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: cell values by column name; None shows a dash. `detail` is a second, quieter line of the main cell."""

    id: str
    cells: Mapping[str, object]
    url: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What the table template renders: a value in the way of its column."""

    column: Column
    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterChip:
    """A filter that is one click away; `value` empty means "all"."""

    name: str
    value: str
    title: str
    is_on: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """An empty state that teaches: what will be here, why it is good, and the next step."""

    title: str
    sentence: str
    icon: str = "sprout"
    action: Action | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An index: search, chips, sorting, bulk actions, counts, keyset paging, CSV. Everything works by GET.

    `sort` is a sort name, with a leading `-` for descending. `next_cursor` and `previous_cursor` are opaque and
    travel as `?after=` and `?before=`. `caption` says what the table shows, for those who hear it.
    """

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: Empty
    count: str = ""
    """How many there are in all, as a finished text: `20 000 klientów`."""
    search: str | None = None
    """The current search text; None for an index without search."""
    search_hint: str = ""
    chips: Sequence[FilterChip] = ()
    sort: str = ""
    next_cursor: str = ""
    previous_cursor: str = ""
    csv_url: str = ""
    bulk: Sequence[Action] = ()
    is_filtered: bool = False

    @property
    def lines(self) -> list[tuple[Row, list[Cell]]]:
        """Rows with their cells in the order of the columns."""
        return [(row, [Cell(column=column, value=row.cells.get(column.name)) for column in self.columns])
                for row in self.rows]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with everything that makes it trustworthy: period, comparison, trend and formula.

    `value` is finished text (`12 480 zł`); `change` such as `+8 %` with `change_tone`; `trend` are the points of a
    small line, oldest first; `how` says how it is computed.
    """

    title: str
    value: str
    period: str
    how: str
    change: str = ""
    change_tone: Tone = "quiet"
    compared_with: str = ""
    trend: Sequence[float] = ()
    url: str = ""

    @property
    def number(self) -> str:
        """The value without the words behind it: of `12 480 points` the 12 480."""
        return self._parts()[0]

    @property
    def unit(self) -> str:
        """What the value counts, when words stand behind the number."""
        return self._parts()[1]

    def _parts(self) -> tuple[str, str]:
        number, _space, unit = self.value.rpartition("\u00a0")
        if unit != "%" and number[-1:].isdigit() and not unit[:1].isdigit() and not number[:1].isalpha():
            return number, unit
        return self.value, ""

    @property
    def trend_path(self) -> str:
        """The trend as an SVG path in a 120 by 32 box."""
        return sparkline(self.trend)


SPARK_WIDTH, SPARK_HEIGHT, SPARK_PADDING = 120, 32, 2


def sparkline(values: Sequence[float]) -> str:
    """Return the SVG path of *values* as a line across the spark box; empty for fewer than two."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = SPARK_WIDTH / (len(values) - 1)
    height = SPARK_HEIGHT - 2 * SPARK_PADDING
    points = [
        f"{index * step:.1f} {SPARK_PADDING + height * (1 - (value - low) / span):.1f}"
        for index, value in enumerate(values)
    ]
    return "M" + "L".join(points)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """Something in a customer's story: a finished sentence at a moment, and what it links to."""

    at: datetime
    icon: str
    sentence: str
    detail: str = ""
    url: str = ""
    tone: Tone = "quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab that is a page of its own."""

    title: str
    url: str
    is_on: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A slow job: how far, in words, and whether it is over."""

    title: str
    done: int
    total: int
    detail: str = ""
    tone: Tone = "plain"
    refresh_url: str = ""
    """Where to ask again while it runs; answers with this component alone."""

    @property
    def percent(self) -> int:
        """How much is done, 0 to 100."""
        return min(100, 100 * self.done // self.total) if self.total else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between two versions: where, what it was, what it is."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """A version of a definition: number, who, when, and the way back to it."""

    number: int
    at: datetime
    who: str
    note: str = ""
    is_live: bool = False
    diff_url: str = ""
    roll_back: Action | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionBar:
    """The status bar of every definition editor: where it stands and what can be done with it."""

    status: Status
    saved: str = ""
    """`Saved 14:05`, or what is not saved yet."""
    problems: Sequence[str] = ()
    actions: Sequence[Action] = ()
    history_url: str = ""
    live_note: str = ""
    """`Live since 3 Nov, version 4`."""
