"""The public language of challenges: what happens in them, and where somebody stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.events.contracts import Event, event
from wracam.kernel.language import Words


@event("challenge.joined", pl="klient podjął wyzwanie", en="challenge joined")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeJoined(Event):
    """The customer chose to take part."""

    challenge: str


@event("challenge.completed", pl="klient ukończył wyzwanie", en="challenge completed")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeCompleted(Event):
    """A goal was reached: the challenge, one of its levels, or once more; `number` counts within the period."""

    challenge: str
    completion_id: UUID
    period: str
    number: int
    badge: str
    version_id: UUID | None


@event("challenge.undone", pl="cofnięto ukończenie wyzwania", en="challenge undone")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeUndone(Event):
    """What had completed the challenge was returned; the rewards are taken back."""

    challenge: str
    completion_id: UUID
    period: str
    number: int


@event("reward.near", pl="blisko nagrody", en="reward near")
@dataclass(frozen=True, slots=True, kw_only=True)
class RewardNear(Event):
    """The customer lacks only `missing` of `goal` (minor units of money, or a number); told once per window."""

    challenge: str
    missing: int
    goal: int
    is_money: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a customer stands in one live challenge."""

    challenge: str
    title: Words
    about: Words
    joined: bool
    is_opt_in: bool
    shows_stamps: bool
    is_ranked: bool
    amount: int
    goal: int
    """The next goal of the current period; the last one when all are reached."""
    amount_text: Words
    goal_text: Words
    completed: int
    """How often, or how many levels of it, in the current period."""
    is_done: bool
    """Nothing more can be reached in this period."""
    streak: int
    best_streak: int
    ends_at: datetime | None
    level: Words | None
    rewards: tuple[Words, ...]
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A badge that a customer holds."""

    challenge: str
    title: Words
    icon: str
    earned_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingLine:
    """One place of a ranking. Who gave no nickname stays nameless; who opted out is not listed at all."""

    place: int
    customer_id: UUID
    nickname: str
    amount: int
    amount_text: Words
    last_at: datetime
    is_exact: bool = True
    """False for an own place further back than is counted: `place` is the first that was not."""


class UnknownChallengeError(LookupError):
    """No live challenge has this key; list them with `GET /v1/challenges`."""
