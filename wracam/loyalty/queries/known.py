"""What conditions of earning rules can ask about an order, its lines and the event: facts by attribute name."""

from __future__ import annotations

from typing import Any

from wracam.commerce.queries import line_facts, order_facts
from wracam.events.contracts import RecordedEvent


def event_facts(happened: RecordedEvent) -> dict[str, Any]:
    """Return the facts of an event: its own fields under `event.`."""
    return {f"event.{name}": value for name, value in happened.data.items()} | {"event.name": happened.name}


__all__ = ["event_facts", "line_facts", "order_facts"]
