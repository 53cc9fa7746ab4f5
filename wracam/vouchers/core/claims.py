"""Putting claims into the form in which they are locked and counted: one per key, in the order of the keys."""

from __future__ import annotations

from collections.abc import Iterable

from wracam.vouchers.contracts.allowances import CLAIMS_MAX, KEY_LENGTH_MAX, Claim


def in_order(claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims ordered by key, those of one key added up under the lower maximum; zeros are left out.

    Raises `ValueError` for negative amounts, overlong keys, and more than `CLAIMS_MAX` claims.
    """
    merged: dict[str, Claim] = {}
    for claim in claims:
        _check(claim)
        if claim.amount:
            merged[claim.key] = _added(merged.get(claim.key), claim)
    if len(merged) > CLAIMS_MAX:
        raise ValueError(f"a reservation claims at most {CLAIMS_MAX} keys")
    return [merged[key] for key in sorted(merged, key=str.encode)]


def _check(claim: Claim) -> None:
    if claim.amount < 0:
        raise ValueError(f"a claim of {claim.key} is not negative")
    if not 0 < len(claim.key) <= KEY_LENGTH_MAX:
        raise ValueError(f"a key has 1 to {KEY_LENGTH_MAX} characters")


def _added(first: Claim | None, second: Claim) -> Claim:
    if first is None:
        return second
    maxima = [maximum for maximum in (first.maximum, second.maximum) if maximum is not None]
    return Claim(key=second.key, amount=first.amount + second.amount, maximum=min(maxima, default=None))
