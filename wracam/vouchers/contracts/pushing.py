"""Codes that are made known to a connected shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class PushState(StrEnum):
    """Where a push stands."""

    RUNNING = "running"
    DONE = "done"
    """Every code was answered for, with or without refusals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedCode:
    """What became of one code: the shop's id of it, or why it was refused."""

    code: str
    external_id: str
    refusal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePushed:
    """A push with its figures; `error` says why it stands still, while it is tried again."""

    id: UUID
    shop_id: int
    campaign: str
    state: PushState
    asked: int
    pushed: int
    refused: int
    error: str
    created_by: str
    created_at: datetime


class NoPusherError(LookupError):
    """No connected shop takes codes; connect the shop and give it keys that may write coupons."""


class UnknownPushError(LookupError):
    """There is no such push of codes."""
