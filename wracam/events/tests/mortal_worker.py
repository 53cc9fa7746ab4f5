"""Delivery workers that kill themselves (SIGKILL) at random: `python -m wracam.events.tests.mortal_worker SEED`.

One after the other, each in a process of its own, forked so that a new life begins at once. Prints how each ended.

Its handler writes each event it handles into the table `effect`, which has no key of its own: an event handled twice
or never shows. It dies before the handler, in its middle, or after it, before the commit.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import datetime

import django

django.setup()

from django.db import connection  # noqa: E402 after Django is ready

from wracam.events import ports, tasks  # noqa: E402 as above
from wracam.events.contracts import RecordedEvent  # noqa: E402 as above
from wracam.events.tests.plants import Watered, only_subscription  # noqa: E402 as above

DEATH_CHANCE = 0.12


def main(seed: int) -> None:
    """Let one worker live after the other until killed from outside."""
    for life in itertools.count():
        child = os.fork()
        if not child:
            _live(seed * 1_000 + life)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 the test reads it


def _live(seed: int) -> None:
    """Deliver until the end comes."""
    chance = random.Random(seed)

    def maybe_die() -> None:
        if chance.random() < DEATH_CHANCE:
            os.kill(os.getpid(), signal.SIGKILL)

    def handle(batch: Sequence[RecordedEvent], now: datetime) -> None:
        maybe_die()
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO effect (event_id) VALUES (%s)", [[item.id] for item in batch])
        maybe_die()

    with only_subscription(handle, Watered, on_failure=ports.OnFailure.WAIT, batch_size=5):
        tasks.run_deliveries(threading.Event())


if __name__ == "__main__":
    main(int(sys.argv[1]))
