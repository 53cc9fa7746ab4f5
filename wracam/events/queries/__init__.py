"""Reads of the event log and of its delivery."""

from wracam.events.queries.log import event, events_by_id

__all__ = ["event", "events_by_id"]
