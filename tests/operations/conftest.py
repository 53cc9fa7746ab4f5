from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.running import Installation
from wracam.foundation.postgres import FOR_TESTS, Cluster


@pytest.fixture
def place() -> Iterator[Path]:
    """A short folder of our own; pytest's are too long to be ordinary."""
    folder = Path(tempfile.mkdtemp(prefix="wracam-op-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def data_folder(place: Path) -> Path:
    folder = place / "data"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def cluster(data_folder: Path) -> Iterator[Cluster]:
    found = Cluster(data_folder=data_folder, profile=FOR_TESTS)
    yield found
    found.stop()


@pytest.fixture(scope="module")
def up() -> Iterator[Installation]:
    """A running installation, shared by the tests of a module."""
    folder = Path(tempfile.mkdtemp(prefix="wracam-op-"))
    installation = Installation(folder / "data")
    try:
        yield installation.up()
    finally:
        installation.stop()
        shutil.rmtree(folder, ignore_errors=True)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
