"""Two profiles are one person: codes, gift cards, store credit and what was used of limits go to the one that stays."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from wracam.foundation.bulk import execute, fetch
from wracam.foundation.transactions import action


def move_belongings(*, absorbed_id: UUID, survivor_id: UUID, now: datetime) -> None:
    """Give everything of an absorbed profile to the one it was merged into; doing it twice changes nothing.

    Uses of both add up, period by period, so that a limit for each customer holds for the person.
    """
    with action():
        for table in ("code", "stored_value"):
            execute(
                f"UPDATE {table} SET customer_id = %s WHERE customer_id = %s",  # noqa: S608 the tables are constant
                survivor_id,
                absorbed_id,
            )
        move_uses(giver=str(absorbed_id), taker=str(survivor_id), now=now)


def move_uses(*, giver: str, taker: str, now: datetime) -> int:
    """Count what one owner of uses (a customer's id, a guest's mark) used and holds as the other's; return how many
    counters moved. What reservations made before give back or commit later follows."""
    with action():
        [(moved,)] = fetch("SELECT allowance_move(%s, %s, %s)", giver, taker, now)
    return int(moved)
