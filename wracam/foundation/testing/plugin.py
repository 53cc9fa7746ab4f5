"""A pytest plug-in that gives the test run its database before Django reads its settings.

`WRACAM_TEST_SERVER` names a running server (a `postgresql://` URL whose role may create databases); without it an
embedded cluster is started in a temporary folder and stopped with the run.
"""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Point Django at the test server; runs before pytest-django looks at the settings."""
    server = os.environ.get("WRACAM_TEST_SERVER")
    if server:
        os.environ["DATABASE_URL"] = server
