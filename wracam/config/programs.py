"""The programs that `wracam up` supervises, as command lines of this very `wracam`."""

from __future__ import annotations

import http.client
import socket
import sys
import time

from wracam.config.errors import CommandError
from wracam.config.supervisor import Program
from wracam.foundation.configuration import Configuration

CONNECT_SECONDS_MAX = 0.5
LIVE_BYTES_MAX = 100
ENDING_SECONDS_MAX = 20.0
"""So long may programs take to end whose supervisor was killed; a new one waits for their ports."""
ANSWERING_SECONDS_MAX = 5.0
"""So long may they go on answering: they hear of it a moment later, and finish what they have begun."""


def own_command(*words: str) -> list[str]:
    """Return the command line that runs this `wracam` with *words*, whatever the PATH says."""
    return [sys.executable, "-P", "-m", "wracam.config.cli", *words]


def all_programs(loaded: Configuration) -> list[Program]:
    """Return web and hot, then those that wait until people can be answered: deliveries and jobs."""
    lanes = range(int(loaded["worker_lanes"]))
    workers = {f"deliveries {lane + 1}": "events" for lane in lanes} | {"jobs": "jobs"}
    return [
        Program(name="web", command=own_command("web")),
        Program(name="hot", command=own_command("hot")),
        *(
            Program(name=name, command=own_command("worker", "--only", work), waits=True)
            for name, work in workers.items()
        ),
    ]


def require_free(bind: str, port: int, setting: str) -> None:
    """Raise `CommandError` when another program serves *port*; wait for one of ours that is only just ending."""
    began = time.monotonic()
    while (error := _taken(bind, port)) is not None:
        if time.monotonic() - began > _patience(bind, port):
            raise CommandError(
                f"Cannot listen on {bind}:{port} ({error.strerror}). Stop what uses it, or choose another port: "
                f"--{setting.replace('_', '-')} or WRACAM_{setting.upper()}."
            ) from error
        time.sleep(0.1)


def _taken(bind: str, port: int) -> OSError | None:
    """Return why we could not listen there, or None."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            return error
    return None


def _patience(bind: str, port: int) -> float:
    """Return how many seconds to wait for who is there: a stranger that speaks is not ending."""
    asking = http.client.HTTPConnection(_reachable(bind), port, timeout=CONNECT_SECONDS_MAX)
    try:
        asking.request("GET", "/health/live")
        is_ours = b"alive" in asking.getresponse().read(LIVE_BYTES_MAX)
    except OSError:
        return ENDING_SECONDS_MAX
    except http.client.HTTPException:
        return 0.0
    finally:
        asking.close()
    return ANSWERING_SECONDS_MAX if is_ours else 0.0


def listens(bind: str, port: int) -> bool:
    """Say whether something takes connections there."""
    try:
        with socket.create_connection((_reachable(bind), port), CONNECT_SECONDS_MAX):
            return True
    except OSError:
        return False


def _reachable(bind: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104  compared with, not bound
