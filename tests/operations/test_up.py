"""The process tree of `wracam up`: what it prints, what it survives, what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.running import Installation, eventually, free_port
from wracam.foundation import processes


def test_it_prints_one_address_and_a_link_for_the_first_owner(up: Installation):
    addresses = re.findall(r"http://\S+", up.words)

    assert addresses[0] == f"http://127.0.0.1:{up.port}"
    assert re.fullmatch(rf"http://127\.0\.0\.1:{up.port}/\S+token=\S{{30,}}", addresses[1])
    assert len(addresses) == 2


def test_the_data_folder_is_private_and_explains_itself(up: Installation):
    private = [path for path in up.folder.iterdir() if path.is_file()]

    assert stat.S_IMODE(up.folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in private)
    assert "secret_key" in (up.folder / "README.txt").read_text("utf-8")


def test_a_second_start_on_the_same_folder_is_refused(up: Installation):
    refused = up.wracam("up", "--port", str(free_port()), "--hot-port", str(free_port()))

    assert refused.returncode == 1
    assert "is in use by process" in refused.stderr
    assert up.answers("/health/live")


def test_a_taken_port_is_named(up: Installation):
    refused = up.wracam("up", "--port", str(up.port))

    assert refused.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{up.port}" in refused.stderr


@pytest.mark.parametrize("verb", ["web", "hot", "worker --only jobs", "worker --only events"])
def test_a_killed_program_is_replaced_with_all_its_processes(up: Installation, verb: str):
    victim = up.program(verb)
    mates = up.processes_of(f"wracam.config.cli {verb}")

    os.kill(victim, signal.SIGKILL)

    assert eventually(lambda: victim not in up.processes_of(verb) and up.processes_of(verb))
    assert eventually(lambda: len(up.processes_of(f"wracam.config.cli {verb}")) == len(mates))
    assert eventually(lambda: up.answers("/health/ready") and up.hot_answers())


def test_a_killed_postgresql_is_replaced(up: Installation):
    victim = up.postgres()

    os.kill(victim, signal.SIGKILL)

    assert eventually(lambda: not processes.is_alive(victim))
    assert eventually(lambda: bool(up.processes_of("bin/postgres -D")) and up.answers("/health/ready"))
    assert "PostgreSQL ended with code -9" in up.words


def test_jobs_are_run_again_after_postgresql_was_killed(up: Installation):
    victim = up.postgres()
    os.kill(victim, signal.SIGKILL)
    assert eventually(lambda: not processes.is_alive(victim))

    assert worker_state(up) in {"fine", "warning"}, "the doctor speaks while the database is away"
    assert eventually(lambda: up.answers("/health/ready"))
    assert eventually(lambda: worker_state(up) == "fine", pause=1)


def worker_state(up: Installation) -> str:
    examined = up.wracam("doctor", "--json")
    assert examined.stdout, examined.stderr
    checks = json.loads(examined.stdout)
    return next(str(check["state"]) for check in checks if check["name"] == "worker")


def test_the_doctor_finds_everything_running(up: Installation):
    assert eventually(lambda: worker_state(up) == "fine", pause=1)
    examined = up.wracam(
        "doctor",
        "--json",
        WRACAM_URL="https://zielnik.example",
    )
    checks = {check["name"]: check for check in json.loads(examined.stdout)}

    assert examined.returncode == 0, examined.stdout
    for name in ("data folder", "database", "durability", "clock", "tables", "pages", "hot process", "worker"):
        assert checks[name]["state"] == "fine", checks[name]
    assert all(check["fix"] for check in checks.values() if check["state"] != "fine")


def test_the_doctor_reports_a_problem_with_its_remedy(up: Installation):
    examined = up.wracam("doctor", WRACAM_DEBUG="1")

    assert examined.returncode == 1
    assert "FAIL  debug" in examined.stdout
    assert "-> Remove WRACAM_DEBUG" in examined.stdout


@pytest.fixture(scope="module")
def prepared() -> Iterator[Installation]:
    """A stopped installation, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="wracam-op-"))
    installation = Installation(folder / "data")
    assert installation.wracam("init").returncode == 0
    yield installation
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_orderly_stop_leaves_nothing_running(prepared: Installation, place: Path, number: signal.Signals):
    installation = prepared.copied_to(place / "data").up()

    code = installation.signal(number)

    assert code == 0
    assert installation.left_running() == []
    assert not (installation.folder / "postgres" / "cluster" / "postmaster.pid").exists()
    assert "database system is shut down" in (installation.folder / "logs" / "postgresql.log").read_text("utf-8")


def test_after_a_killed_supervisor_nothing_lingers_and_the_next_start_works(prepared: Installation, place: Path):
    installation = prepared.copied_to(place / "data").up()
    key = (installation.folder / "secret_key").read_text("utf-8")

    installation.signal(signal.SIGKILL)

    assert eventually(lambda: installation.left_running() == [], seconds=30), installation.left_running()
    installation.up()
    assert installation.answers("/health/ready")
    assert (installation.folder / "secret_key").read_text("utf-8") == key
    installation.stop()
