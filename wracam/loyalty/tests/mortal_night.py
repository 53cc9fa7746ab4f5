"""Nights that kill themselves (SIGKILL) at random statements: `python -m wracam.loyalty.tests.mortal_night SEED`.

One after the other, each in a process of its own, until one lives to the end; prints how each ended. Batches are
small, so that a night is many transactions, and two hands share them: two shares of the members at a time, where they
are few enough for one batch.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402 after Django is ready
from django.db.backends.signals import connection_created  # noqa: E402 as above

from wracam.loyalty import actions  # noqa: E402 as above
from wracam.loyalty.actions import due, reviews, sealing  # noqa: E402 as above
from wracam.loyalty.tests.garden import DAY, NOON  # noqa: E402 as above

DEATH_CHANCE = 0.01
NIGHT = NOON + 90 * DAY


def main(seed: int) -> None:
    """Let one night follow the other until one comes to its end."""
    for life in itertools.count():
        child = os.fork()
        if not child:
            _live(random.Random(seed * 1_000 + life))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 the test reads it
        if not status:
            break


def _live(chance: random.Random) -> None:
    """Run the night; before or after any statement the end may come."""

    def run(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        if chance.random() < DEATH_CHANCE:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, parameters, many, context)
        if chance.random() < DEATH_CHANCE:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    def meet(connection: BaseDatabaseWrapper, **_more: Any) -> None:
        connection.execute_wrappers.append(run)

    connection_created.connect(meet)
    due.BATCH_SIZE, reviews.BATCH_SIZE, sealing.SEAL_SIZE_MAX = 5, 3, 20
    actions.run_due(now=NIGHT, hands=2)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
