"""The API of people: upsert, find, merge, timeline, export, erase."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from wracam.customers import actions, queries
from wracam.customers.contracts import Customer, Identity, IdentityKind, PersonSnapshot, Refused
from wracam.customers.queries import CustomerFilter
from wracam.faces.api import problems
from wracam.faces.api.endpoints import ApiRequest, Router
from wracam.faces.api.paging import Page, Paging, write_cursor
from wracam.faces.api.problems import Problem, invalid, not_found
from wracam.faces.api.values import Answer, Body, Identifier, Moment, Name
from wracam.foundation import clock
from wracam.kernel.language import LANGUAGES
from wracam.shops.contracts import Actor
from wracam.shops.ports import register_scope

router = Router(tags=["Customers"])
register_scope("customers:read", pl="czytanie klientów", en="read customers")
register_scope("customers:write", pl="zapis, łączenie i usuwanie klientów", en="write, merge and erase customers")
BATCH_SIZE_MAX = 500
SOURCE = "api"
SourceName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9_]{1,40}$",
        description="The system that numbers your accounts and orders; keep the default unless you have several.",
    ),
]


class PersonBody(Body):
    """A person as your shop knows them. At least one of `account_id`, `email`, `phone`, `loyalty_card`."""

    account_id: Identifier | None = None
    email: Name | None = None
    phone: Name | None = None
    loyalty_card: Identifier | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    language: Annotated[str, Meta(max_length=10)] | None = None
    birthday: date | None = None
    sex: Annotated[str, Meta(pattern="^(female|male)$")] | None = None
    company: Name | None = None
    tax_number: Annotated[str, Meta(max_length=40)] | None = None
    city: Name | None = None
    postcode: Annotated[str, Meta(max_length=20)] | None = None
    country: Annotated[str, Meta(pattern="^[A-Za-z]{2}$", description="ISO 3166, two letters.")] | None = None
    is_guest: bool | None = None
    registered_at: Moment | None = None
    accepts_email: bool | None = None
    accepts_sms: bool | None = None
    modified_at: Moment | None = None


class CustomerBody(PersonBody):
    """One person to create or bring up to date."""

    source: SourceName = SOURCE


class CustomersBody(Body):
    """Up to 500 people."""

    customers: Annotated[list[CustomerBody], Meta(min_length=1, max_length=BATCH_SIZE_MAX)]


class MergeBody(Body):
    """The other profile of the same person."""

    other_id: UUID


class TakenCustomer(Answer):
    """The customer that a person turned out to be; null with an error for somebody without a usable identity."""

    id: UUID | None
    error: str | None = None


class TakenCustomers(Answer):
    """One answer per person, in the order sent."""

    results: list[TakenCustomer]


class CustomerAnswer(Answer):
    """A customer as we know them."""

    id: UUID
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    language: str
    company: str
    tax_number: str
    city: str
    postcode: str
    country: str
    birthday: date | None
    sex: str
    is_guest: bool
    accepts_email: bool | None
    accepts_sms: bool | None
    created_at: datetime
    registered_at: datetime | None
    merged_into: UUID | None
    is_erased: bool


class IdentityAnswer(Answer):
    """A mark by which the person is recognised."""

    kind: str
    value: str
    source: str
    first_seen_at: datetime
    last_seen_at: datetime
    verified_at: datetime | None


class TimelineItem(Answer):
    """One thing that happened, as a sentence in your shop's language."""

    at: datetime
    sentence: str
    event_id: UUID | None


@router.endpoint("POST", "/customers", scope="customers:write")
def post_customer(request: ApiRequest, body: CustomerBody) -> TakenCustomer:
    """Create a customer or bring one up to date.

    The person is recognised by account, e-mail, phone or card; profiles that turn out to be one person merge. Fields
    left out stay as they are, and fields of an older `modified_at` never overwrite newer ones.
    """
    now = clock.now()
    customer_id = actions.identify(
        shop_id=request.auth.shop_id, person=person_of(body, now), source=body.source, now=now, actor=_actor(request)
    )
    if customer_id is None:
        raise invalid("body", "no_identity", "Send a usable account_id, email, phone or loyalty_card.")
    return TakenCustomer(id=customer_id)


