"""Challenges in force, compiled once per version."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from wracam.challenges.contracts import UnknownChallengeError
from wracam.challenges.core.challenge import Challenge, challenge_of, read_challenge
from wracam.definitions import queries as definitions

CHALLENGE_KIND = "challenge"
AUTO_REWARD_KIND = "auto_reward"
AUTO_PREFIX = "auto:"
"""What the keys of automatic rewards begin with among those of challenges."""


def live_challenges(at: datetime | None = None) -> tuple[Challenge, ...]:
    """Return the challenges in force, in the order of their keys, and then the automatic rewards."""
    found = definitions.live_of((CHALLENGE_KIND, AUTO_REWARD_KIND), at)
    return tuple(compiled(version.version_id) for versions in found for version in versions)


def begun() -> dict[str, datetime]:
    """Return since when each challenge and automatic reward has been in force: what happened before does not count."""
    automatic = definitions.in_force_since(AUTO_REWARD_KIND)
    return definitions.in_force_since(CHALLENGE_KIND) | {f"{AUTO_PREFIX}{key}": at for key, at in automatic.items()}


def live_challenge(key: str, at: datetime | None = None) -> Challenge:
    """Return one challenge in force; raises `UnknownChallengeError`."""
    found = next((one for one in live_challenges(at) if one.key == key), None)
    if found is None:
        raise UnknownChallengeError(UnknownChallengeError.__doc__)
    return found


def trigger_names() -> frozenset[str]:
    """Return the names of all events that some live challenge counts."""
    return frozenset(challenge.event for challenge in live_challenges())


@lru_cache(maxsize=512)
def compiled(version_id: UUID) -> Challenge:
    """Return the challenge that a version says; a version never changes."""
    version = definitions.version(version_id)
    if version.kind == AUTO_REWARD_KIND:
        body = challenge_of(version.body)
        return read_challenge(body, key=f"{AUTO_PREFIX}{version.key}", version_id=version_id)[0]
    return read_challenge(version.body, key=version.key, version_id=version_id)[0]
