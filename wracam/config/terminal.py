"""What verbs show and ask at the terminal."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from wracam.config.errors import CommandError

if TYPE_CHECKING:
    from wracam.connectors.csv_files.contracts import ImportReport
    from wracam.shops.contracts import Shop

BAR_WIDTH = 30
PAUSE_SECONDS = 0.2


class Progress:
    """A progress bar on stderr; where that is no terminal, nothing but what the verb prints itself."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._shown_at = 0.0
        self._is_terminal = sys.stderr.isatty()

    def show(self, done: int, total: int) -> None:
        """Show that *done* of *total* are done, a few times a second."""
        moment = time.monotonic()
        if not self._is_terminal or (moment - self._shown_at < PAUSE_SECONDS and done < total):
            return
        self._shown_at = moment
        filled = BAR_WIDTH * done // max(total, 1)
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        os.write(2, f"\r{bar} {100 * done // max(total, 1):3d} %  {done} / {total} {self.noun}".encode())

    def show_import(self, report: ImportReport) -> None:
        """Show how far an import is, in parts of its work."""
        self.show(report.percent, 100)

    def end(self) -> None:
        """Leave the bar's line."""
        if self._is_terminal and self._shown_at:
            os.write(2, b"\n")


def chosen_shop(key: str | None) -> Shop:
    """Return the shop called *key*, or the only one there is; raises `CommandError` with what to type."""
    from wracam.shops import queries

    shops = queries.shops()
    if not shops:
        raise CommandError("There is no shop yet. Add one: wracam shop add zielnik --name Zielnik --currency PLN")
    if key is None and len(shops) == 1:
        return shops[0]
    for shop in shops:
        if shop.key == key:
            return shop
    names = ", ".join(shop.key for shop in shops)
    raise CommandError(f"There is no shop {key!r}; there are: {names}" if key else f"Which shop? --shop with: {names}")
