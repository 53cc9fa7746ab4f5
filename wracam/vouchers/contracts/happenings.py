"""What happens to codes and stored value, as events of the log. None carries the text of a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.events.contracts import Event, event


@event("code.issued", pl="wydano kod", en="code issued")
@dataclass(frozen=True, slots=True, kw_only=True)
class CodeIssued(Event):
    """A customer was given a code of a campaign."""

    code_id: UUID
    campaign: str
    valid_until: datetime | None
