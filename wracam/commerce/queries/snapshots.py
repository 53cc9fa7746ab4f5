"""Whether a snapshot can be taken, asked before it is."""

from __future__ import annotations

from wracam.commerce.contracts import OrderSnapshot
from wracam.commerce.core import snapshots


def problems_of(snapshot: OrderSnapshot) -> list[str]:
    """Return what makes a snapshot impossible to take, each as `field: sentence`; empty when it is fine."""
    return snapshots.problems(snapshot)
