"""Hold, commit, release, give back: the one way in which anything limited is used.

Each is one call of an SQL function in the caller's transaction, and holds the rows of its keys until that
transaction ends: call it late, once, and end soon. Nothing is ever over-used, whoever calls at the same moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from wracam.foundation.bulk import Row, execute, fetch
from wracam.foundation.transactions import action
from wracam.vouchers.actions import books
from wracam.vouchers.contracts import (
    Claim,
    Committed,
    ExcessiveAmountError,
    Held,
    HoldReusedError,
    HoldState,
    Lack,
    Lacking,
    MoveReason,
    UnknownHoldError,
)
from wracam.vouchers.core import claims as core
from wracam.vouchers.queries import allowances as queries

SWEEP_SIZE = 1_000
SWEEPS_MAX = 1_000
FORGET_DAYS = 30
"""Released and lapsed holds are kept so long, for late commits and questions."""


def hold(
    *, shop_id: int, reservation_id: UUID, claims: Sequence[Claim], until: datetime, now: datetime
) -> Held | Lacking:
    """Hold all *claims* until *until*, or none, saying of what there is too little and how much is left.

    The same reservation again answers what it holds, in whatever state it is by now; with other claims it raises
    `HoldReusedError`. After a `Lacking` the same id may be tried again, with other claims too.
    """
    ordered = core.in_order(claims)
    with action():
        rows = fetch(
            "SELECT * FROM allowance_hold(%s, %s, %s, %s, %s::text[], %s::bigint[], %s::bigint[])",
            shop_id, reservation_id, until, now, [claim.key for claim in ordered],
            [claim.amount for claim in ordered], [claim.maximum for claim in ordered],
        )  # fmt: skip
    amounts = {claim.key: claim.amount for claim in ordered}
    if rows[0][0] == "known":
        return _known(reservation_id, amounts)
    if rows[0][0] == "lacking":
        return _lacking(rows, amounts)
    return Held(reservation_id=reservation_id, state=HoldState.HELD, until=until, amounts=amounts, was_new=True)


def commit_hold(*, reservation_id: UUID, amounts: Mapping[str, int] | None, now: datetime) -> Committed | Lacking:
    """Use what a reservation holds: all of it, or only *amounts*, and the rest becomes free.

    A hold that lapsed or was released is committed if there is still enough of everything, else nothing changes.
    The first commit stands: later ones answer it. What was held of gift cards is paid and stands in their ledger.
    Raises `UnknownHoldError` and `ExcessiveAmountError`.
    """
    return commit_for(MoveReason.PAID, reservation_id, amounts, now)


def commit_for(
    reason: MoveReason, reservation_id: UUID, amounts: Mapping[str, int] | None, now: datetime
) -> Committed | Lacking:
    """Commit, and write stored value into its ledger for this reason; for our own actions."""
    keys, values = (list(amounts), list(amounts.values())) if amounts is not None else (None, None)
    with action():
        rows = fetch(
            "SELECT * FROM allowance_commit(%s, %s::text[], %s::bigint[], %s)", reservation_id, keys, values, now
        )
        outcome = rows[0][0]
        claimed = queries.claims_of(reservation_id)
        used = {key: one.committed for key, one in claimed.items() if one.committed}
        if outcome == "committed":
            books.post_committed(reservation_id, used, reason, now)
    if outcome == "unknown":
        raise UnknownHoldError(UnknownHoldError.__doc__)
    if outcome == "excess":
        raise ExcessiveAmountError(ExcessiveAmountError.__doc__)
    if outcome == "lacking":
        asked = {key: one.claimed if amounts is None else amounts.get(key, 0) for key, one in claimed.items()}
        return _lacking(rows, asked)
    return Committed(reservation_id=reservation_id, amounts=used, was_new=outcome == "committed")


def release_hold(*, reservation_id: UUID, now: datetime) -> HoldState | None:
    """Let go of what a reservation holds and return its state: `COMMITTED` when it was too late, None if unknown."""
    with action():
        [(state,)] = fetch("SELECT allowance_release(%s, %s)", reservation_id, now)
    return HoldState(state) if state else None


def give_back(*, reservation_id: UUID, amounts: Mapping[str, int], now: datetime, key: str) -> dict[str, int]:
    """Give back *amounts* of what was committed (a refund) and return what came back, at most what was used.

    The same *key* for the reservation again changes nothing and answers the same. What a gift card paid is back on
    the card. Raises `UnknownHoldError` when
    nothing was committed, `ValueError` for negative amounts.
    """
    if any(amount < 0 for amount in amounts.values()):
        raise ValueError("what is given back is not negative")
    with action():
        [(back,)] = fetch(
            "SELECT allowance_give_back(%s, %s, %s::text[], %s::bigint[], %s)::text",
            reservation_id, key, list(amounts), list(amounts.values()), now,
        )  # fmt: skip
        given = msgspec.json.decode(back or "{}", type=dict[str, int])
        books.post_given_back(reservation_id, given, key, now)
    if back is None:
        raise UnknownHoldError(UnknownHoldError.__doc__)
    return given


def sweep_holds(*, now: datetime) -> int:
    """Take holds whose time has passed off the counters, forget old ones; return how many keys were swept."""
    swept = 0
    for _ in range(SWEEPS_MAX):
        with action():
            [(keys,)] = fetch("SELECT allowance_sweep(%s, %s)", now, SWEEP_SIZE)
        swept += keys
        if not keys:
            break
    with action():
        execute(
            """WITH old AS (
                   DELETE FROM allowance_hold
                   WHERE state <> 'committed' AND expires_at < %s::timestamptz - make_interval(days => %s)
                     AND NOT EXISTS (SELECT FROM allowance_claim AS c
                                     WHERE c.reservation_id = allowance_hold.reservation_id AND c.is_counted)
                   RETURNING reservation_id)
               DELETE FROM allowance_claim WHERE reservation_id IN (SELECT reservation_id FROM old)""",
            now,
            FORGET_DAYS,
        )
    return swept


def _known(reservation_id: UUID, amounts: Mapping[str, int]) -> Held:
    found = queries.hold_of(reservation_id=reservation_id)
    if found is None or found.amounts != amounts:
        raise HoldReusedError(HoldReusedError.__doc__)
    return found


def _lacking(rows: Sequence[Row], asked: Mapping[str, int]) -> Lacking:
    return Lacking(claims=tuple(Lack(key=key, asked=asked[key], left=int(left)) for _, key, left in rows))
