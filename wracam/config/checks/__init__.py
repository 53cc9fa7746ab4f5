"""What `wracam doctor` looks at: each check says what it found and, if need be, what to do about it."""

from wracam.config.checks.contracts import Check, State
from wracam.config.checks.everything import look

__all__ = ["Check", "State", "look"]
