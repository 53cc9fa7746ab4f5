"""The count afterwards, from the database itself and independent of the product's own code."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from tests.operations.running import eventually
from tests.torture.senders import SOURCE, Ledger
from tests.torture.world import World

UNREAD = """
    SELECT count(*) FROM event e
    WHERE e.name = 'torture.tick' AND NOT EXISTS (SELECT FROM torture_seen s WHERE s.event_id = e.id)
"""
STORED = "SELECT source_id, data FROM event WHERE source = %s"
DOUBLY_HANDLED = "SELECT event_id FROM torture_seen GROUP BY 1 HAVING count(*) > 1"
HANDLED_BUT_GONE = "SELECT event_id FROM torture_seen s WHERE NOT EXISTS (SELECT FROM event e WHERE e.id = s.event_id)"
SETTLING_SECONDS_MAX = 120


@dataclass(frozen=True)
class Verdict:
    """What was found wrong, by kind; all of them empty when all is well."""

    lost: list[str]
    doubled: list[str]
    invented: list[str]
    altered: list[str]
    not_handled: int
    handled_twice: list[str]
    handled_but_gone: list[str]
    ledger: str
    stored: int

    @property
    def is_clean(self) -> bool:
        return not self.complaints

    @property
    def complaints(self) -> list[str]:
        words = {
            "acknowledged but lost": len(self.lost),
            "stored twice": len(self.doubled),
            "stored but never sent": len(self.invented),
            "stored with other contents": len(self.altered),
            "never handled": self.not_handled,
            "handled twice": len(self.handled_twice),
            "handled but not stored": len(self.handled_but_gone),
            "ledger in disorder": len(self.ledger),
        }
        return [f"{count} {what}" for what, count in words.items() if count]


def judge(world: World, ledger: Ledger) -> Verdict:
    """Wait until every event was handled, then compare what is stored with what was sent and acknowledged."""
    eventually(lambda: _count(world) == 0, seconds=SETTLING_SECONDS_MAX, pause=0.5)
    with psycopg.connect(world.url) as connection:
        rows = connection.execute(STORED, [SOURCE]).fetchall()
        twice = [str(row[0]) for row in connection.execute(DOUBLY_HANDLED).fetchall()]
        gone = [str(row[0]) for row in connection.execute(HANDLED_BUT_GONE).fetchall()]
    ids = [row[0] for row in rows]
    checked = world.installation.wracam("ledger", "verify")
    return Verdict(
        lost=sorted(ledger.acknowledged - set(ids)),
        doubled=sorted({one for one in ids if ids.count(one) > 1}) if len(ids) != len(set(ids)) else [],
        invented=sorted(set(ids) - set(ledger.sent)),
        altered=[one for one, data in rows if one in ledger.sent and ledger.sent[one]["data"] != data],
        not_handled=_count(world),
        handled_twice=twice,
        handled_but_gone=gone,
        ledger="" if checked.returncode == 0 else checked.stdout + checked.stderr,
        stored=len(ids),
    )


def _count(world: World) -> int:
    try:
        with psycopg.connect(world.url) as connection:
            row = connection.execute(UNREAD).fetchone()
    except psycopg.OperationalError:
        return -1
    return int(row[0]) if row else 0
