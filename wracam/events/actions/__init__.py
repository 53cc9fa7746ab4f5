"""What the event log does: record, deliver, put aside and retry, replay, keep and forget."""

from wracam.events.actions.delivery import (
    DeliveryStalledError,
    by_subscription,
    deliver_all,
    deliver_lanes,
    join_subscriptions,
)
from wracam.events.actions.endpoints import (
    change_endpoint,
    change_secret,
    create_endpoint,
    forget_old_secret,
    remove_endpoint,
    resend,
    switch_endpoint,
)
from wracam.events.actions.intake import Sender, take_in
from wracam.events.actions.log import prepare_log
from wracam.events.actions.parking import dismiss_parked, retry_due, retry_parked
from wracam.events.actions.recording import record, record_named
from wracam.events.actions.replay import NothingToReplayError, replay_from, replay_since
from wracam.events.actions.retention import forget_old
from wracam.events.core.intake import read_batch

__all__ = [
    "switch_endpoint",
    "resend",
    "remove_endpoint",
    "forget_old_secret",
    "create_endpoint",
    "change_secret",
    "change_endpoint",
    "DeliveryStalledError",
    "NothingToReplayError",
    "Sender",
    "deliver_all",
    "by_subscription",
    "deliver_lanes",
    "dismiss_parked",
    "forget_old",
    "join_subscriptions",
    "prepare_log",
    "read_batch",
    "record",
    "record_named",
    "replay_from",
    "replay_since",
    "retry_due",
    "retry_parked",
    "take_in",
]
