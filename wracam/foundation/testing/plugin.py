"""A pytest plug-in that gives the test run its database before Django reads its settings.

`WRACAM_TEST_SERVER` names a running server (a `postgresql://` URL whose role may create databases); without it an
embedded cluster is started in a temporary folder and stopped with the run. Every worker of pytest-xdist has a cluster
of its own, because events are delivered only up to the oldest transaction that runs anywhere in the cluster: the tests
of one worker would make those of another wait.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from wracam.foundation.postgres import FOR_TESTS, Cluster

settings.register_profile("wracam", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wracam")  # no test of ours measures time: a busy machine is slow, not wrong

SERVER = "WRACAM_TEST_SERVER"
OWN = "WRACAM_TEST_SERVER_IS_OURS"
"""Set for the workers when the run started its own cluster: the first worker uses it, the others start theirs."""
_started: list[Cluster] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Point Django at the test server; runs before pytest-django looks at the settings."""
    del early_config
    if not {"--help", "-h", "--version", "-V"} & set(args) and _needs_cluster():
        os.environ |= {SERVER: _start_cluster(), OWN: "1"}
    os.environ["DATABASE_URL"] = os.environ.get(SERVER, "")


def pytest_configure(config: pytest.Config) -> None:
    """Empty after a test that commits only what it filled."""
    del config
    from django.test import TransactionTestCase

    from wracam.foundation.testing.database import empty_tables

    TransactionTestCase._fixture_teardown = lambda case: empty_tables()  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster this process started; also after Ctrl-C."""
    del config
    while _started:
        cluster = _started.pop()
        cluster.stop()
        shutil.rmtree(cluster.data_folder, ignore_errors=True)
        os.environ.pop(SERVER, None)
        os.environ.pop(OWN, None)


def _needs_cluster() -> bool:
    is_given = bool(os.environ.get(SERVER))
    is_further_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0") != "gw0"
    return not is_given or (is_further_worker and OWN in os.environ)


def _start_cluster() -> str:
    cluster = Cluster(data_folder=Path(tempfile.mkdtemp(prefix="wracam-tests-")), profile=FOR_TESTS)
    cluster.start()
    _started.append(cluster)
    return cluster.application_url()
