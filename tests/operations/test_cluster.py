"""The embedded PostgreSQL: a real server, started, killed and obstructed in every way we could think of."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.operations.running import clean_environment, eventually
from wracam.foundation import processes
from wracam.foundation.postgres import FOR_TESTS, PRODUCTION, Cluster, ClusterError, InUseError
from wracam.foundation.postgres.account import Account, closed_folder

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def query(url: str, text: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(text).fetchone()
    return row[0] if row else None


def modes_above(folder: Path) -> dict[Path, tuple[int, int, int]]:
    found = {path: path.stat() for path in folder.parents}
    return {path: (stat.S_IMODE(one.st_mode), one.st_uid, one.st_gid) for path, one in found.items()}


def write(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 100)")


def test_the_application_role_has_no_power_over_the_server(data_folder: Path):
    cluster = Cluster(data_folder=data_folder, profile=PRODUCTION)
    cluster.start()
    try:
        url = cluster.application_url()

        assert query(url, "SELECT current_user::text") == "wracam"
        assert (
            query(
                url,
                "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls FROM pg_roles "
                "WHERE rolname = 'wracam'",
            )
            is False
        )
        assert query(url, "SHOW data_checksums") == "on"
        assert query(url, "SHOW fsync") == "on"
        assert query(url, "SHOW synchronous_commit") == "on"
        assert query(url, "SELECT datlocale FROM pg_database WHERE datname = 'wracam'") == "C.UTF-8"
        assert query(url, "SHOW listen_addresses") == ""
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(url.replace(url.split(":")[2].split("@")[0], "wrong"))
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(cluster.superuser_url().replace("postgres:", "postgres:x"))
    finally:
        cluster.stop()


def test_everything_of_the_cluster_is_private(cluster: Cluster, data_folder: Path):
    cluster.start()

    for path in (data_folder, data_folder / "database_url", data_folder / "postgres_passwords", cluster.files):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_second_server_on_the_same_folder_is_refused(cluster: Cluster, data_folder: Path):
    cluster.start()

    with pytest.raises(InUseError, match=f"in use by process {os.getpid()}"):
        Cluster(data_folder=data_folder, profile=FOR_TESTS).start()

    assert query(cluster.application_url(), "SELECT 1") == 1


def test_a_killed_server_comes_back_with_everything(cluster: Cluster):
    cluster.profile = PRODUCTION
    cluster.start()
    write(cluster.application_url())
    assert cluster.process is not None
    cluster.process.kill()
    cluster.process.wait()

    cluster.start()

    assert query(cluster.application_url(), "SELECT count(*) FROM kept") == 100


def test_a_server_left_by_a_killed_parent_is_ended_and_replaced(cluster: Cluster, data_folder: Path):
    cluster.start()
    write(cluster.application_url())
    orphan = cluster.process
    assert orphan is not None and cluster._lock is not None
    cluster._lock.release()
    cluster._lock = None

    second = Cluster(data_folder=data_folder, profile=FOR_TESTS)
    second.start()

    try:
        assert orphan.wait(10) == 0
        assert query(second.application_url(), "SELECT count(*) FROM kept") == 100
    finally:
        second.stop()


def test_the_server_ends_with_a_parent_that_was_killed(data_folder: Path):
    code = (
        "import sys, time; from pathlib import Path; from wracam.foundation.postgres import *;"
        "c = Cluster(data_folder=Path(sys.argv[1]), profile=FOR_TESTS); c.start();"
        "print(c.process.pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(data_folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=clean_environment()) as parent:
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)

    assert eventually(lambda: not processes.is_alive(server), seconds=20)


def test_remains_of_an_interrupted_creation_are_moved_aside(cluster: Cluster, data_folder: Path):
    (cluster.files / "base").mkdir(parents=True)
    (cluster.files / "PG_VERSION").write_text("18\n")

    cluster.start()

    assert query(cluster.application_url(), "SELECT 1") == 1
    (aside,) = data_folder.glob("postgres.incomplete-*")
    assert (aside / "cluster" / "PG_VERSION").exists()


def test_a_complete_cluster_that_lost_its_marker_is_not_replaced(cluster: Cluster, data_folder: Path):
    cluster.start()
    cluster.stop()
    (data_folder / "postgres.json").unlink()

    with pytest.raises(ClusterError, match="is missing although"):
        cluster.start()

    assert (cluster.files / "global" / "pg_control").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda folder: (folder / "postgres" / "cluster" / "PG_VERSION").write_text("19\n"),
            "written by PostgreSQL 19",
        ),
        (lambda folder: (folder / "postgres" / "cluster" / "PG_VERSION").unlink(), "is damaged"),
        (lambda folder: (folder / "postgres.json").write_text(json.dumps({"format": 9})), "written by a newer Wracam"),
        (lambda folder: (folder / "postgres" / "cluster" / "global" / "pg_control").unlink(), "is damaged"),
        (
            lambda folder: (folder / "postgres" / "cluster" / "local.conf").write_text("nonsense = 1\n"),
            "local.conf is wrong",
        ),
    ],
    ids=["newer server", "no version", "newer format", "no control file", "wrong setting"],
)
def test_what_cannot_be_started_says_why(cluster: Cluster, data_folder: Path, change, sentence: str):
    cluster.start()
    cluster.stop()
    change(data_folder)

    with pytest.raises(ClusterError, match=sentence):
        cluster.start()

    assert not cluster.is_running


def test_a_taken_port_is_named_as_the_reason(data_folder: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        cluster = Cluster(data_folder=data_folder, profile=FOR_TESTS, port=taken.getsockname()[1])

        with pytest.raises(ClusterError, match="Another program already listens on the database port"):
            cluster.start()


def test_a_stop_during_the_start_is_obeyed(cluster: Cluster):
    with pytest.raises(ClusterError, match="stopped before it was ready"):
        cluster.start(should_stop=lambda: True)

    assert not cluster.is_running
    cluster.start()
    assert query(cluster.application_url(), "SELECT 1") == 1


def test_a_long_path_below_a_closed_folder_works_and_widens_nothing(place: Path):
    folder = place / "closed" / ("zażółć gęślą jaźń, 'quoted' " + "x" * 60) / ("y" * 60) / "data"
    folder.mkdir(parents=True)
    (place / "closed").chmod(0o700)
    folder.chmod(0o700)
    before = modes_above(folder)
    cluster = Cluster(data_folder=folder, profile=FOR_TESTS)

    cluster.start()

    try:
        assert query(cluster.application_url(), "SELECT 1") == 1
        assert modes_above(folder) == before
        socket_folder = Path(json.loads((folder / "postgres.json").read_text())["socket_folder"])
        assert socket_folder.parent != folder
        assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    finally:
        cluster.stop()


def test_a_path_with_odd_characters_works(place: Path):
    folder = place / 'it\'s, "my" shop'
    folder.mkdir(mode=0o700)
    cluster = Cluster(data_folder=folder, profile=FOR_TESTS)

    cluster.start()

    try:
        assert query(cluster.application_url(), "SELECT 1") == 1
    finally:
        cluster.stop()


def test_a_socket_folder_that_somebody_else_prepared_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch):
    folder = place / ("z" * 90)
    folder.mkdir(mode=0o700)
    temporary = Path(tempfile.mkdtemp(prefix="w-", dir="/tmp"))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    cluster = Cluster(data_folder=folder, profile=FOR_TESTS)
    cluster.start()
    cluster.stop()
    (short,) = temporary.iterdir()
    short.chmod(0o777)

    with pytest.raises(ClusterError, match="should be a private folder"):
        cluster.start()


@needs_root
def test_as_root_the_server_runs_as_somebody_without_power(cluster: Cluster):
    cluster.start()
    assert cluster.process is not None
    status = Path(f"/proc/{cluster.process.pid}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)

    assert fields["Uid"].split()[0] != "0"
    assert int(fields["CapEff"], 16) & ~(1 << 2) == 0


@needs_root
def test_an_ordinary_user_runs_it_as_themselves(place: Path):
    place.chmod(0o755)
    home = place / "home"
    home.mkdir(mode=0o700)
    os.chown(home, 65534, 65534)
    code = (
        "import os, sys; from pathlib import Path; from wracam.foundation.postgres import *; import psycopg;"
        "d = Path(sys.argv[1]); d.mkdir(mode=0o700); c = Cluster(data_folder=d, profile=FOR_TESTS); c.start();"
        "psycopg.connect(c.application_url()).close(); print(os.stat(c.files).st_uid); c.stop()"
    )
    if closed_folder([Path(sys.executable).resolve()], Account(name="nobody", uid=65534, gid=65534)):
        pytest.skip("an ordinary user cannot reach this Python")
    done = subprocess.run(
        [sys.executable, "-c", code, str(home / "data")],
        user=65534,
        group=65534,
        extra_groups=[],
        env=clean_environment(HOME=str(home)),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "65534", done.stderr


def test_the_first_closed_folder_is_named(place: Path):
    (place / "open").mkdir(mode=0o755)
    (place / "open" / "closed").mkdir(mode=0o700)
    (place / "open" / "closed" / "data").mkdir(mode=0o755)
    place.chmod(0o755)
    stranger = Account(name="stranger", uid=54321, gid=54321)

    assert closed_folder([place / "open" / "closed" / "data" / "x"], stranger) == place / "open" / "closed"
    assert closed_folder([place / "open" / "x"], stranger) is None
