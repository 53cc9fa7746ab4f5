"""The hot program without memories of other tests."""

from __future__ import annotations

import pytest

from wracam.config import hot


@pytest.fixture(autouse=True)
def _fresh_program():
    """Keys are remembered by the process, and each test has shops of its own."""
    hot._keys.clear()
    hot._full_at.clear()
    hot._people._known.clear()
    yield
    if prepared := getattr(hot._local, "prepared", None):
        prepared.connection.close()
        del hot._local.prepared
