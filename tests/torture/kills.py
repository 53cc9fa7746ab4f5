"""Whom to kill, and how."""

from __future__ import annotations

import contextlib
import os
import random
import signal

from tests.operations.running import Installation, descendants
from wracam.foundation import processes


def postgresql(installation: Installation, chance: random.Random) -> None:
    """The server with all its processes at once, as when the machine's power goes (but for the disk's cache)."""
    server = installation.postgres()
    _kill({server, *descendants(server)})


def one_backend(installation: Installation, chance: random.Random) -> None:
    """One process of the server; it then ends all others itself and recovers."""
    _kill({chance.choice(sorted(descendants(installation.postgres())))})


def web(installation: Installation, chance: random.Random) -> None:
    _kill({installation.program("web")})


def web_process(installation: Installation, chance: random.Random) -> None:
    _kill({chance.choice(sorted(descendants(installation.program("web"))))})


def hot(installation: Installation, chance: random.Random) -> None:
    _kill({installation.program("hot")})


def hot_process(installation: Installation, chance: random.Random) -> None:
    _kill({chance.choice(sorted(descendants(installation.program("hot"))))})


def deliveries(installation: Installation, chance: random.Random) -> None:
    _kill({chance.choice(sorted(installation.processes_of("worker --only events")))})


def jobs(installation: Installation, chance: random.Random) -> None:
    _kill({installation.program("worker --only jobs")})


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


def _kill(pids: set[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    while any(processes.is_alive(pid) for pid in pids):
        os.sched_yield()
