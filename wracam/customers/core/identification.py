"""Who is who: which profile a snapshot belongs to, which profiles are one person, and which must stay apart.

The rules, strongest first:

1. A snapshot belongs to the profile that holds its strongest identity (account, e-mail, phone, card, …).
2. Two profiles met by one snapshot are one person and merge, unless each has an account of its own in the same
   shop system: two accounts are two people, whatever e-mail or phone they share. That is noted, not merged.
3. An identity that two such people claim stays with the one who had it first.
4. A browser's anonymous id never merges two known people: a shared browser passes to the person seen in it last;
   an unknown visitor who turns out to be somebody becomes that somebody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from wracam.customers.contracts import Identity, IdentityKind
from wracam.customers.core import facts as facts_
from wracam.customers.core.facts import Fact
from wracam.customers.core.marks import STRENGTH, account_source

Mark = tuple[IdentityKind, str]


@dataclass(slots=True, kw_only=True)
class Holding:
    """One identity as a profile holds it; `first_seen_at` is also the age of the claim on it."""

    mark: Mark
    source: str
    first_seen_at: datetime
    last_seen_at: datetime
    verified_at: datetime | None = None
    is_changed: bool = False


@dataclass(slots=True, kw_only=True)
class Profile:
    """Everything that decides about one person, while a batch is worked through."""

    id: UUID
    created_at: datetime
    facts: dict[str, Fact] = field(default_factory=dict)
    is_guest: bool = True
    registered_at: datetime | None = None
    holdings: dict[Mark, Holding] = field(default_factory=dict)
    is_new: bool = False
    is_changed: bool = False
    source: str = ""

    def accounts(self) -> dict[str, str]:
        """The profile's account in each shop system (the smallest, should there be several)."""
        values = sorted(value for kind, value in self.holdings if kind is IdentityKind.SHOP_ACCOUNT)
        return {account_source(value): value for value in reversed(values)}

    def is_known(self) -> bool:
        """Whether more than a browser is known of the person."""
        return any(kind is not IdentityKind.ANONYMOUS for kind, _ in self.holdings)


class Told(Struct, frozen=True, kw_only=True):
    """One snapshot, prepared: normal identities, cleaned facts, and when they were said."""

    identities: tuple[Identity, ...]
    told_at: datetime
    facts: Mapping[str, Fact]
    is_guest: bool | None
    registered_at: datetime | None
    source: str


@dataclass(slots=True, kw_only=True)
class Merge:
    """Two profiles became one; `absorbed` is as it was, `proof` the identity that both turned out to have."""

    survivor_id: UUID
    absorbed: Profile
    proof: Mark | None


@dataclass(slots=True, kw_only=True)
class Conflict:
    """Two people claim one identity; `holder_id` keeps it."""

    mark: Mark
    holder_id: UUID
    other_id: UUID


