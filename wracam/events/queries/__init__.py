"""Reads of the event log, of its delivery and of outgoing webhooks."""

from wracam.events.queries.delivering import count_parked, parked, progress
from wracam.events.queries.history import of_customers
from wracam.events.queries.log import event, events_by_id
from wracam.events.queries.search import chain_of, search
from wracam.events.queries.webhooks import deliveries, endpoint, endpoints

__all__ = [
    "chain_of",
    "count_parked",
    "deliveries",
    "endpoint",
    "endpoints",
    "event",
    "events_by_id",
    "of_customers",
    "parked",
    "progress",
    "search",
]
