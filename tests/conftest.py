"""Which tests run one after the other in one process of pytest-xdist: a browser, and installations that are started."""

from __future__ import annotations

from typing import Any

import pytest

TOGETHER = {"tests/browser/": "browser", "tests/operations/": "operations", "tests/torture/": "operations"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Any:
    """Give whole folders to one process, everything else test by test (marks of groups do not reach it in pytest 9.2)."""
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    class ByFolder(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((name for folder, name in TOGETHER.items() if nodeid.startswith(folder)), nodeid)

    return ByFolder(config, log)
