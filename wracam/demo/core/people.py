"""Who buys at zielnik: names with right endings, towns with postcodes, firms with valid tax numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from wracam.demo.core import words
from wracam.demo.core.chance import Choice, happens
from wracam.kernel.text import search_key

SHARE_FEMALE = 0.64
SHARE_FIRMS = 0.035
SHARE_WITH_BIRTHDAY = 0.4
SHARE_ACCEPTS_EMAIL = 0.46
NIP_WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)
_FEMALE, _MALE = Choice(words.FIRST_NAMES_FEMALE), Choice(words.FIRST_NAMES_MALE)
_SURNAME = Choice([((male, female), weight) for male, female, weight in words.SURNAMES])
_CITY = Choice([((city, prefix), weight) for city, prefix, weight in words.CITIES])
_DOMAIN = Choice(words.MAIL_DOMAINS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One customer of the demo. `number` makes e-mail and account unique; `key` names the four known people."""

    number: int
    key: str
    first_name: str
    last_name: str
    is_female: bool
    email: str
    city: str
    postcode: str
    birthday_on: date | None
    company: str | None
    tax_number: str | None
    accepts_email: bool

    @property
    def account(self) -> str:
        """The id of the account in the demo shop's own system."""
        return f"k-{self.number}"


KNOWN_PEOPLE = {
    "ania": ("Ania", "Zielińska", "ania@example.com", "Kraków", "30-102"),
    "bartek": ("Bartek", "Nowicki", "bartek@example.com", "Gdańsk", "80-244"),
    "celina": ("Celina", "Wróbel", "celina@example.com", "Poznań", "60-811"),
    "daria": ("Daria", "Różańska", "daria@example.com", "Warszawa", "02-554"),
}


def known_person(key: str) -> Person:
    """Return one of the four people that people of this project speak about."""
    first_name, last_name, email, city, postcode = KNOWN_PEOPLE[key]
    return Person(
        number=list(KNOWN_PEOPLE).index(key) + 1,
        key=key,
        first_name=first_name,
        last_name=last_name,
        is_female=key != "bartek",
        email=email,
        city=city,
        postcode=postcode,
        birthday_on=date(1988, 3 + len(key), 14),
        company=None,
        tax_number=None,
        accepts_email=True,
    )


def person(random: Random, number: int) -> Person:
    """Return the customer of this number."""
    is_female = happens(random, SHARE_FEMALE)
    first_name = (_FEMALE if is_female else _MALE).draw(random)
    last_name = _SURNAME.draw(random)[is_female]
    city, prefix = _CITY.draw(random)
    is_firm = happens(random, SHARE_FIRMS)
    return Person(
        number=number,
        key="",
        first_name=first_name,
        last_name=last_name,
        is_female=is_female,
        email=_email(random, first_name, last_name, number),
        city=city,
        postcode=f"{prefix}{random.randrange(1000):03d}",
        birthday_on=_birthday(random) if happens(random, SHARE_WITH_BIRTHDAY) else None,
        company=_company(random, last_name, city) if is_firm else None,
        tax_number=tax_number(random) if is_firm else None,
        accepts_email=happens(random, SHARE_ACCEPTS_EMAIL),
    )


def _email(random: Random, first_name: str, last_name: str, number: int) -> str:
    first, last = search_key(first_name), search_key(last_name)
    form = random.choice(("{first}.{last}{n}", "{first}{last}{n}", "{last}.{first}{n}", "{initial}{last}{n}"))
    local = form.format(first=first, last=last, initial=first[0], n=number)
    return f"{local}@{_DOMAIN.draw(random)}"


def _birthday(random: Random) -> date:
    """Return a birthday of somebody between 20 and 80, most often in the forties."""
    age_days = int(365.25 * random.triangular(20, 80, 42))
    return date(2026, 1, 1) - timedelta(days=age_days)


def _company(random: Random, last_name: str, city: str) -> str:
    return random.choice(words.FIRM_KINDS).format(surname=last_name, city=city) + random.choice(words.FIRM_FORMS)


def tax_number(random: Random) -> str:
    """Return a NIP whose check digit is right: the weighted sum modulo 11, never 10."""
    while True:
        digits = [random.randrange(1, 10), *(random.randrange(10) for _ in range(8))]
        check = sum(weight * digit for weight, digit in zip(NIP_WEIGHTS, digits, strict=True)) % 11
        if check < 10:
            return "".join(map(str, [*digits, check]))
