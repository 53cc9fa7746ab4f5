"""What was used and is held of allowances, and what a reservation holds. Reads take no locks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wracam.foundation.bulk import array_text, fetch
from wracam.foundation.questions import Asked, Asking, Question, asking_django
from wracam.vouchers.contracts import Held, HoldState, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFigures:
    """What a reservation claimed of one key, used of it, and gave back."""

    claimed: int
    committed: int
    returned: int


_LEFT = Question(
    """SELECT a.key, a.used, (a.held - coalesce((
           SELECT sum(c.amount) FROM allowance_claim AS c
           WHERE c.key = a.key AND c.is_counted
             AND (c.expires_at <= %(left_at)s::timestamptz OR c.reservation_id = %(left_besides)s::uuid)), 0))::bigint
       FROM allowance AS a WHERE a.key = ANY(%(left_keys)s::text[])""",
    tuple[str, int, int],
)


def left(
    *, keys: Collection[str], now: datetime, besides: UUID | None = None, asking: Asking = asking_django
) -> dict[str, Usage]:
    """Return what is used and held of each key at *now*; holds whose time has passed are free already.

    What the reservation *besides* holds is not counted: to look at a cart again that is reserved already.
    """
    [rows] = asking([_LEFT.with_values(left_keys=array_text(keys), left_at=now, left_besides=besides)])
    found = {key: Usage(used=used, held=held) for key, used, held in rows}
    return {key: found.get(key, Usage()) for key in keys}


_USED = Question(
    """SELECT a.key, (a.used + a.held - coalesce((
           SELECT sum(c.amount) FROM allowance_claim AS c
           WHERE c.key = a.key AND c.is_counted AND c.expires_at <= %(used_at)s::timestamptz), 0))::bigint
       FROM allowance AS a WHERE a.key = ANY(%(used_keys)s::text[])""",
    tuple[str, int],
)


def used_question(*, keys: Iterable[str], now: datetime) -> Asked:
    """Ask beside other things how much of each key is used or held at *now*: (key, amount), only what was counted."""
    return _USED.with_values(used_keys=array_text(keys), used_at=now)


def hold_of(*, reservation_id: UUID) -> Held | None:
    """Return what a reservation holds or held."""
    rows = fetch("SELECT state, expires_at FROM allowance_hold WHERE reservation_id = %s", reservation_id)
    if not rows:
        return None
    state, until = rows[0]
    amounts = {key: one.claimed for key, one in claims_of(reservation_id).items()}
    return Held(reservation_id=reservation_id, state=HoldState(state), until=until, amounts=amounts, was_new=False)


def claims_of(reservation_id: UUID) -> dict[str, ClaimFigures]:
    """Return the claims of a reservation by key."""
    rows = fetch(
        "SELECT key, amount, committed, returned FROM allowance_claim WHERE reservation_id = %s ORDER BY key",
        reservation_id,
    )
    return {
        key: ClaimFigures(claimed=int(amount), committed=int(committed), returned=int(returned))
        for key, amount, committed, returned in rows
    }


def counted_owners(*, owners: Collection[str]) -> set[str]:
    """Return those of these owners (customers' ids, guests' marks) of whose uses anything was ever counted."""
    wanted = "SELECT DISTINCT allowance_owner(key) FROM allowance WHERE allowance_owner(key) = ANY(%s::text[])"
    return {row[0] for row in fetch(wanted, list(owners))}


def counts_guests() -> bool:
    """Say whether uses of any guest were ever counted."""
    return bool(
        fetch("SELECT 1 FROM allowance WHERE allowance_owner(key) >= 'g-' AND allowance_owner(key) < 'g.' LIMIT 1")
    )
