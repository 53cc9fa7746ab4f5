"""Reads of the event log and of its delivery."""

from wracam.events.queries.history import of_customers
from wracam.events.queries.log import event, events_by_id

__all__ = ["event", "events_by_id", "of_customers"]
