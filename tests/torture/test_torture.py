"""The short form of the battery, and the controls that show that it can fail."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture import kills
from tests.torture.battery import torture
from tests.torture.world import Prepared, begin, prepare


@pytest.fixture(scope="module")
def prepared() -> Iterator[Prepared]:
    folder = Path(tempfile.mkdtemp(prefix="wracam-torture-"))
    yield prepare(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wracam-torture-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(prepared: Prepared, place: Path):
    world = begin(prepared, place)
    try:
        run = torture(world, kills=5, seed=20)
    finally:
        world.stop()

    assert run.verdict.is_clean, run.report()
    assert run.verdict.events > 100
    assert run.verdict.points > 0


def test_the_battery_sees_loss_when_commits_do_not_wait_for_the_disk(prepared: Prepared, place: Path):
    world = begin(prepared, place, is_lossy=True)
    try:
        run = torture(world, kills=2, seed=20, only=[kills.postgresql], patience_seconds=5)
    finally:
        world.stop()

    assert {"events acknowledged but lost", "orders acknowledged but lost"} & set(run.verdict.wrong), run.report()


def test_the_battery_sees_doubling_when_the_lock_is_removed(prepared: Prepared, place: Path):
    world = begin(prepared, place, is_locked=False)
    try:
        run = torture(world, kills=0, seed=20, seconds_quiet=5, patience_seconds=5)
    finally:
        world.stop()

    assert "events handled twice" in run.verdict.wrong, run.report()
