"""What the event log does: record, deliver, park and retry, take in from outside, send out."""

from wracam.events.actions.delivery import deliver_all, deliver_lane, join_subscriptions
from wracam.events.actions.log import prepare_log
from wracam.events.actions.recording import record, record_named

__all__ = [
    "deliver_all",
    "deliver_lane",
    "join_subscriptions",
    "prepare_log",
    "record",
    "record_named",
]
