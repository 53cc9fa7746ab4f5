"""Counting tries in the shared cache, so that nobody can guess by trying often, whichever process answers."""

from __future__ import annotations

import hashlib

from django.core.cache import cache


def is_throttled(name: str, key: str, *, limit: int, seconds: int) -> bool:
    """Count one try of *key* and say whether it was one too many in the current window of *seconds*.

    The window starts with the first try; *key* is hashed, so that no address is kept in the cache.
    """
    entry = f"throttle:{name}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
    if cache.add(entry, 1, timeout=seconds):
        return limit < 1
    try:
        return cache.incr(entry) > limit
    except ValueError:
        cache.add(entry, 1, timeout=seconds)
        return limit < 1


def is_over(name: str, key: str, *, limit: int) -> bool:
    """Say whether *limit* tries of *key* were counted in its current window, without counting one."""
    entry = f"throttle:{name}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
    return int(cache.get(entry, 0)) >= limit


def forget(name: str, key: str) -> None:
    """Start counting anew, after a success."""
    cache.delete(f"throttle:{name}:{hashlib.sha256(key.encode()).hexdigest()[:32]}")
