"""The process tree of `wracam up`: PostgreSQL and our own programs, restarted when they crash, stopped in order.

The supervisor is one loop without threads. Programs run in sessions of their own, so that Ctrl-C in a terminal
reaches only the supervisor, which then stops everything in order; if the supervisor itself is killed, the kernel
ends its programs.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType

from wracam.foundation import processes
from wracam.foundation.postgres import Cluster, ClusterError

TICK_SECONDS = 0.1
BACK_OFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_AFTER_SECONDS = 30.0
"""A program that lived so long starts afresh in the back-off."""
STOP_SECONDS_MAX = 25.0
LOG_TRIM_SECONDS = 60.0
HEAD_START_SECONDS_MAX = 15.0
"""So long do programs that wait give way to those that answer people, should these have trouble to start."""


@dataclass(slots=True, kw_only=True)
class Program:
    """One supervised program and how it fares."""

    name: str
    command: Sequence[str]
    waits: bool = False
    """Whether it starts once people can be answered: all at once would keep them waiting for all."""
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    start_again_at: float = 0.0

    @property
    def is_running(self) -> bool:
        """Whether it is there."""
        return self.process is not None and self.process.poll() is None


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Runs *programs* (started in this order, stopped in the opposite one) on top of an optional *cluster*.

    `when_up` is called once, as soon as `is_up` says yes.
    """

    programs: Sequence[Program]
    cluster: Cluster | None
    say: Callable[[str], None]
    is_up: Callable[[], bool] = lambda: True
    when_up: Callable[[], None] = lambda: None
    _stops: int = 0
    _has_announced: bool = False
    _began_at: float = field(default_factory=time.monotonic)
    _trimmed_at: float = field(default_factory=time.monotonic)

    def run(self) -> int:
        """Run until SIGTERM, SIGINT or SIGHUP; return 0 after an orderly stop."""
        with self._catching_signals():
            try:
                while not self._stops:
                    self._tick()
                    time.sleep(TICK_SECONDS)
            finally:
                self.stop()
        return 0

    def stop(self) -> None:
        """Stop the programs, the last started first, then PostgreSQL; returns when all are gone."""
        for program in reversed(self.programs):
            _signal(program, signal.SIGTERM)
        give_up_at = time.monotonic() + STOP_SECONDS_MAX
        while any(program.is_running for program in self.programs):
            if time.monotonic() > give_up_at or self._stops > 1:
                break
            time.sleep(TICK_SECONDS / 2)
        for program in self.programs:
            _end_group(program)
        if self.cluster is not None:
            self.cluster.stop()

    def should_stop(self) -> bool:
        """Say whether somebody asked us to stop."""
        return self._stops > 0

    @contextlib.contextmanager
    def _catching_signals(self) -> Iterator[None]:
        def note(number: int, frame: FrameType | None) -> None:
            del number, frame
            self._stops += 1

        before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _tick(self) -> None:
        if self.cluster is not None and not self.cluster.is_running:
            self._start_cluster(self.cluster)
        for program in self.programs:
            if not program.is_running and (not program.waits or self._head_start_is_over()):
                self._revive(program)
        if not self._has_announced and self.is_up():
            self._has_announced = True
            self.when_up()
        if self.cluster is not None and time.monotonic() - self._trimmed_at > LOG_TRIM_SECONDS:
            self._trimmed_at = time.monotonic()
            self.cluster.trim_log()

    def _head_start_is_over(self) -> bool:
        return self._has_announced or time.monotonic() - self._began_at > HEAD_START_SECONDS_MAX

    def _start_cluster(self, cluster: Cluster) -> None:
        if cluster.process is not None:
            self.say(f"PostgreSQL ended with code {cluster.process.returncode}; starting it again.")
        try:
            cluster.start(should_stop=self.should_stop)
        except ClusterError as error:
            if self._stops:
                return
            self.say(str(error))
            self._pause(BACK_OFF_SECONDS[-3])

    def _revive(self, program: Program) -> None:
        now = time.monotonic()
        if program.process is not None:
            self._note_end(program, now)
        if now >= program.start_again_at and not self._stops:
            program.started_at = now
            program.process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=os.environ | {processes.PARENT_VARIABLE: str(os.getpid())},
            )

    def _note_end(self, program: Program, now: float) -> None:
        process = program.process
        assert process is not None
        _end_group(program)
        if now - program.started_at > STEADY_AFTER_SECONDS:
            program.failures = 0
        pause = BACK_OFF_SECONDS[min(program.failures, len(BACK_OFF_SECONDS) - 1)]
        program.failures += 1
        program.start_again_at = now + pause
        program.process = None
        self.say(f"{program.name} ended with code {process.returncode}; starting it again in {pause:g} s.")

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._stops:
            time.sleep(TICK_SECONDS)


def _signal(program: Program, number: signal.Signals) -> None:
    if program.is_running and program.process is not None:
        program.process.send_signal(number)


def _end_group(program: Program) -> None:
    """Kill what is left of a program's session: itself if it hung, and children it lost."""
    if program.process is None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(program.process.pid, signal.SIGKILL)
    program.process.wait()
