"""Codes of rewards: drawn with the redemption, withdrawn when the reward is returned."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.loyalty import models
from wracam.loyalty.contracts import Member
from wracam.loyalty.core.rewards import Reward


def issue(reward: Reward, member: Member, redemption_id: UUID, now: datetime) -> str:
    """Return the code that the reward gives, or an empty text when it gives none."""
    del reward, member, redemption_id, now
    return ""


def withdraw(row: models.Redemption, now: datetime) -> None:
    """Make the code of a returned reward worthless."""
    del row, now
