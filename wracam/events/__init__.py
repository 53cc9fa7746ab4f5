"""The event log: recording, subscriptions, replay, public intake and outgoing webhooks."""
