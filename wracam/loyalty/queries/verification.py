"""`wracam ledger verify`: the invariants of the books, each a query that must find nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wracam.foundation.bulk import fetch, fetch_in_batches
from wracam.kernel.language import Words
from wracam.loyalty import models
from wracam.loyalty.contracts import Finding

EXAMPLES_MAX = 5
BATCH_SIZE = 1_000
Progress = Callable[[int, int], None]
"""Hears how many transfers were checked, of how many."""
GENESIS = b"\x00" * 32
_SEALED = """id, shop_id, key, input_hash, entry_id, member_id, point_kind, debit, credit, amount,
    extract(epoch FROM at), extract(epoch FROM happened_at), extract(epoch FROM activates_at),
    extract(epoch FROM expires_at), lot_id, order_id, earning_id, rule_version_id, cause_event_id, reverses_id, reason,
    note, actor"""

_ACCOUNTS = """
WITH moved AS (
    SELECT member_id, point_kind, credit AS account, amount FROM point_transfer
    UNION ALL
    SELECT member_id, point_kind, debit, -amount FROM point_transfer
)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """Something that always holds; `sql` returns one text per place where it does not."""

    number: int
    title: Words
    sql: str


INVARIANTS = (
    Invariant(
        number=1,
        title=Words(pl="suma wszystkich kont wynosi zero", en="the sum over all accounts is zero"),
        sql=f"{_ACCOUNTS} SELECT point_kind FROM moved GROUP BY 1 HAVING sum(amount) <> 0",  # noqa: S608 a constant
    ),
    Invariant(
        number=2,
        title=Words(pl="saldo równa się sumie swoich przelewów", en="a balance is the sum of its transfers"),
        sql=f"""
        {_ACCOUNTS}, derived AS (
            SELECT member_id, point_kind,
                   sum(amount) FILTER (WHERE account = 'active') AS active,
                   sum(amount) FILTER (WHERE account = 'pending') AS pending,
                   sum(amount) FILTER (WHERE account = 'held') AS held,
                   -sum(amount) FILTER (WHERE account = 'debt') AS debt,
                   -sum(amount) FILTER (WHERE account IN ('issued', 'reversed')) AS earned,
                   sum(amount) FILTER (WHERE account = 'spent') AS spent,
                   sum(amount) FILTER (WHERE account = 'expired') AS expired
            FROM moved GROUP BY member_id, point_kind
        )
        SELECT coalesce(b.member_id, d.member_id)::text || ' ' || coalesce(b.point_kind, d.point_kind)
        FROM point_balance AS b FULL JOIN derived AS d USING (member_id, point_kind)
        WHERE (b.active, b.pending, b.held, b.debt, b.earned, b.spent, b.expired) IS DISTINCT FROM (
            coalesce(d.active, 0), coalesce(d.pending, 0), coalesce(d.held, 0), coalesce(d.debt, 0),
            coalesce(d.earned, 0), coalesce(d.spent, 0), coalesce(d.expired, 0))
        """,  # noqa: S608 a constant
    ),
    Invariant(
        number=3,
        title=Words(
            pl="saldo liczy swoje przelewy i zna ostatni, który spowodował członek",
            en="a balance counts its transfers and knows the last one that its member caused",
        ),
        sql="""
        SELECT b.member_id::text FROM point_balance AS b
        LEFT JOIN (
            SELECT member_id, point_kind, count(*) AS n,
                   max(happened_at) FILTER (WHERE reason IN ('earned', 'spent', 'held')) AS acted_at
            FROM point_transfer GROUP BY 1, 2
        ) AS t USING (member_id, point_kind)
        WHERE b.transfers <> coalesce(t.n, 0) OR b.acted_at IS DISTINCT FROM t.acted_at
        """,
    ),
    Invariant(
        number=4,
        title=Words(pl="żadne konto nie jest poniżej zera", en="no account is below zero"),
        sql="SELECT member_id::text FROM point_balance WHERE least(active, pending, held, debt) < 0",
    ),
    Invariant(
        number=5,
        title=Words(pl="jeden klucz to jeden przelew", en="one key is one transfer"),
        sql="SELECT key FROM point_transfer GROUP BY shop_id, key HAVING count(*) > 1",
    ),
    Invariant(
        number=6,
        title=Words(pl="partie sumują się do sald", en="lots sum to balances"),
        sql="""
        SELECT b.member_id::text FROM point_balance AS b
        LEFT JOIN (
            SELECT member_id, point_kind, coalesce(sum(remaining) FILTER (WHERE is_active), 0) AS active,
                   coalesce(sum(remaining) FILTER (WHERE NOT is_active), 0) AS pending
            FROM point_lot GROUP BY 1, 2
        ) AS l USING (member_id, point_kind)
        WHERE b.active <> coalesce(l.active, 0) OR b.pending <> coalesce(l.pending, 0)
        """,
    ),
    Invariant(
        number=7,
        title=Words(
            pl="partia nie jest użyta ponad swoją wielkość ani po swoim końcu",
            en="a lot is never used beyond its amount nor after its end",
        ),
        sql="""
        SELECT l.id::text FROM point_lot AS l
        LEFT JOIN (SELECT lot_id, sum(amount) AS used FROM point_lot_allocation GROUP BY 1) AS a ON a.lot_id = l.id
        WHERE l.amount - coalesce(a.used, 0) <> l.remaining OR l.remaining < 0
        UNION ALL
        SELECT a.lot_id::text FROM point_lot_allocation AS a
        JOIN point_transfer AS t ON t.id = a.transfer_id JOIN point_lot AS l ON l.id = a.lot_id
        WHERE a.amount > 0 AND t.credit IN ('spent', 'held') AND l.expires_at <= t.at
        """,
    ),
    Invariant(
        number=8,
        title=Words(
            pl="cofnięcie nie przekracza naliczenia, a reguły sumują się do niego",
            en="taking back never exceeds the earning, whose rules add up",
        ),
        sql="""
        SELECT e.id::text FROM loyalty_earning AS e
        LEFT JOIN LATERAL (
            SELECT sum(CASE WHEN t.debit = 'issued' THEN t.amount ELSE 0 END) AS issued,
                   sum(CASE 'reversed' WHEN t.credit THEN t.amount WHEN t.debit THEN -t.amount ELSE 0 END) AS reversed
            FROM point_transfer AS t WHERE t.member_id = e.member_id AND t.earning_id = e.id
        ) AS t ON true
        WHERE coalesce(t.reversed, 0) > coalesce(t.issued, 0) AND e.state <> 'moved'
          AND NOT EXISTS (SELECT FROM loyalty_member AS m WHERE m.merged_into_id = e.member_id)
        """,
    ),
    Invariant(
        number=9,
        title=Words(pl="nic nie czeka po terminie aktywacji", en="nothing is pending and already used up twice"),
        sql="""
        SELECT lot_id::text FROM point_transfer
        WHERE debit = 'pending' AND credit = 'active' GROUP BY lot_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        number=10,
        title=Words(pl="baza odmawia zmiany historii", en="the database refuses to change history"),
        sql="""
        SELECT wanted.name FROM unnest(ARRAY['point_transfer', 'point_lot_allocation', 'point_seal']) AS wanted (name)
        WHERE NOT EXISTS (
            SELECT FROM pg_trigger WHERE tgrelid = wanted.name::regclass AND tgname = wanted.name || '_is_append_only'
              AND tgenabled IN ('O', 'A')
        )
        """,
    ),
    Invariant(
        number=12,
        title=Words(
            pl="wydane = wykorzystane + wygasłe + cofnięte + pozostałe",
            en="issued = spent + expired + reversed + what is left",
        ),
        sql="""
        SELECT k.point_kind FROM (
            SELECT point_kind,
                   sum(CASE WHEN debit IN ('issued', 'corrected') THEN amount ELSE 0 END)
                 - sum(CASE WHEN credit IN ('reversed', 'corrected', 'spent', 'expired') THEN amount ELSE 0 END)
                 + sum(CASE WHEN debit IN ('reversed', 'spent', 'expired') THEN amount ELSE 0 END)
                 + sum(CASE 'transit' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END) AS left_over
            FROM point_transfer GROUP BY 1
        ) AS k
        LEFT JOIN (SELECT point_kind, sum(active + pending + held - debt) AS stands FROM point_balance GROUP BY 1) AS b
            USING (point_kind)
        WHERE k.left_over <> coalesce(b.stands, 0)
        """,
    ),
    Invariant(
        number=13,
        title=Words(pl="między członkami nic nie zostaje w drodze", en="nothing stays in transit between members"),
        sql="""
        SELECT entry_id::text FROM point_transfer WHERE 'transit' IN (debit, credit)
        GROUP BY entry_id HAVING sum(CASE WHEN credit = 'transit' THEN amount ELSE -amount END) <> 0
        """,
    ),
)


def verify() -> list[Finding]:
    """Check every invariant and the hash chain over the whole ledger."""
    return list(findings())


def findings(tell: Progress | None = None) -> Iterator[Finding]:
    """Check one invariant after the other, the hash chain last; *tell* hears how far the chain has come.

    The database does the work, within its memory for one statement; here only a few examples are kept.
    """
    yield from map(_check, INVARIANTS)
    yield _check_chain(tell)


def content_hash(after: int, last: int) -> bytes:
    """Return the hash of the contents of the transfers with ids above *after* up to *last*."""
    [(content,)] = fetch(
        f"""SELECT sha256(string_agg(sha256(ROW({_SEALED})::text::bytea), ''::bytea ORDER BY id))
            FROM point_transfer WHERE id > %s AND id <= %s""",  # noqa: S608 the columns are constant
        after,
        last,
    )
    return bytes(content or b"")


def link_hash(previous: bytes, content: bytes) -> bytes:
    """Return the hash of a seal: of its transfers' contents, chained to the *previous* seal."""
    return hashlib.sha256(previous + content).digest()


def _check(invariant: Invariant) -> Finding:
    broken, examples = 0, list[str]()
    for rows in fetch_in_batches(invariant.sql, size=BATCH_SIZE):
        broken += len(rows)
        examples += [str(row[0]) for row in rows[: EXAMPLES_MAX - len(examples)]]
    return Finding(number=invariant.number, title=invariant.title, broken=broken, examples=tuple(examples))


def _check_chain(tell: Progress | None) -> Finding:
    """Recompute every seal: a changed, removed or inserted transfer breaks its own and is named."""
    [(total,)] = fetch("SELECT coalesce(sum(transfers), 0)::bigint FROM point_seal")
    broken, previous, after, done = [], GENESIS, 0, 0
    for seal in models.Seal.objects.order_by("id").iterator():
        expected = link_hash(previous, content_hash(after, seal.last_transfer_id))
        if bytes(seal.previous_hash) != previous or bytes(seal.hash) != expected:
            broken.append(f"{seal.first_transfer_id}-{seal.last_transfer_id}")
        previous, after, done = bytes(seal.hash), seal.last_transfer_id, done + seal.transfers
        if tell is not None:
            tell(done, total)
    return Finding(
        number=14,
        title=Words(pl="łańcuch skrótów zgadza się z historią", en="the hash chain agrees with history"),
        broken=len(broken),
        examples=tuple(broken[:EXAMPLES_MAX]),
    )
