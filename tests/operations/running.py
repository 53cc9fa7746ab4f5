"""A real installation for tests: the `wracam` command in processes of its own, in a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from wracam.foundation import processes

SECONDS_MAX = float(os.environ.get("WRACAM_PATIENCE_SECONDS", "60"))
"""How long a command may take and an answer may keep us waiting; more on a machine that others want."""
FOREIGN = ("WRACAM_", "DATABASE_URL", "DJANGO_", "PYTEST_", "PG")


def clean_environment(**extra: str) -> dict[str, str]:
    """Our environment without the test run's own settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)} | extra


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> set[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            child, rest = entry.parent.name, entry.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(rest[1]), []).append(int(child))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found.update(children)
        waiting.extend(children)
    return found


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def eventually(question, *, seconds: float = SECONDS_MAX, pause: float = 0.05) -> bool:
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        if question():
            return True
        time.sleep(pause)
    return False


@dataclass
class Installation:
    """One data folder, and the `wracam` command on it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    port: int = 0
    hot_port: int = 0
    pids: set[int] = field(default_factory=set)

    @property
    def log(self) -> Path:
        return self.folder.parent / f"{self.folder.name}.log"

    @property
    def words(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def wracam(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "wracam.config.cli", *words, "--data-folder", str(self.folder)],
            env=clean_environment(**self.environment, **environment),
            cwd=self.folder.parent,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )

    def copied_to(self, folder: Path, **environment: str) -> Installation:
        """Return a copy of this stopped installation, files with their owners; quicker than to prepare another."""
        subprocess.run(["cp", "-a", str(self.folder), str(folder)], check=True)
        return Installation(folder, environment=self.environment | environment)

    def in_product(self, code: str) -> str:
        """Run *code* inside the product, on this installation."""
        start = "import django; django.setup(); from wracam.foundation import clock; now = clock.now();"
        settings = {"WRACAM_DATA_FOLDER": str(self.folder), "DJANGO_SETTINGS_MODULE": "wracam.config.settings"}
        done = subprocess.run(
            [sys.executable, "-c", start + code],
            env=clean_environment(**self.environment, **settings),
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def up(self, *, on_same_ports: bool = False) -> Installation:
        if not on_same_ports:
            self.port, self.hot_port = free_port(), free_port()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wracam.config.cli", "up", *self._flags()],
                env=clean_environment(**self.environment),
                cwd=self.folder.parent,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert eventually(lambda: "Wracam is ready" in self.words or not self.is_running), self.words
        assert self.is_running, self.words
        assert eventually(lambda: self.answers("/health/live") and self.hot_answers()), self.words
        assert eventually(self.deliveries_have_begun), self.words
        self.pids = descendants(self.process.pid)
        return self

    def _flags(self) -> list[str]:
        return ["--data-folder", str(self.folder), "--port", str(self.port), "--hot-port", str(self.hot_port)]

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def answers(self, path: str, *, port: int = 0) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port or self.port}{path}", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def hot_is_ready(self) -> bool:
        return self.answers("/health/ready", port=self.hot_port)

    def hot_answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.hot_port), 1):
                return True
        except OSError:
            return False

    def deliveries_have_begun(self) -> bool:
        """Say whether a worker gave the subscriptions their cursors; workers start once the pages answer."""
        address = self.environment.get("DATABASE_URL") or (self.folder / "database_url").read_text("utf-8").strip()
        try:
            with psycopg.connect(address) as connection:
                return connection.execute("SELECT FROM event_cursor LIMIT 1").rowcount == 1
        except psycopg.OperationalError:
            return False

    def processes_of(self, part: str) -> set[int]:
        assert self.process is not None
        return {pid for pid in descendants(self.process.pid) if part in command_of(pid)}

    def program(self, verb: str) -> int:
        """The supervised process of a verb (not the processes it started itself)."""
        found = self.processes_of(f"wracam.config.cli {verb}")
        return min(pid for pid in found if not any(pid in descendants(other) for other in found - {pid}))

    def postgres(self) -> int:
        return min(self.processes_of(f"bin/postgres -D {self.folder}"))

    def signal(self, number: signal.Signals) -> int:
        """Send *number* to the supervisor and return its exit code."""
        assert self.process is not None
        self.pids |= descendants(self.process.pid)
        self.process.send_signal(number)
        return self.process.wait(SECONDS_MAX)

    def left_running(self) -> list[str]:
        return [f"{pid} {command_of(pid)}" for pid in sorted(self.pids) if processes.is_alive(pid)]

    def stop(self) -> None:
        if self.is_running:
            self.signal(signal.SIGTERM)
