"""People by their ids and identities."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from wracam.customers import models
from wracam.customers.contracts import Customer, Identity, IdentityKind
from wracam.customers.core import marks
from wracam.foundation.bulk import fetch
from wracam.foundation.questions import Asked, Question
from wracam.shops import queries as shops


def customer(customer_id: UUID) -> Customer | None:
    """Return a customer. An absorbed profile is returned as it was, with `merged_into` naming its survivor."""
    row = models.CustomerRow.objects.filter(id=customer_id).first()
    return customer_contract(row) if row else None


def customers(customer_ids: Sequence[UUID]) -> list[Customer]:
    """Return the customers with these ids that exist, in the same order."""
    rows = models.CustomerRow.objects.in_bulk(list(customer_ids))
    return [customer_contract(rows[customer_id]) for customer_id in customer_ids if customer_id in rows]


def canonical(customer_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Map each id to the profile that lives for it today; ids never merged (or unknown) map to themselves."""
    merged = fetch(
        "SELECT id, merged_into_id FROM customer WHERE id = ANY(%s) AND merged_into_id IS NOT NULL",
        list(customer_ids),
    )
    return {customer_id: customer_id for customer_id in customer_ids} | dict(merged)


LIVING = "SELECT id, coalesce(merged_into_id, id) FROM customer WHERE id = ANY(%s) AND shop_id = %s"
"""The statement of `living`, for the hot process, which prepares it on a connection of its own."""


def living(*, shop_id: int, customer_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Map the ids that are customers of this shop to the profiles that live for them; others are left out."""
    return dict(fetch(LIVING, list(customer_ids), shop_id))


_LIVING_ONE = Question(
    """SELECT coalesce(merged_into_id, id) FROM customer
       WHERE id = %(customer_id)s::uuid AND shop_id = %(customer_shop_id)s::int""",
    tuple[UUID],
)


def living_question(*, shop_id: int, customer_id: UUID) -> Asked:
    """Ask beside other things who lives for an id: one row, or none when it is no customer of this shop."""
    return _LIVING_ONE.with_values(customer_id=customer_id, customer_shop_id=shop_id)


def all_ids(customer_id: UUID) -> list[UUID]:
    """Return every id that this person ever had, the living one first."""
    living = canonical([customer_id])[customer_id]
    absorbed = fetch("SELECT id FROM customer WHERE merged_into_id = %s ORDER BY id", living)
    return [living, *(row[0] for row in absorbed)]


def all_ids_of(customer_ids: Sequence[UUID]) -> list[UUID]:
    """Return every id that these living people ever had."""
    rows = fetch(
        "SELECT id FROM customer WHERE id = ANY(%s) OR merged_into_id = ANY(%s) ORDER BY id",
        list(customer_ids),
        list(customer_ids),
    )
    return [row[0] for row in rows]


def find(*, shop_id: int, kind: IdentityKind, value: str, source: str = "") -> UUID | None:
    """Return the customer with this identity; *source* names the shop system of a SHOP_ACCOUNT."""
    return find_many(shop_id=shop_id, kind=kind, values=[value], source=source).get(value)


def find_many(*, shop_id: int, kind: IdentityKind, values: Sequence[str], source: str = "") -> dict[str, UUID]:
    """Return the customers with these identities, by the value as given."""
    shop = shops.shop(shop_id)
    region = marks.region(None, shop.currency if shop else "")
    normal: dict[tuple[str, str], list[str]] = {}
    for value in values:
        mark = marks.normal_identity(Identity(kind=kind, value=value), source=source, region=region)
        if mark is not None:
            normal.setdefault((mark.kind.value, mark.value), []).append(value)
    held = fetch(
        """SELECT kind, value, customer_id FROM customer_identity
           JOIN unnest(%s::text[], %s::text[]) AS wanted(kind, value) USING (kind, value) WHERE shop_id = %s""",
        [held_kind for held_kind, _ in normal],
        [value for _, value in normal],
        shop_id,
    )
    return {given: customer_id for held_kind, value, customer_id in held for given in normal[held_kind, value]}


def customer_contract(row: models.CustomerRow) -> Customer:
    """Return what other features see of a row."""
    return Customer(
        id=row.id,
        shop_id=row.shop_id,
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        phone=row.phone,
        language=row.language,
        company=row.company,
        city=row.city,
        country=row.country,
        birthday_on=row.birthday_on,
        is_guest=row.is_guest,
        created_at=row.created_at,
        registered_at=row.registered_at,
        postcode=row.postcode,
        sex=row.sex,
        tax_number=row.tax_number,
        accepts_email=row.accepts_email,
        accepts_sms=row.accepts_sms,
        merged_into=row.merged_into_id,
        is_erased=row.erased_at is not None,
    )


def normal_contact(*, shop_id: int, kind: IdentityKind, value: str) -> str | None:
    """Return an address or number in the form in which it is held, or None when nobody can be recognised by it."""
    shop = shops.shop(shop_id)
    region = marks.region(None, shop.currency if shop else "")
    mark = marks.normal_identity(Identity(kind=kind, value=value), source="", region=region)
    return mark.value if mark is not None and mark.kind is kind else None


def contacts_of(customer_ids: Sequence[UUID]) -> list[tuple[UUID, int, IdentityKind, str]]:
    """Return the addresses and numbers of these living customers: (customer, shop, kind, value as held)."""
    rows = fetch(
        """SELECT customer_id, shop_id, kind, value FROM customer_identity
           WHERE customer_id = ANY(%s::uuid[]) AND kind = ANY(%s) ORDER BY customer_id, kind, value""",
        list(customer_ids),
        [IdentityKind.EMAIL.value, IdentityKind.PHONE.value],
    )
    return [(customer_id, shop_id, IdentityKind(kind), value) for customer_id, shop_id, kind, value in rows]
