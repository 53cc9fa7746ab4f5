"""Backups: what was restored is what was there, and what is not whole is refused."""

from __future__ import annotations

import json
import stat
import tarfile
from pathlib import Path

import psycopg
import pytest

from tests.operations.running import Installation
from wracam.config.backups import figures
from wracam.config.commands import move_database
from wracam.foundation.postgres import FOR_TESTS, PRODUCTION, Cluster

CREATE_OWNER = (
    "from wracam.shops import actions;"
    "actions.create_owner(email='ania@zielnik.example', name='Ania', password='a long enough sentence', now=now)"
)
HAS_STAFF = "from wracam.shops import queries; print(queries.has_staff())"


@pytest.fixture(scope="module")
def backed_up(up: Installation) -> Path:
    """An archive of a running installation with an owner and an uploaded file."""
    up.in_product(CREATE_OWNER)
    (up.folder / "files" / "logo").mkdir(exist_ok=True)
    (up.folder / "files" / "logo" / "zażółć.svg").write_text("<svg/>", "utf-8")
    archive = up.folder.parent / "archive.tar"
    done = up.wracam("backup", "--output", str(archive), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] > 100
    return archive


def test_a_restored_installation_has_the_same_figures_files_and_keys(up: Installation, backed_up: Path, place: Path):
    restored = Installation(place / "restored")

    done = restored.wracam("restore", str(backed_up))

    assert done.returncode == 0, done.stderr
    assert (restored.folder / "secret_key").read_text("utf-8") == (up.folder / "secret_key").read_text("utf-8")
    assert (restored.folder / "files" / "logo" / "zażółć.svg").read_text("utf-8") == "<svg/>"
    assert not (restored.folder / "restore_incomplete").exists()
    cluster = Cluster(data_folder=restored.folder, profile=PRODUCTION)
    cluster.start()
    try:
        here, there = (
            figures.figures_of((up.folder / "database_url").read_text("utf-8").strip()),
            figures.figures_of(cluster.application_url()),
        )
        assert here["public.staff"].rows == 1
        assert {name: table for name, table in there.items() if "procrastinate" not in name} == {
            name: table for name, table in here.items() if "procrastinate" not in name
        }
        assert restored.in_product(HAS_STAFF).strip() == "True"
    finally:
        cluster.stop()


def test_the_archive_is_private_and_lists_everything(backed_up: Path):
    with tarfile.open(backed_up) as tar:
        member = tar.extractfile("manifest.json")
        assert member is not None
        manifest = json.load(member)
        names = set(tar.getnames())

    assert stat.S_IMODE(backed_up.stat().st_mode) == 0o600
    assert names == {"manifest.json", *manifest["members"]}
    assert manifest["tables"]["public.staff"]["rows"] == 1


def test_a_restore_never_overwrites(up: Installation, backed_up: Path):
    before = (up.folder / "secret_key").read_text("utf-8")

    refused = up.wracam("restore", str(backed_up))

    assert refused.returncode == 1
    assert "is not empty" in refused.stderr
    assert (up.folder / "secret_key").read_text("utf-8") == before


def test_a_damaged_archive_is_refused_before_anything_is_written(backed_up: Path, place: Path):
    damaged = place / "damaged.tar"
    content = bytearray(backed_up.read_bytes())
    with tarfile.open(backed_up) as tar:
        member = tar.getmember("database.dump")
    content[member.offset_data + member.size // 2] ^= 0xFF
    damaged.write_bytes(content)
    restored = Installation(place / "restored")

    refused = restored.wracam("restore", str(damaged))

    assert refused.returncode == 1
    assert "database.dump does not match its checksum" in refused.stderr
    assert not restored.folder.exists()


def test_an_archive_that_points_elsewhere_is_refused(place: Path):
    evil = place / "evil.tar"
    (place / "x").write_text("x")
    with tarfile.open(evil, "w") as tar:
        tar.add(place / "x", arcname="files/../../escaped")
    restored = Installation(place / "restored")

    refused = restored.wracam("restore", str(evil))

    assert refused.returncode == 1
    assert "which no backup of Wracam holds" in refused.stderr
    assert not (place.parent / "escaped").exists()


def test_an_interrupted_restore_is_noticed(backed_up: Path, place: Path):
    restored = Installation(place / "restored")
    restored.folder.mkdir(mode=0o700)
    (restored.folder / "restore_incomplete").write_text("")
    (restored.folder / "secret_key").write_text("key")

    refused = restored.wracam("up")

    assert refused.returncode == 1
    assert "did not finish" in refused.stderr


def test_figures_notice_every_kind_of_difference(cluster: Cluster):
    cluster.start()
    url = cluster.application_url()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE one (id int, at timestamptz, price numeric)")
        connection.execute("INSERT INTO one VALUES (1, '2026-03-29 01:30+00', 1.50), (2, NULL, 2)")
        before = figures.figures(connection)
        connection.execute("UPDATE one SET price = 1.5 WHERE id = 1")
        changed = figures.figures(connection)
        connection.execute("DELETE FROM one WHERE id = 2")
        fewer = figures.figures(connection)

    assert figures.differences(before, before) == []
    assert figures.differences(before, changed) == ["public.one: the same number of rows, other contents"]
    assert figures.differences(before, fewer) == ["public.one: 1 rows instead of 2"]
    assert figures.differences(before, {}) == ["public.one: missing"]


def test_moving_to_another_postgresql_keeps_every_row(place: Path):
    here = Installation(place / "data")
    assert here.wracam("init").returncode == 0
    other = Cluster(data_folder=place / "other", profile=FOR_TESTS)
    other.data_folder.mkdir(mode=0o700)
    other.start()
    try:
        target = other.application_url()
        (place / "wracam.toml").write_text('port = 8123\ndatabase_url = ""\n')

        moved = here.wracam("move-database", "--to", target)
        again = here.wracam("move-database", "--to", target)

        assert moved.returncode == 0, moved.stderr
        assert "all figures agree" in moved.stdout
        assert again.returncode == 1
        assert "does not use the embedded database" in again.stderr
        text = (place / "wracam.toml").read_text("utf-8")
        assert move_database.with_database_url("", target) in text
        assert text.startswith("port = 8123\n")
        assert here.wracam("migrate", "--check").stdout == "Nothing to do.\n"
    finally:
        other.stop()
