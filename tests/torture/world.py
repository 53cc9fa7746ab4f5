"""A real installation to torture: `wracam up` with a shop, a key, and a subscription that counts."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.operations.running import Installation
from wracam.foundation.postgres import Cluster

PLUG = Path(__file__).parent / "plug"
PROGRAMME = Path(__file__).parent / "programme"
CHECKOUT = Path(__file__).parents[2]
"""The code under torture is that beside these tests, wherever an installed `wracam` may come from."""
SHOP = "zielnik"
LOSSY = "synchronous_commit = off\nwal_writer_delay = 10s\n"
"""What the control switches: acknowledged means no longer stored."""


@dataclass
class World:
    """A running installation and what its senders need."""

    installation: Installation
    secret: str

    @property
    def url(self) -> str:
        return (self.installation.folder / "database_url").read_text("utf-8").strip()

    def ready(self) -> bool:
        return self.installation.answers("/health/ready") and self.installation.hot_is_ready()

    def stop(self) -> None:
        self.installation.stop()


@dataclass(frozen=True)
class Prepared:
    """A stopped installation with a shop, a programme and a key, to be copied for each run."""

    installation: Installation
    secret: str


def prepare(place: Path) -> Prepared:
    """Prepare an installation in *place*."""
    environment = {
        "PYTHONPATH": f"{PLUG}{os.pathsep}{CHECKOUT}",
        "WRACAM_LOG_LEVEL": "ERROR",
        "WRACAM_WORKER_LANES": "2",
    }
    installation = Installation(place / "data", environment=environment)
    _must(installation, "init")
    _make_table(installation.folder)
    _must(installation, "shop", "add", SHOP, "--name", "Zielnik")
    _must(installation, "definitions", "apply", str(PROGRAMME))
    scopes = ("events:write", "orders:write")
    made = _must(
        installation, "key", "add", "torture", "--json", *(word for one in scopes for word in ("--scope", one))
    )
    return Prepared(installation=installation, secret=json.loads(made)["secret"])


def begin(prepared: Prepared, place: Path, *, is_lossy: bool = False, is_locked: bool = True) -> World:
    """Start a copy of *prepared* in *place*; the two switches are for controls that must fail."""
    switches = {} if is_locked else {"WRACAM_TORTURE_LOCK": "removed"}
    installation = prepared.installation.copied_to(place / "data", **switches)
    if is_lossy:
        (installation.folder / "postgres" / "cluster" / "local.conf").write_text(LOSSY, "utf-8")
    return World(installation=installation.up(), secret=prepared.secret)


def _make_table(data_folder: Path) -> None:
    cluster = Cluster(data_folder=data_folder)
    cluster.start()
    with psycopg.connect(cluster.application_url()) as connection:
        connection.execute("CREATE TABLE torture_seen (event_id uuid NOT NULL)")
    cluster.stop()


def _must(installation: Installation, *words: str) -> str:
    done = installation.wracam(*words)
    assert done.returncode == 0, f"wracam {' '.join(words)}: {done.stderr}"
    return done.stdout
