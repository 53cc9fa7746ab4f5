"""A check and its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How bad it is."""

    FINE = "fine"
    WARNING = "warning"
    """It works, but should not stay so."""
    PROBLEM = "problem"
    """Something does not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was looked at, how it is, what was found, and the way out where there is one to go."""

    name: str
    state: State
    finding: str
    fix: str = ""


def fine(name: str, finding: str) -> Check:
    """Nothing to do."""
    return Check(name=name, state=State.FINE, finding=finding)


def warning(name: str, finding: str, fix: str) -> Check:
    """Something to do soon."""
    return Check(name=name, state=State.WARNING, finding=finding, fix=fix)


def problem(name: str, finding: str, fix: str) -> Check:
    """Something to do now."""
    return Check(name=name, state=State.PROBLEM, finding=finding, fix=fix)
