"""Whom to kill, and how."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from collections.abc import Callable

from tests.operations.running import Installation, descendants, eventually
from wracam.foundation import processes


def postgresql(installation: Installation, chance: random.Random) -> None:
    """The server with all its processes at once, as when the machine's power goes (but for the disk's cache)."""
    server = _one(lambda: {installation.postgres()}, chance)
    _kill({server, *descendants(server)})


def one_backend(installation: Installation, chance: random.Random) -> None:
    """One process of the server; it then ends all others itself and recovers."""
    _kill({_one(lambda: descendants(installation.postgres()), chance)})


def web(installation: Installation, chance: random.Random) -> None:
    _kill({_one(lambda: {installation.program("web")}, chance)})


def web_process(installation: Installation, chance: random.Random) -> None:
    _kill({_one(lambda: descendants(installation.program("web")), chance)})


def hot(installation: Installation, chance: random.Random) -> None:
    _kill({_one(lambda: {installation.program("hot")}, chance)})


def hot_process(installation: Installation, chance: random.Random) -> None:
    _kill({_one(lambda: descendants(installation.program("hot")), chance)})


def deliveries(installation: Installation, chance: random.Random) -> None:
    _kill({_one(lambda: installation.processes_of("worker --only events"), chance)})


def jobs(installation: Installation, chance: random.Random) -> None:
    _kill({_one(lambda: {installation.program("worker --only jobs")}, chance)})


def everything(installation: Installation, chance: random.Random) -> None:
    """The supervisor; it takes everything along. A person starts it again."""
    installation.signal(signal.SIGKILL)
    installation.up(on_same_ports=True)


KILLS = {
    postgresql: 5,
    one_backend: 2,
    web: 1,
    web_process: 3,
    hot: 1,
    hot_process: 3,
    deliveries: 4,
    jobs: 1,
    everything: 1,
}
"""Each with its weight."""


def _one(find: Callable[[], set[int]], chance: random.Random) -> int:
    """Choose one of the processes that *find* returns; wait for one that is just being started again."""
    found: set[int] = set()

    def is_there() -> bool:
        with contextlib.suppress(ValueError):
            found.update(find())
        return bool(found)

    assert eventually(is_there), "nobody is there to be killed"
    return chance.choice(sorted(found))


def _kill(pids: set[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    while any(processes.is_alive(pid) for pid in pids):
        os.sched_yield()
