"""Bringing about effects that features registered, and taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wracam.foundation.transactions import require_transaction
from wracam.rules import ports
from wracam.rules.contracts import Granting


def grant(effect: str, wanted: Sequence[Granting], *, now: datetime) -> None:
    """Bring an effect about for a batch, in the open transaction of what caused it; a key acts once for ever.

    An effect that nobody offers (any more) does nothing: definitions are checked when they are published.
    """
    require_transaction()
    found = ports.EFFECTS.find(effect)
    if found is not None and found.grant is not None and wanted:
        found.grant(wanted, now)


def take_back(effect: str, granted: Sequence[Granting], *, now: datetime) -> None:
    """Undo what these keys brought about, as far as the effect can."""
    require_transaction()
    found = ports.EFFECTS.find(effect)
    if found is not None and found.take_back is not None and granted:
        found.take_back(granted, now)
