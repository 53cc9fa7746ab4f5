"""What conditions can ask about a person."""

from __future__ import annotations

from wracam.customers.contracts import IdentityKind
from wracam.kernel.language import CountedNoun, Words
from wracam.rules.ports import (
    Attribute,
    Choice,
    CustomerSource,
    Subject,
    ValueType,
    register_attribute,
    register_customer_source,
)

YEARS = CountedNoun(pl=("rok", "lata", "lat", "roku"), en=("year", "years"))
FIRMS = "SELECT FROM organisation_member WHERE organisation_member.customer_id = customer.id"

register_customer_source(
    CustomerSource(
        source="customer AS customer",
        filter="customer.merged_into_id IS NULL AND customer.erased_at IS NULL AND customer.is_known",
    )
)


def _text(name: str, pl: str, en: str, example: str) -> None:
    register_attribute(
        Attribute(
            name=f"customer.{name}",
            subject=Subject.CUSTOMER,
            type=ValueType.TEXT,
            title=Words(pl=pl, en=en),
            sql=f"nullif(customer.{name}, '')",
            example=example,
        )
    )


def _boolean(name: str, sql: str, pl: tuple[str, str, str], en: tuple[str, str, str]) -> None:
    register_attribute(
        Attribute(
            name=f"customer.{name}",
            subject=Subject.CUSTOMER,
            type=ValueType.BOOLEAN,
            title=Words(pl=pl[0], en=en[0]),
            yes=Words(pl=pl[1], en=en[1]),
            no=Words(pl=pl[2], en=en[2]),
            sql=sql,
            example=True,
        )
    )


def _moment(name: str, pl: str, en: str) -> None:
    register_attribute(
        Attribute(
            name=f"customer.{name}",
            subject=Subject.CUSTOMER,
            type=ValueType.MOMENT,
            title=Words(pl=pl, en=en),
            sql=f"customer.{name}",
            example="2026-01-01",
        )
    )


_text("first_name", "imię", "first name", "Ania")
_text("last_name", "nazwisko", "last name", "Nowak")
_text("city", "miasto", "city", "Kraków")
_text("postcode", "kod pocztowy", "postcode", "30-001")
_text("country", "kraj", "country", "PL")
_text("language", "język", "language", "pl")
_text("company", "firma", "company", "Zielnik sp. z o.o.")
_moment("created_at", "pierwszy kontakt", "first contact")
_moment("registered_at", "data założenia konta", "registration date")
_boolean(
    "is_guest",
    "customer.is_guest",
    ("gość bez konta", "jest gościem", "ma konto"),
    ("guest without an account", "is a guest", "has an account"),
)
_boolean(
    "is_company",
    f"(customer.company <> '' OR customer.tax_number <> '' OR EXISTS ({FIRMS}))",
    ("kupuje jako firma", "kupuje jako firma", "nie kupuje jako firma"),
    ("buys for a company", "buys for a company", "does not buy for a company"),
)
_boolean(
    "accepts_email",
    "customer.accepts_email",
    ("zgoda na e-maile", "zgadza się na e-maile", "nie zgadza się na e-maile"),
    ("consent to e-mail", "accepts e-mail", "does not accept e-mail"),
)
_boolean(
    "accepts_sms",
    "customer.accepts_sms",
    ("zgoda na SMS-y", "zgadza się na SMS-y", "nie zgadza się na SMS-y"),
    ("consent to SMS", "accepts SMS", "does not accept SMS"),
)
_boolean(
    "has_email",
    "(customer.email IS NOT NULL)",
    ("znany adres e-mail", "ma adres e-mail", "nie ma adresu e-mail"),
    ("known e-mail address", "has an e-mail address", "has no e-mail address"),
)
_boolean(
    "has_phone",
    "(customer.phone IS NOT NULL)",
    ("znany telefon", "ma telefon", "nie ma telefonu"),
    ("known phone", "has a phone", "has no phone"),
)
_boolean(
    "has_loyalty_card",
    f"""EXISTS (SELECT FROM customer_identity AS held
                WHERE held.customer_id = customer.id AND held.kind = '{IdentityKind.LOYALTY_CARD.value}')""",
    ("karta klubowa", "ma kartę klubową", "nie ma karty klubowej"),
    ("loyalty card", "has a loyalty card", "has no loyalty card"),
)

register_attribute(
    Attribute(
        name="customer.birthday_on",
        subject=Subject.CUSTOMER,
        type=ValueType.DATE,
        title=Words(pl="data urodzenia", en="date of birth"),
        sql="customer.birthday_on",
        example="1990-05-04",
    )
)
register_attribute(
    Attribute(
        name="customer.age",
        subject=Subject.CUSTOMER,
        type=ValueType.NUMBER,
        title=Words(pl="wiek", en="age"),
        noun=YEARS,
        sql="extract(year FROM age(clock.today, customer.birthday_on))",
        example=18,
    )
)
register_attribute(
    Attribute(
        name="customer.sex",
        subject=Subject.CUSTOMER,
        type=ValueType.CHOICE,
        title=Words(pl="płeć", en="sex"),
        sql="nullif(customer.sex, '')",
        choices=(
            Choice(value="female", title=Words(pl="kobieta", en="female")),
            Choice(value="male", title=Words(pl="mężczyzna", en="male")),
        ),
        example="female",
    )
)
