"""Everything challenges can do."""

from wracam.challenges.actions.counting import count, handled_events
from wracam.challenges.actions.joining import appear, forget, join

__all__ = ["appear", "count", "forget", "handled_events", "join"]
