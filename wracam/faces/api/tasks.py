"""The API shell's nightly job."""

from __future__ import annotations

from wracam.faces.api import actions
from wracam.foundation import clock
from wracam.foundation.jobs import periodic


@periodic("17 2 * * *")
def forget_old_answers() -> None:
    """Delete answers kept for repeated requests once their time is over."""
    actions.forget_old_answers(now=clock.now())
