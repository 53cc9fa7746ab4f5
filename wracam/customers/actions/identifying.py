"""Recognising people: snapshots in, customer ids out; profiles are created, filled and merged on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from uuid import UUID

from wracam.customers.actions import store
from wracam.customers.contracts import (
    CustomerCreated,
    CustomerMerged,
    CustomerRegistered,
    IdentityKind,
    PersonSnapshot,
)
from wracam.customers.core import facts, marks
from wracam.customers.core.identification import Merge, Outcome, People, Profile, Told
from wracam.events import actions as events
from wracam.events.contracts import Event
from wracam.foundation import transactions
from wracam.foundation.bulk import execute
from wracam.foundation.locks import lock_many
from wracam.kernel.ids import new_id
from wracam.shops import queries as shops
from wracam.shops.contracts import SYSTEM, Actor

LOCK_SPACE = "customers.identity"


def identify(*, shop_id: int, person: PersonSnapshot, source: str, now: datetime, actor: Actor = SYSTEM) -> UUID | None:
    """Recognise one person; see `identify_many`."""
    return identify_many(shop_id=shop_id, people=[person], source=source, now=now, actor=actor)[0]


def identify_many(
    *, shop_id: int, people: Sequence[PersonSnapshot], source: str, now: datetime, actor: Actor = SYSTEM
) -> list[UUID | None]:
    """Recognise *people* and take over what their snapshots say; return their customer ids in the same order.

    None stands for somebody without any usable identity. Ids are those of living profiles after all merges of the
    batch. *source* names the shop system that numbers the accounts (`"woocommerce"`).
    """
    told = prepare(shop_id, people, source, now)
    wanted = [(mark.kind, mark.value) for one in told for mark in one.identities]
    if not wanted:
        return [None] * len(people)
    with transactions.action():
        lock_many(LOCK_SPACE, ((shop_id, *mark) for mark in wanted))
        profiles = store.load_profiles(store.holders_of(shop_id, wanted))
        were_known = {profile.id for profile in profiles if profile.is_known()}
        group = People(profiles, _new_ids(now))
        outcome = group.identify_all(told)
        _store(shop_id, group, outcome, were_known=were_known, actor=actor, now=now)
        return outcome.customer_ids


def verify_identity(*, shop_id: int, kind: IdentityKind, value: str, now: datetime) -> bool:
    """Note that a person proved this (normal) identity is theirs, for instance by a code sent to it."""
    with transactions.action():
        return bool(
            execute(
                """UPDATE customer_identity SET verified_at = coalesce(verified_at, %s)
                   WHERE shop_id = %s AND kind = %s AND value = %s""",
                now,
                shop_id,
                kind.value,
                value,
            )
        )


def prepare(shop_id: int, people: Sequence[PersonSnapshot], source: str, now: datetime) -> list[Told]:
    """Normalise identities and clean facts."""
    shop = shops.shop(shop_id)
    currency = shop.currency if shop else ""
    return [
        Told(
            identities=marks.normal_identities(
                person.identities, source=source, region=marks.region(person.country, currency)
            ),
            told_at=facts.sane_moment(person.modified_at, now),
            facts=facts.facts_of(person, now),
            is_guest=person.is_guest,
            registered_at=min(person.registered_at, now) if person.registered_at else None,
            source=source,
        )
        for person in people
    ]


def _new_ids(now: datetime) -> Iterator[UUID]:
    while True:
        yield new_id(now)


def _store(
    shop_id: int, group: People, outcome: Outcome, *, were_known: set[UUID], actor: Actor, now: datetime
) -> None:
    """Write the outcome. A profile that was born and absorbed in this batch was never seen: it leaves no trace."""
    survivors = {merge.absorbed.id: merge.survivor_id for merge in outcome.merges}
    merges = [merge for merge in outcome.merges if not merge.absorbed.is_new]
    living = [profile for profile in group.profiles.values() if profile.id not in survivors]

    def canonical(customer_id: UUID) -> UUID:
        while customer_id in survivors:
            customer_id = survivors[customer_id]
        return customer_id

    for said in outcome.statements:
        said.customer_id = canonical(said.customer_id)
    for conflict in outcome.conflicts.values():
        conflict.holder_id, conflict.other_id = canonical(conflict.holder_id), canonical(conflict.other_id)
    for merge in merges:
        merge.survivor_id = canonical(merge.survivor_id)
    store.save_profiles(shop_id, living, now)
    store.save_merges(shop_id, merges, actor=actor, now=now)
    store.save_statements(outcome.statements, now)
    store.save_conflicts(shop_id, [c for c in outcome.conflicts.values() if c.holder_id != c.other_id], now)
    registered = {canonical(customer_id): word for customer_id, word in outcome.registered.items()}
    happened = chain(
        _created(shop_id, living, were_known, now),
        merged(shop_id, merges, now),
        _registered(shop_id, registered, now),
    )
    if news := list(happened):
        events.record(news, now=now)


def _created(shop_id: int, living: list[Profile], were_known: set[UUID], now: datetime) -> Iterator[Event]:
    for profile in living:
        if profile.is_known() and profile.id not in were_known and (profile.is_new or profile.is_changed):
            yield CustomerCreated(
                shop_id=shop_id,
                customer_id=profile.id,
                occurred_at=min(profile.created_at, now),
                source=profile.source or next(iter(profile.holdings.values())).source,
            )


def merged(shop_id: int, merges: Sequence[Merge], now: datetime) -> Iterator[Event]:
    """Announce *merges*, in order."""
    for merge in merges:
        yield CustomerMerged(
            shop_id=shop_id,
            customer_id=merge.survivor_id,
            occurred_at=now,
            absorbed_id=merge.absorbed.id,
            reason=merge.proof[0].value if merge.proof else "person",
        )


def _registered(shop_id: int, registered: dict[UUID, tuple[datetime, str]], now: datetime) -> Iterator[Event]:
    for customer_id, (moment, source) in registered.items():
        yield CustomerRegistered(shop_id=shop_id, customer_id=customer_id, occurred_at=min(moment, now), source=source)
