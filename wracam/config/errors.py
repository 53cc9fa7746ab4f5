"""What a verb of the `wracam` command raises when it cannot do its work."""

from __future__ import annotations


class CommandError(RuntimeError):
    """The command cannot do this; the message says why and what to do."""
