"""One embedded PostgreSQL cluster in a data folder: made once, started, watched and stopped by us alone.

<data folder>/
    postgres/cluster/      the database files, owned by the account that runs the server
    postgres/socket/       its socket (or a short private folder elsewhere, where this path would be too long)
    postgres.json          the marker, written last: without it the cluster was never completed
    postgres_passwords     of the superuser and of the application role
    database_url           how every Wracam process finds the database; rewritten at each start
    postgres.lock          held while somebody runs the server
"""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from wracam.foundation.files import write_private
from wracam.foundation.postgres import account as accounts
from wracam.foundation.postgres import binaries, creation, orphans, problems, profiles, sockets
from wracam.foundation.postgres.lock import FolderLock
from wracam.foundation.postgres.problems import ClusterError

STOP_SECONDS_MAX = 60
TELL_AGAIN_SECONDS = 1.0
QUIT_SECONDS_MAX = 15
START_ATTEMPTS_SECONDS_MAX = 90
RECOVERY_SECONDS_MAX = 3_600
POLL_SECONDS = 0.05
SLOW_AFTER_SECONDS = 5.0
LOG_BYTES_MAX = 20_000_000


def _never() -> bool:
    return False


def _silent(_: str) -> None:
    return None


@dataclass(slots=True, kw_only=True)
class Cluster:
    """The server of one data folder. `port` 0 means a socket only; `say` hears what takes long."""

    data_folder: Path
    profile: profiles.Profile = field(default_factory=lambda: profiles.PRODUCTION)
    port: int = 0
    say: Callable[[str], None] = _silent
    process: subprocess.Popen[bytes] | None = None
    _lock: FolderLock | None = None
    _account: accounts.Account | None = None

    @property
    def folder(self) -> Path:
        """Everything of the server itself."""
        return self.data_folder / "postgres"

    @property
    def files(self) -> Path:
        """The database files: what PostgreSQL calls its data directory."""
        return self.folder / "cluster"

    @property
    def log_file(self) -> Path:
        """What the server has to say."""
        return self.data_folder / "logs" / "postgresql.log"

    @property
    def is_running(self) -> bool:
        """Whether the server we started is there."""
        return self.process is not None and self.process.poll() is None

    def start(self, *, should_stop: Callable[[], bool] = _never) -> None:
        """Start the server and return when it takes connections; make the cluster first if there is none.

        Waits for crash recovery as long as it takes (asking *should_stop*). Raises `ClusterError`, and
        `InUseError` when another process runs on this data folder.
        """
        if self.is_running:
            return
        if self._lock is None:
            self._lock = FolderLock.take(self.data_folder / "postgres.lock", self.data_folder)
        try:
            self._prepare()
            self._start_server(should_stop)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server: politely, then firmly. Safe to call at any time."""
        if self.process is not None:
            _stop_process(self.process)
            self.process = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def superuser_url(self, database: str = "postgres") -> str:
        """Return the address of *database* for the cluster's superuser: for ourselves, never for the product."""
        return self._url("postgres", database)

    def application_url(self) -> str:
        """Return the address that the product uses, as stored in `database_url`."""
        return (self.data_folder / "database_url").read_text("utf-8").strip()

    def trim_log(self) -> None:
        """Keep the log small: beyond its limit the older half goes to a second file."""
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_BYTES_MAX:
            self.log_file.with_suffix(".log.1").write_bytes(self.log_file.read_bytes())
            with self.log_file.open("r+b") as file:
                file.truncate(0)

    def _prepare(self) -> None:
        self.log_file.parent.mkdir(mode=0o700, exist_ok=True)
        creation.require_usable(self.data_folder)
        self._account = accounts.choose(
            cluster_folder=self.files, data_folder=self.data_folder, programs=binaries.folder()
        )
        if not creation.is_complete(self.data_folder):
            self.say("Creating the database …")
            creation.create(data_folder=self.data_folder, account=self._account, profile=self.profile)
        orphans.end_server(self.files, say=self.say)

    def _start_server(self, should_stop: Callable[[], bool]) -> None:
        self._write_configuration()
        give_up_at = time.monotonic() + START_ATTEMPTS_SECONDS_MAX
        while True:
            offset = self.log_file.stat().st_size if self.log_file.exists() else 0
            self.process = self._launch()
            if self._became_ready(should_stop):
                return
            log = _read_from(self.log_file, offset)
            self.process = None
            if should_stop() or time.monotonic() > give_up_at or not problems.is_passing(log):
                raise problems.start_error(log=log, folder=self.files, log_file=self.log_file)
            orphans.end_backends(self.files)
            time.sleep(0.3)

    def _write_configuration(self) -> None:
        owner = self._account.owner if self._account else None
        socket_folder = sockets.prepare(beside=self.folder, account=self._account)
        text = profiles.configuration_text(profile=self.profile, socket_folder=str(socket_folder), port=self.port)
        write_private(self.files / "wracam.conf", text, owner=owner)
        marker = json.loads((self.data_folder / creation.MARKER).read_text("utf-8"))
        marker |= {"socket_folder": str(socket_folder), "port": self.port or profiles.PORT_OF_SOCKET}
        write_private(self.data_folder / creation.MARKER, json.dumps(marker, indent=2) + "\n")
        write_private(self.data_folder / "database_url", self._url("wracam", "wracam") + "\n")

    def _url(self, role: str, database: str) -> str:
        passwords = json.loads((self.data_folder / creation.PASSWORDS).read_text("utf-8"))
        marker = json.loads((self.data_folder / creation.MARKER).read_text("utf-8"))
        host = quote(marker["socket_folder"], safe="/")
        return f"postgresql://{role}:{passwords[role]}@/{database}?host={host}&port={marker['port']}"

    def _launch(self) -> subprocess.Popen[bytes]:
        with self.log_file.open("ab") as log:
            return subprocess.Popen(
                [binaries.program("postgres"), "-D", str(self.files)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=binaries.environment(),
                start_new_session=True,
                preexec_fn=accounts.becoming(  # noqa: PLW1509  takes no lock; prepared before the fork
                    self._account, dying_signal=signal.SIGINT
                ),
            )

    def _became_ready(self, should_stop: Callable[[], bool]) -> bool:
        """Wait until the server says "ready" in its pid file; False when it ended instead."""
        process = self.process
        assert process is not None
        started_at = time.monotonic()
        has_spoken = False
        while process.poll() is None:
            if orphans.state_of(self.files) == (process.pid, "ready"):
                return True
            waited = time.monotonic() - started_at
            if should_stop() or waited > RECOVERY_SECONDS_MAX:
                _stop_process(process)
                raise ClusterError("PostgreSQL was stopped before it was ready.")
            if waited > SLOW_AFTER_SECONDS and not has_spoken:
                self.say("PostgreSQL is recovering what a crash left behind; this can take a while …")
                has_spoken = True
            time.sleep(POLL_SECONDS)
        return False


def _stop_process(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown, then an immediate one, then the end; told again and again, since a server that begins is deaf."""
    for number, seconds in (
        (signal.SIGINT, STOP_SECONDS_MAX),
        (signal.SIGQUIT, QUIT_SECONDS_MAX),
        (signal.SIGKILL, QUIT_SECONDS_MAX),
    ):
        give_up_at = time.monotonic() + seconds
        while time.monotonic() < give_up_at:
            if process.poll() is not None:
                return
            process.send_signal(number)
            try:
                process.wait(TELL_AGAIN_SECONDS)
            except subprocess.TimeoutExpired:
                continue


def _read_from(path: Path, offset: int) -> str:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read().decode("utf-8", "replace")
