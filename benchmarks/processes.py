"""What a step costs: its seconds, the processor time of this process and of the server's, and the memory of both."""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

SAMPLE_SECONDS = 0.5
_MB = 1024


class Watch:
    """Times steps and samples memory while it is entered. Server figures need Linux; elsewhere they are 0."""

    def __init__(self) -> None:
        self.memory_mb = self.shared_mb = self.seconds = 0.0
        self._stop = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Watch:
        self._server = server_process()
        self._started = self._last = time.perf_counter()
        self._cpu = self._processor_times()
        self._sampler.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.seconds = time.perf_counter() - self._started
        self._stop.set()
        self._sampler.join()

    def step(self, name: str, count: int) -> None:
        """Print what it cost since the step before."""
        now, cpu = time.perf_counter(), self._processor_times()
        own, server = (after - before for after, before in zip(cpu, self._cpu, strict=True))
        print(
            f"  {name}: {count:,} in {now - self._last:.1f} s (processor: {own:.1f} s ours, {server:.1f} s server)",
            flush=True,
        )
        self._last, self._cpu = now, cpu

    def _processor_times(self) -> tuple[float, float]:
        return time.process_time(), processor_time(self._server)

    def _sample(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            private, shared = _memory_mb(self._server)
            self.memory_mb, self.shared_mb = max(self.memory_mb, private + shared), max(self.shared_mb, shared)


class Spent:
    """The processor time spent since it was made, by this process and by the server's: robust on a busy machine."""

    def __init__(self) -> None:
        self._server = server_process()
        self._before = time.process_time(), processor_time(self._server)

    def each(self, count: int) -> str:
        """Say how much that was for each of *count*."""
        own, server = time.process_time() - self._before[0], processor_time(self._server) - self._before[1]
        return f"{own / count * 1e6:,.0f} µs ours and {server / count * 1e6:,.0f} µs of the server each"


def server_process() -> int:
    """Return the id of the server's first process, the parent of all that work for it."""
    from django.db import connection

    connection.ensure_connection()
    return _parent(connection.connection.info.backend_pid)


def _parent(process: int) -> int:
    try:
        return int(_stat(process)[1])
    except OSError:
        return 0


def _stat(process: int) -> list[str]:
    """Return the fields of /proc/…/stat after the name, which may hold spaces."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def children(process: int) -> list[int]:
    """Return the processes that this one started and that still run."""
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def processor_time(server: int) -> float:
    """Return the seconds of the server's processes, those that ended included."""
    total = 0.0
    for process, fields in ((server, (11, 12, 13, 14)), *((child, (11, 12)) for child in children(server))):
        try:
            found = _stat(process)
        except OSError:
            continue
        total += sum(int(found[field]) for field in fields)
    return total / os.sysconf("SC_CLK_TCK")


def _memory_mb(server: int) -> tuple[float, float]:
    """Return the memory that belongs to one process each, added up, and the shared buffers in use."""
    if not server:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (_MB * _MB if sys.platform == "darwin" else _MB), 0
    private = shared = 0
    for process in (os.getpid(), server, *children(server)):
        try:
            lines = Path(f"/proc/{process}/status").read_text().splitlines()
        except OSError:
            continue
        sizes = {
            name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines) if "Rss" in name
        }
        private += sizes.get("RssAnon", 0) + (sizes.get("RssFile", 0) if process == os.getpid() else 0)
        shared = max(shared, sizes.get("RssShmem", 0))
    return private / _MB, shared / _MB
