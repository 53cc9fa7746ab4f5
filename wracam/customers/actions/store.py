"""Loading profiles for a decision and storing what was decided, in a fixed number of statements for any batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from wracam.customers.contracts import IdentityKind
from wracam.customers.core.facts import Fact, FieldValue
from wracam.customers.core.identification import Conflict, Holding, Mark, Merge, Profile, Statement
from wracam.customers.core.names import search_keys, sort_key
from wracam.foundation.bulk import Row, as_json, copy_rows, execute, fetch
from wracam.shops.contracts import Actor

FACT_COLUMNS = (
    "first_name", "last_name", "company", "tax_number", "city", "postcode", "country", "language", "sex",
    "birthday_on", "accepts_email", "accepts_sms",
)  # fmt: skip
DERIVED_COLUMNS = {
    "email": "text", "phone": "text", "is_guest": "boolean", "is_known": "boolean", "registered_at": "timestamptz",
    "created_at": "timestamptz", "updated_at": "timestamptz", "told_at": "jsonb", "sort_key": "text",
    "key_by_last": "text", "key_by_first": "text", "key_by_company": "text",
}  # fmt: skip
FACT_TYPES = {"birthday_on": "date", "accepts_email": "boolean", "accepts_sms": "boolean"}
_UNSAID = {name: None if name in FACT_TYPES else "" for name in FACT_COLUMNS}
WRITTEN = {**{name: FACT_TYPES.get(name, "text") for name in FACT_COLUMNS}, **DERIVED_COLUMNS}

_LOAD_PROFILES = f"""
    SELECT id, created_at, is_guest, registered_at, told_at, {", ".join(FACT_COLUMNS)}
    FROM customer WHERE id = ANY(%s) ORDER BY id FOR UPDATE
"""  # noqa: S608 the columns are constant
_LOAD_HOLDINGS = """
    SELECT customer_id, kind, value, source, first_seen_at, last_seen_at, verified_at
    FROM customer_identity WHERE customer_id = ANY(%s)
"""
_UPDATE_PROFILES = f"""
    UPDATE customer SET {", ".join(f"{name} = told.{name}" for name in WRITTEN)}
    FROM jsonb_to_recordset(%s::jsonb)
        AS told(id uuid, {", ".join(f"{name} {kind}" for name, kind in WRITTEN.items())})
    WHERE customer.id = told.id
"""  # noqa: S608 the columns are constant
_SAVE_HOLDINGS = """
    INSERT INTO customer_identity
        (shop_id, kind, value, customer_id, source, first_seen_at, last_seen_at, verified_at)
    SELECT %s, kind, value, customer_id, source, first_seen_at, last_seen_at, verified_at
    FROM jsonb_to_recordset(%s::jsonb) AS told(
        kind text, value text, customer_id uuid, source text,
        first_seen_at timestamptz, last_seen_at timestamptz, verified_at timestamptz)
    ON CONFLICT (shop_id, kind, value) DO UPDATE SET
        customer_id = excluded.customer_id, source = excluded.source, first_seen_at = excluded.first_seen_at,
        last_seen_at = excluded.last_seen_at, verified_at = excluded.verified_at
"""
_SAVE_CONFLICTS = """
    INSERT INTO customer_identity_conflict (shop_id, kind, value, holder_id, other_id, noted_at)
    SELECT %s, kind, value, holder_id, other_id, %s
    FROM jsonb_to_recordset(%s::jsonb) AS told(kind text, value text, holder_id uuid, other_id uuid)
    ON CONFLICT (shop_id, kind, value, other_id) DO NOTHING
"""
_SAVE_STATEMENTS = """
    INSERT INTO customer_consent (customer_id, channel, is_granted, told_at, source, recorded_at)
    SELECT customer_id, channel, is_granted, told_at, source, %s
    FROM jsonb_to_recordset(%s::jsonb) AS told(
        customer_id uuid, channel text, is_granted boolean, told_at timestamptz, source text)
    ON CONFLICT DO NOTHING
"""
_POINT_TO_SURVIVOR = """
    UPDATE customer SET merged_into_id = pair.survivor_id, updated_at = %s
    FROM unnest(%s::uuid[], %s::uuid[]) AS pair(absorbed_id, survivor_id)
    WHERE customer.id = pair.absorbed_id OR customer.merged_into_id = pair.absorbed_id
