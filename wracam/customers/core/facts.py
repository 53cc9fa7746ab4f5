"""Facts about a person and their age: the newest word on each field wins, in whatever order the words arrive.

A profile's facts form a join-semilattice: `join` is commutative, associative and idempotent, so any order of
snapshots and merges, with any repeats, ends in the same profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from wracam.customers.contracts import PersonSnapshot
from wracam.kernel.text import clean_text

FieldValue = str | bool
TEXT_FIELDS = {
    "first_name": 100,
    "last_name": 100,
    "company": 200,
    "city": 100,
    "postcode": 20,
}
CONSENT_FIELDS = ("accepts_email", "accepts_sms")
CLOCK_AHEAD_MAX = timedelta(days=2)
"""How far a sender's clock may run ahead of ours before we take our own time instead."""
BORN_FROM = date(1900, 1, 1)
SEXES = {"f": "female", "female": "female", "k": "female", "m": "male", "male": "male"}


class Fact(Struct, frozen=True):
    """One word on a field: its value (dates as ISO text) and when the shop said it."""

    told_at: datetime
    value: FieldValue

    def rank(self) -> tuple[datetime, bool, str]:
        """The order of words on one field: newer wins; at the same moment a refusal wins, then the greater text."""
        return self.told_at, self.value is False, str(self.value)


Facts = Mapping[str, Fact]


def sane_moment(told_at: datetime, now: datetime) -> datetime:
    """Return the sender's moment, or *now* when the sender's clock is absurdly ahead."""
    return told_at if told_at <= now + CLOCK_AHEAD_MAX else now


def facts_of(person: PersonSnapshot, now: datetime) -> dict[str, Fact]:
    """Return what a snapshot says, cleaned; empty and impossible values count as not said."""
    told_at = sane_moment(person.modified_at, now)
    values = {name: _text(getattr(person, name), length) for name, length in TEXT_FIELDS.items()}
    values["language"] = _language(person.language)
    values["country"] = _country(person.country)
    values["sex"] = SEXES.get((person.sex or "").strip().lower())
    values["tax_number"] = normal_tax_number(person.tax_number)
    values["birthday_on"] = _birthday(person.birthday_on, now)
    said: dict[str, FieldValue] = {name: value for name, value in values.items() if value}
    said |= {name: getattr(person, name) for name in CONSENT_FIELDS if getattr(person, name) is not None}
    return {name: Fact(told_at, value) for name, value in said.items()}


def join(left: Facts, right: Facts) -> dict[str, Fact]:
    """Return the newest word on each field of both."""
    joined = dict(left)
    for name, fact in right.items():
        known = joined.get(name)
        if known is None or fact.rank() > known.rank():
            joined[name] = fact
    return joined


def join_of_two_people(left: Facts, right: Facts) -> dict[str, Fact]:
    """Join the facts of two profiles that turned out to be one person: a refusal of either outlives the merge."""
    joined = join(left, right)
    for name in CONSENT_FIELDS:
        words = [facts[name] for facts in (left, right) if name in facts]
        if any(word.value is False for word in words):
            joined[name] = Fact(max(word.told_at for word in words), False)
    return joined


def normal_tax_number(value: str | None) -> str | None:
    """Return a tax number without spaces and dashes, in upper case: `PL 123-456-78-19` becomes `PL1234567819`."""
    bare = "".join(character for character in (value or "").upper() if character.isascii() and character.isalnum())
    return bare[:20] or None


def _text(value: str | None, length_max: int) -> str | None:
    return clean_text(value, length_max=length_max) or None if value else None


def _language(value: str | None) -> str | None:
    code = (value or "").strip().replace("_", "-").lower()[:5]
    return code if code[:2].isascii() and code[:2].isalpha() and len(code) >= 2 else None


def _country(value: str | None) -> str | None:
    code = (value or "").strip().upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def _birthday(value: date | None, now: datetime) -> str | None:
    if value is None or not BORN_FROM <= value <= now.astimezone(UTC).date():
        return None
    return value.isoformat()