@router.endpoint("POST", "/customers/batch", scope="customers:write")
def post_customers(request: ApiRequest, body: CustomersBody) -> TakenCustomers:
    """Create or bring up to date up to 500 customers at once."""
    now = clock.now()
    ids: list[UUID | None] = [None] * len(body.customers)
    for source in sorted({one.source for one in body.customers}):
        indexes = [index for index, one in enumerate(body.customers) if one.source == source]
        people = [person_of(body.customers[index], now) for index in indexes]
        taken = actions.identify_many(
            shop_id=request.auth.shop_id, people=people, source=source, now=now, actor=_actor(request)
        )
        for index, customer_id in zip(indexes, taken, strict=True):
            ids[index] = customer_id
    return TakenCustomers(
        results=[TakenCustomer(id=one, error=None if one else "no_identity") for one in _canonical(ids)]
    )


@router.endpoint("GET", "/customers", scope="customers:read")
def list_customers(
    request: ApiRequest, paging: Paging, q: str = "", country: str = "", city: str = ""
) -> Page[CustomerAnswer]:
    """List customers, newest first; `q` finds names, e-mails, phones and account numbers from their beginning."""
    found = queries.search(
        shop_id=request.auth.shop_id,
        wanted=CustomerFilter(text=q[:200], country=country[:2], city=city[:100]),
        cursor=str(paging.position[0]) if paging.position else None,
        limit=paging.limit,
    )
    more = write_cursor(paging.scope, (found.next_cursor,)) if found.next_cursor else None
    return Page(items=[customer_answer(one) for one in found.customers], next_cursor=more)


@router.endpoint("GET", "/customers/lookup", scope="customers:read")
def look_up_customer(request: ApiRequest, kind: IdentityKind, value: str, source: str = SOURCE) -> CustomerAnswer:
    """Find the customer with an identity: their account, e-mail, phone, card or browser."""
    found = queries.find(shop_id=request.auth.shop_id, kind=kind, value=value[:500], source=source[:40])
    customer = queries.customer(found) if found else None
    if customer is None:
        raise not_found("customer with this identity")
    return customer_answer(customer)


@router.endpoint("GET", "/customers/{uuid:customer_id}", scope="customers:read")
def get_customer(request: ApiRequest, customer_id: UUID) -> CustomerAnswer:
    """Show a customer. A merged profile names its survivor in `merged_into`."""
    return customer_answer(_own(request, customer_id))


@router.endpoint("GET", "/customers/{uuid:customer_id}/identities", scope="customers:read")
def list_identities(request: ApiRequest, customer_id: UUID) -> list[IdentityAnswer]:
    """List the identities of a customer, strongest first."""
    return [
        IdentityAnswer(
            kind=one.kind.value,
            value=one.value,
            source=one.source,
            first_seen_at=one.first_seen_at,
            last_seen_at=one.last_seen_at,
            verified_at=one.verified_at,
        )
        for one in queries.identities(_own(request, customer_id).id)
    ]


@router.endpoint("GET", "/customers/{uuid:customer_id}/timeline", scope="customers:read")
def list_timeline(request: ApiRequest, paging: Paging, customer_id: UUID, language: str = "en") -> Page[TimelineItem]:
    """List everything that happened to a customer, newest first, in `pl` or `en`."""
    if language not in LANGUAGES:
        raise invalid("query.language", "not_a_choice", "The language is `pl` or `en`.")
    before = (datetime.fromisoformat(paging.position[0]), str(paging.position[1])) if paging.position else None
    entries, more = queries.timeline(_own(request, customer_id).id, before=before, limit=paging.limit)
    return Page(
        items=[
            TimelineItem(at=one.moment, sentence=one.sentence.say(language), event_id=one.event_id) for one in entries
        ],
        next_cursor=write_cursor(paging.scope, more) if more else None,
    )


