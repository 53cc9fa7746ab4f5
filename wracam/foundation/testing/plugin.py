"""A pytest plug-in that gives the test run its database before Django reads its settings.

`WRACAM_TEST_SERVER` names a running server (a `postgresql://` URL whose role may create databases); without it an
embedded cluster is started in a temporary folder, once for the whole run, and stopped with it. Workers of
pytest-xdist inherit the address and make a database each.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from wracam.foundation.postgres import FOR_TESTS, Cluster

SERVER = "WRACAM_TEST_SERVER"
_started: list[Cluster] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Point Django at the test server; runs before pytest-django looks at the settings."""
    del early_config
    if not os.environ.get(SERVER) and not {"--help", "-h", "--version", "-V"} & set(args):
        os.environ[SERVER] = _start_cluster()
    os.environ["DATABASE_URL"] = os.environ.get(SERVER, "")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster this process started; also after Ctrl-C."""
    del config
    while _started:
        cluster = _started.pop()
        cluster.stop()
        shutil.rmtree(cluster.data_folder, ignore_errors=True)
        os.environ.pop(SERVER, None)


def _start_cluster() -> str:
    cluster = Cluster(data_folder=Path(tempfile.mkdtemp(prefix="wracam-tests-")), profile=FOR_TESTS)
    cluster.start()
    _started.append(cluster)
    return cluster.application_url()
