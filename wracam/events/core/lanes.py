"""Lanes: events of one customer share a lane and are handled in order; lanes are handled in parallel."""

from __future__ import annotations

from uuid import UUID

LANES = 16
"""A power of two: the lane is the last hexadecimal digit of the id, random in every version of UUID we make."""


def lane_of(customer_id: UUID | None, event_id: UUID) -> int:
    """Return the lane of an event: by its customer, or by its own id when it has none."""
    return (customer_id or event_id).int % LANES