@router.endpoint("POST", "/customers/{uuid:customer_id}/merge", scope="customers:write")
def merge_customers(request: ApiRequest, customer_id: UUID, body: MergeBody) -> TakenCustomer:
    """Make one customer of two profiles; the answer names the profile that stays. Nothing is lost."""
    left, right = _own(request, customer_id), _own(request, body.other_id)
    kept = actions.merge(
        shop_id=request.auth.shop_id, left_id=left.id, right_id=right.id, actor=_actor(request), now=clock.now()
    )
    if not isinstance(kept, UUID):
        raise Problem(problems.CONFLICT, "One of the profiles was erased and cannot be merged.")
    return TakenCustomer(id=kept)


@router.endpoint("GET", "/customers/{uuid:customer_id}/export", scope="customers:read")
def export_customer(request: ApiRequest, customer_id: UUID) -> dict[str, Any]:
    """Export everything we hold about a customer, for the person to take away (GDPR, article 15 and 20)."""
    return queries.export_everything(_own(request, customer_id).id)


@router.endpoint("DELETE", "/customers/{uuid:customer_id}", scope="customers:write")
def erase_customer(request: ApiRequest, customer_id: UUID) -> None:
    """Erase everything personal about a customer (GDPR, article 17). Orders and ledger stay under the bare id."""
    gone = actions.erase(customer_id=_own(request, customer_id).id, actor=_actor(request), now=clock.now())
    if isinstance(gone, Refused):
        raise not_found("customer")


def person_of(body: PersonBody, now: datetime) -> PersonSnapshot:
    """Return the snapshot that a body means."""
    marks = (
        (IdentityKind.SHOP_ACCOUNT, body.account_id),
        (IdentityKind.EMAIL, body.email),
        (IdentityKind.PHONE, body.phone),
        (IdentityKind.LOYALTY_CARD, body.loyalty_card),
    )
    return PersonSnapshot(
        identities=tuple(Identity(kind=kind, value=value) for kind, value in marks if value),
        modified_at=body.modified_at or now,
        first_name=body.first_name,
        last_name=body.last_name,
        language=body.language,
        birthday_on=body.birthday,
        sex=body.sex,
        company=body.company,
        tax_number=body.tax_number,
        city=body.city,
        postcode=body.postcode,
        country=body.country,
        is_guest=body.is_guest,
        registered_at=body.registered_at,
        accepts_email=body.accepts_email,
        accepts_sms=body.accepts_sms,
    )


def customer_answer(customer: Customer) -> CustomerAnswer:
    """Return a customer as the API shows them."""
    return CustomerAnswer(
        id=customer.id,
        first_name=customer.first_name,
        last_name=customer.last_name,
        email=customer.email,
        phone=customer.phone,
        language=customer.language,
        company=customer.company,
        tax_number=customer.tax_number,
        city=customer.city,
        postcode=customer.postcode,
        country=customer.country,
        birthday=customer.birthday_on,
        sex=customer.sex,
        is_guest=customer.is_guest,
        accepts_email=customer.accepts_email,
        accepts_sms=customer.accepts_sms,
        created_at=customer.created_at,
        registered_at=customer.registered_at,
        merged_into=customer.merged_into,
        is_erased=customer.is_erased,
    )


def _canonical(ids: list[UUID | None]) -> list[UUID | None]:
    """Replace profiles that a later source of the same batch merged away."""
    living = queries.canonical([one for one in ids if one is not None])
    return [living[one] if one is not None else None for one in ids]


def _own(request: ApiRequest, customer_id: UUID) -> Customer:
    customer = queries.customer(customer_id)
    if customer is None or customer.shop_id != request.auth.shop_id:
        raise not_found("customer")
    return customer


def _actor(request: ApiRequest) -> Actor:
    return Actor(kind="key", id=str(request.auth.id), name=request.auth.name)