@dataclass(slots=True, kw_only=True)
class Statement:
    """A word on consent: what was said, by which snapshot, to which profile."""

    customer_id: UUID
    channel: str
    is_granted: bool
    told_at: datetime
    source: str


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What identification decided; profiles and holdings carry their own change marks."""

    customer_ids: list[UUID | None] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    conflicts: dict[tuple[Mark, UUID], Conflict] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    registered: dict[UUID, tuple[datetime, str]] = field(default_factory=dict)


class People:
    """The profiles that a batch of snapshots touches, and who holds which identity."""

    def __init__(self, profiles: Sequence[Profile], new_ids: Iterator[UUID]) -> None:
        self.profiles = {profile.id: profile for profile in profiles}
        self.holder: dict[Mark, Profile] = {mark: profile for profile in profiles for mark in profile.holdings}
        self.outcome = Outcome()
        self._new_ids = new_ids
        self._moved: dict[UUID, UUID] = {}

    def identify_all(self, told: Sequence[Told]) -> Outcome:
        """Work through *told* in order and return everything that was decided."""
        met = [self._identify(one) for one in told]
        self.outcome.customer_ids = [self._canonical(customer_id) for customer_id in met]
        return self.outcome

    def merge(self, left: Profile, right: Profile, proof: Mark | None) -> Profile:
        """Make one profile of two and return it: the one with an account, else the known, else the older one."""
        survivor, absorbed = sorted((left, right), key=_seniority)
        self.outcome.merges.append(Merge(survivor_id=survivor.id, absorbed=_copy(absorbed), proof=proof))
        survivor.facts = facts_.join_of_two_people(survivor.facts, absorbed.facts)
        survivor.is_guest = survivor.is_guest and absorbed.is_guest
        survivor.registered_at = _earliest(survivor.registered_at, absorbed.registered_at)
        survivor.created_at = min(survivor.created_at, absorbed.created_at)
        survivor.holdings |= absorbed.holdings
        survivor.is_changed = True
        for mark, held in absorbed.holdings.items():
            held.is_changed = True
            self.holder[mark] = survivor
        absorbed.holdings = {}
        self._moved[absorbed.id] = survivor.id
        return survivor

    def _identify(self, one: Told) -> UUID | None:
        if not one.identities:
            return None
        strong = [_mark(identity) for identity in one.identities if identity.kind is not IdentityKind.ANONYMOUS]
        browsers = [_mark(identity) for identity in one.identities if identity.kind is IdentityKind.ANONYMOUS]
        profile = self._profile_of(strong, browsers, one)
        for mark in strong:
            self._hold(profile, mark, one)
        for mark in browsers:
            profile = self._hold_browser(profile, mark, one)
        self._learn(profile, one)
        return profile.id

    def _profile_of(self, strong: list[Mark], browsers: list[Mark], one: Told) -> Profile:
        """Find the profile of the strongest identities, merging what turns out to be one person; else a new one."""
        own_accounts = {account_source(value): value for kind, value in strong if kind is IdentityKind.SHOP_ACCOUNT}
        profile: Profile | None = None
        for mark in strong or browsers:
            holder = self.holder.get(mark)
            if holder is None or holder is profile or _are_two_people(own_accounts, holder.accounts()):
                continue
            if profile is None:
                profile = holder
            elif not _are_two_people(profile.accounts(), holder.accounts()):
                profile = self.merge(profile, holder, mark)
        return profile or self._new_profile(one)

    def _new_profile(self, one: Told) -> Profile:
        profile = Profile(id=next(self._new_ids), created_at=one.told_at, is_new=True, source=one.source)
        self.profiles[profile.id] = profile
        return profile

    def _hold(self, profile: Profile, mark: Mark, one: Told) -> None:
        """Attach *mark* to *profile*, or settle with the other person who claims it."""
        holder = self.holder.get(mark)
        if holder is None:
            self._attach(profile, mark, one)
        elif holder is profile:
            _see(profile.holdings[mark], one)
        else:
            self._settle(profile, holder, mark, one)

    def _settle(self, profile: Profile, holder: Profile, mark: Mark, one: Told) -> None:
        held = holder.holdings[mark]
        if one.told_at < held.first_seen_at and held.verified_at is None:
            del holder.holdings[mark]
            holder.is_changed = True
            self._attach(profile, mark, one)
            profile, holder = holder, profile
        conflict = Conflict(mark=mark, holder_id=holder.id, other_id=profile.id)
        self.outcome.conflicts[mark, profile.id] = conflict

    def _hold_browser(self, profile: Profile, mark: Mark, one: Told) -> Profile:
        holder = self.holder.get(mark)
        if holder is None or holder is profile:
            self._hold(profile, mark, one)
        elif not holder.is_known():
            profile = self.merge(profile, holder, mark)
            _see(profile.holdings[mark], one)
        elif one.told_at > holder.holdings[mark].last_seen_at:
            del holder.holdings[mark]
            self._attach(profile, mark, one)
        return profile

    def _attach(self, profile: Profile, mark: Mark, one: Told) -> None:
        profile.holdings[mark] = Holding(
            mark=mark, source=one.source, first_seen_at=one.told_at, last_seen_at=one.told_at, is_changed=True
        )
        profile.is_changed = True
        self.holder[mark] = profile

    def _learn(self, profile: Profile, one: Told) -> None:
        """Take over what the snapshot says, where it is news."""
        self._note_consents(profile, one)
        joined = facts_.join(profile.facts, one.facts)
        is_guest = profile.is_guest and not profile.accounts() and not _says_account(one)
        if profile.is_guest and not is_guest:
            self.outcome.registered[profile.id] = (one.registered_at or one.told_at, one.source)
        registered_at = _earliest(profile.registered_at, one.registered_at)
        created_at = min(profile.created_at, one.told_at, one.registered_at or one.told_at)
        news = (joined, is_guest, registered_at, created_at)
        if news != (profile.facts, profile.is_guest, profile.registered_at, profile.created_at):
            profile.facts, profile.is_guest, profile.registered_at, profile.created_at = news
            profile.is_changed = True

    def _note_consents(self, profile: Profile, one: Told) -> None:
        for name in facts_.CONSENT_FIELDS:
            said, known = one.facts.get(name), profile.facts.get(name)
            if said is not None and (known is None or known.value is not said.value):
                self.outcome.statements.append(
                    Statement(
                        customer_id=profile.id,
                        channel=name.removeprefix("accepts_"),
                        is_granted=said.value is True,
                        told_at=said.told_at,
                        source=one.source,
                    )
                )

    def _canonical(self, customer_id: UUID | None) -> UUID | None:
        while customer_id in self._moved:
            customer_id = self._moved[customer_id]
        return customer_id


def _mark(identity: Identity) -> Mark:
    return identity.kind, identity.value


def _are_two_people(left: Mapping[str, str], right: Mapping[str, str]) -> bool:
    return any(left[system] != right[system] for system in left.keys() & right.keys())


def _seniority(profile: Profile) -> tuple[bool, bool, datetime, UUID]:
    return not profile.accounts(), not profile.is_known(), profile.created_at, profile.id


def strongest(marks: Sequence[Mark]) -> Mark | None:
    """Return the strongest of *marks*, or None."""
    return min(marks, key=lambda mark: (STRENGTH[mark[0]], mark[1]), default=None)


def _says_account(one: Told) -> bool:
    """Say whether a shop tells of an account, whether or not it numbers it; its own word on guests comes first."""
    return not one.is_guest if one.is_guest is not None else one.registered_at is not None


def _see(holding: Holding, one: Told) -> None:
    first, last = min(holding.first_seen_at, one.told_at), max(holding.last_seen_at, one.told_at)
    if (first, last) != (holding.first_seen_at, holding.last_seen_at):
        holding.first_seen_at, holding.last_seen_at = first, last
        holding.is_changed = True


def _earliest(left: datetime | None, right: datetime | None) -> datetime | None:
    known = [moment for moment in (left, right) if moment is not None]
    return min(known, default=None)


def _copy(profile: Profile) -> Profile:
    return Profile(
        id=profile.id,
        created_at=profile.created_at,
        facts=dict(profile.facts),
        is_guest=profile.is_guest,
        registered_at=profile.registered_at,
        holdings=dict(profile.holdings),
        is_new=profile.is_new,
        source=profile.source,
    )