"""


def holders_of(shop_id: int, marks: Iterable[Mark]) -> list[UUID]:
    """Return the profiles that hold any of *marks*."""
    wanted = sorted(set(marks))
    if not wanted:
        return []
    rows = fetch(
        """SELECT DISTINCT customer_id FROM customer_identity
           JOIN unnest(%s::text[], %s::text[]) AS wanted(kind, value) USING (kind, value) WHERE shop_id = %s""",
        [kind.value for kind, _ in wanted],
        [value for _, value in wanted],
        shop_id,
    )
    return [row[0] for row in rows]


def load_profiles(customer_ids: Sequence[UUID]) -> list[Profile]:
    """Load and lock the profiles with these ids, in the order of ids."""
    if not customer_ids:
        return []
    profiles = {row[0]: _profile(row) for row in fetch(_LOAD_PROFILES, list(customer_ids))}
    for customer_id, kind, value, source, first_seen_at, last_seen_at, verified_at in fetch(
        _LOAD_HOLDINGS, list(profiles)
    ):
        mark = (IdentityKind(kind), value)
        profiles[customer_id].holdings[mark] = Holding(
            mark=mark,
            source=source,
            first_seen_at=first_seen_at,
            last_seen_at=last_seen_at,
            verified_at=verified_at,
        )
    return list(profiles.values())


def save_profiles(shop_id: int, profiles: Sequence[Profile], now: datetime) -> None:
    """Store new and changed profiles and their changed identities."""
    added = [_record(profile, now) for profile in profiles if profile.is_new]
    changed = [_record(profile, now) for profile in profiles if profile.is_changed and not profile.is_new]
    if added:
        columns = ("id", *WRITTEN)
        rows = ((shop_id, *(_copied(record, name) for name in columns)) for record in added)
        copy_rows("customer", ("shop_id", *columns), rows)
    if changed:
        execute(_UPDATE_PROFILES, as_json(changed))
    holdings = [_holding_record(profile, held) for profile in profiles for held in profile.holdings.values()]
    if news := [record for record in holdings if record is not None]:
        execute(_SAVE_HOLDINGS, shop_id, as_json(news))


def save_conflicts(shop_id: int, conflicts: Sequence[Conflict], now: datetime) -> None:
    """Note identities that two people claim, once each."""
    records = [
        {
            "kind": conflict.mark[0].value,
            "value": conflict.mark[1],
            "holder_id": conflict.holder_id,
            "other_id": conflict.other_id,
        }
        for conflict in conflicts
    ]
    if records:
        execute(_SAVE_CONFLICTS, shop_id, now, as_json(records))


def save_statements(statements: Sequence[Statement], now: datetime) -> None:
    """Append what was said on consent."""
    records = [
        {
            "customer_id": said.customer_id,
            "channel": said.channel,
            "is_granted": said.is_granted,
            "told_at": said.told_at,
            "source": said.source,
        }
        for said in statements
    ]
    if records:
        execute(_SAVE_STATEMENTS, now, as_json(records))


def save_merges(shop_id: int, merges: Sequence[Merge], *, actor: Actor, now: datetime) -> None:
    """Point absorbed profiles (and whatever they had absorbed) at their last survivor, and keep the reasons."""
    if not merges:
        return
    survivors = {merge.absorbed.id: merge.survivor_id for merge in merges}
    for absorbed_id, survivor_id in survivors.items():
        while survivor_id in survivors:
            survivor_id = survivors[survivor_id]
        survivors[absorbed_id] = survivor_id
    execute(_POINT_TO_SURVIVOR, now, list(survivors), list(survivors.values()))
    columns = (
        "shop_id", "survivor_id", "absorbed_id", "reason_kind", "reason_value", "actor", "moved", "merged_at",
    )  # fmt: skip
    signed = {"kind": actor.kind, "id": actor.id, "name": actor.name}
    copy_rows(
        "customer_merge",
        columns,
        (
            (
                shop_id,
                merge.survivor_id,
                merge.absorbed.id,
                merge.proof[0].value if merge.proof else "person",
                merge.proof[1] if merge.proof else "",
                as_json([signed])[1:-1],
                as_json([_moved(merge.absorbed)])[1:-1],
                now,
            )
            for merge in merges
        ),
    )


def _profile(row: Row) -> Profile:
    customer_id, created_at, is_guest, registered_at, packed, *values = row
    told_at: dict[str, str] = msgspec.json.decode(packed)
    return Profile(
        id=customer_id,
        created_at=created_at,
        is_guest=is_guest,
        registered_at=registered_at,
        facts={
            name: Fact(datetime.fromisoformat(told_at[name]), _fact_value(value))
            for name, value in zip(FACT_COLUMNS, values, strict=True)
            if name in told_at and value not in (None, "")
        },
    )


def _fact_value(value: Any) -> FieldValue:
    return value.isoformat() if isinstance(value, date) else value


def _record(profile: Profile, now: datetime) -> dict[str, Any]:
    """Return the profile's row: every written column, with defaults where nothing was said."""
    record: dict[str, Any] = _UNSAID | {name: fact.value for name, fact in profile.facts.items()}
    names = {name: str(record[name]) for name in ("first_name", "last_name", "company")}
    by_last, by_first, by_company = search_keys(**names)
    return record | {
        "id": profile.id,
        "email": _latest(profile, IdentityKind.EMAIL),
        "phone": _latest(profile, IdentityKind.PHONE),
        "is_guest": profile.is_guest,
        "is_known": profile.is_known(),
        "registered_at": profile.registered_at,
        "created_at": min(profile.created_at, now),
        "updated_at": now,
        "told_at": {name: fact.told_at.isoformat() for name, fact in profile.facts.items()},
        "sort_key": sort_key(**names),
        "key_by_last": by_last,
        "key_by_first": by_first,
        "key_by_company": by_company,
    }


def _latest(profile: Profile, kind: IdentityKind) -> str | None:
    """The address of *kind* seen last; of several seen at once, the first in the alphabet."""
    held = [holding for (held_kind, _), holding in profile.holdings.items() if held_kind is kind]
    best = min(held, key=lambda holding: (-holding.last_seen_at.timestamp(), holding.mark[1]), default=None)
    return best.mark[1] if best else None


def _copied(record: dict[str, Any], name: str) -> Any:
    return as_json([record[name]])[1:-1] if name == "told_at" else record[name]


def _holding_record(profile: Profile, held: Holding) -> dict[str, Any] | None:
    if not held.is_changed:
        return None
    return {
        "kind": held.mark[0].value,
        "value": held.mark[1],
        "customer_id": profile.id,
        "source": held.source,
        "first_seen_at": held.first_seen_at,
        "last_seen_at": held.last_seen_at,
        "verified_at": held.verified_at,
    }


def _moved(absorbed: Profile) -> dict[str, Any]:
    """What the absorbed profile held, for the explanation of the merge."""
    return {
        "identities": [{"kind": kind.value, "value": value} for kind, value in sorted(absorbed.holdings)],
        "facts": {name: fact.value for name, fact in sorted(absorbed.facts.items())},
        "created_at": absorbed.created_at,
        "registered_at": absorbed.registered_at,
    }
