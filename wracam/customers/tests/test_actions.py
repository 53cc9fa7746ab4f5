"""People are recognised, filled in and merged, in a real database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from wracam.customers import actions, queries
from wracam.customers.contracts import Customer, Identity, IdentityKind, PersonSnapshot
from wracam.foundation.bulk import fetch
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ANIA = Identity(kind=IdentityKind.EMAIL, value="ania@zielnik.example")
ANIA_PHONE = Identity(kind=IdentityKind.PHONE, value="600 700 800")
BROWSER = Identity(kind=IdentityKind.ANONYMOUS, value="browser-1")


def account(number: int) -> Identity:
    return Identity(kind=IdentityKind.SHOP_ACCOUNT, value=str(number))


@pytest.fixture
def shop_id() -> int:
    shop = shops.create_shop(key="zielnik", name="Zielnik", currency="PLN", language="pl", actor=SYSTEM, now=NOON)
    return shop.id


def person(*identities: Identity, day: int = 0, **facts) -> PersonSnapshot:
    return PersonSnapshot(identities=identities, modified_at=NOON - timedelta(days=30 - day), **facts)


def identify(shop_id: int, *people: PersonSnapshot, source: str = "woocommerce"):
    return actions.identify_many(shop_id=shop_id, people=people, source=source, now=NOON)


def profile(customer_id) -> Customer:
    found = queries.customer(customer_id)
    assert found is not None
    return found


def events(name: str) -> list:
    rows = fetch("SELECT customer_id, data FROM event WHERE name = %s ORDER BY position", name)
    return [(customer_id, json.loads(data)) for customer_id, data in rows]


def test_a_person_met_twice_is_one_customer(shop_id):
    first, second = identify(shop_id, person(ANIA, first_name="Ania"), person(ANIA, day=1, last_name="Nowak"))

    known = profile(first)
    assert first == second
    assert (known.first_name, known.last_name, known.email) == ("Ania", "Nowak", "ania@zielnik.example")
    assert len(events("customer.created")) == 1


def test_an_older_snapshot_never_overwrites_a_newer_one(shop_id):
    [ania] = identify(shop_id, person(ANIA, day=9, first_name="Anna", city="Kraków"))

    identify(shop_id, person(ANIA, day=3, first_name="Ania", city="Łódź", postcode="90-001"))

    known = profile(ania)
    assert (known.first_name, known.city, known.postcode) == ("Anna", "Kraków", "90-001")


def test_a_guest_who_opens_an_account_stays_the_same_customer_and_is_registered(shop_id):
    [guest] = identify(shop_id, person(ANIA, is_guest=True))

    [registered] = identify(shop_id, person(account(7), ANIA, day=2, is_guest=False))

    assert registered == guest
    assert not profile(guest).is_guest
    assert [row[0] for row in events("customer.registered")] == [guest]


@pytest.mark.parametrize("said", [{"is_guest": False}, {"registered_at": NOON - timedelta(days=40)}], ids=str)
def test_a_shop_that_tells_of_an_account_without_numbering_it_is_believed(shop_id, said):
    [ania] = identify(shop_id, person(ANIA, **said))

    identify(shop_id, person(ANIA, account(7), day=1, is_guest=False))

    assert not profile(ania).is_guest
    assert [row[0] for row in events("customer.registered")] == [ania]


def test_a_guest_with_a_date_of_registration_stays_a_guest_if_the_shop_says_so(shop_id):
    [ania] = identify(shop_id, person(ANIA, is_guest=True, registered_at=NOON))

    assert profile(ania).is_guest
    assert events("customer.registered") == []


def test_two_accounts_that_share_an_e_mail_stay_two_customers_and_the_conflict_is_noted(shop_id):
    ania, bartek = identify(shop_id, person(account(1), ANIA), person(account(2), ANIA, day=1))

    assert ania != bartek
    assert queries.find(shop_id=shop_id, kind=IdentityKind.EMAIL, value="Ania@Zielnik.example ") == ania
    [conflict] = queries.conflicts(bartek)
    assert (conflict.holder_id, conflict.other_id, conflict.kind) == (ania, bartek, IdentityKind.EMAIL)


def test_accounts_of_two_shop_systems_with_one_e_mail_are_one_person(shop_id):
    [ania] = identify(shop_id, person(account(1), ANIA))

    [again] = identify(shop_id, person(account(1), ANIA, day=1), source="baselinker")

    assert again == ania


def test_guests_joined_by_a_phone_merge_and_the_merge_is_explained(shop_id):
    other = Identity(kind=IdentityKind.EMAIL, value="a.nowak@zielnik.example")
    ania, second = identify(shop_id, person(ANIA, city="Kraków"), person(other, day=1, first_name="Anna"))
    identify(shop_id, person(other, ANIA_PHONE, day=2))

    [together] = identify(shop_id, person(ANIA, Identity(kind=IdentityKind.PHONE, value="+48600700800"), day=3))

    [merge] = queries.merges(together)
    known = profile(together)
    assert together == ania
    assert (known.first_name, known.city, known.phone) == ("Anna", "Kraków", "+48600700800")
    assert (merge.absorbed_id, merge.reason_kind, merge.reason_value) == (second, "phone", "+48600700800")
    assert Identity(kind=IdentityKind.EMAIL, value="a.nowak@zielnik.example") in merge.identities
    assert queries.canonical([second]) == {second: ania}
    assert queries.all_ids(second) == [ania, second]
    assert [(row[0], row[1]["absorbed_id"]) for row in events("customer.merged")] == [(ania, str(second))]


def test_a_shared_browser_never_merges_two_known_people(shop_id):
    ania, daria = identify(
        shop_id, person(ANIA, BROWSER), person(Identity(kind=IdentityKind.EMAIL, value="daria@zielnik.example"))
    )

    [met] = identify(shop_id, person(Identity(kind=IdentityKind.EMAIL, value="daria@zielnik.example"), BROWSER, day=1))

    assert met == daria != ania
    assert queries.find(shop_id=shop_id, kind=IdentityKind.ANONYMOUS, value="browser-1") == daria


def test_a_visitor_who_says_who_they_are_becomes_the_known_customer(shop_id):
    [visitor] = identify(shop_id, person(BROWSER))
    [ania] = identify(shop_id, person(ANIA, day=1))

    [met] = identify(shop_id, person(ANIA, BROWSER, day=2))

    assert met == ania
    assert queries.canonical([visitor]) == {visitor: ania}
    assert len(events("customer.created")) == 1


def test_a_marketplace_mask_is_no_mailbox_but_recognises_the_buyer_again(shop_id):
    mask = "8awgqyk6a5+cub31c122@allegromail.pl"
    again = "8awgqyk6a5+zzz999@allegromail.pl"

    first, second = identify(
        shop_id,
        person(Identity(kind=IdentityKind.EMAIL, value=mask)),
        person(Identity(kind=IdentityKind.EMAIL, value=again), day=1),
    )

    assert first == second
    assert profile(first).email is None


def test_somebody_without_any_usable_identity_is_nobody(shop_id):
    rubbish = [
        Identity(kind=IdentityKind.EMAIL, value="not an address"),
        Identity(kind=IdentityKind.PHONE, value="123"),
        Identity(kind=IdentityKind.SHOP_ACCOUNT, value="0"),
    ]

    assert identify(shop_id, person(*rubbish, first_name="?")) == [None]
    assert fetch("SELECT count(*) FROM customer") == [(0,)]


def test_consents_are_logged_once_per_change_and_a_refusal_outlives_a_merge(shop_id):
    other = Identity(kind=IdentityKind.EMAIL, value="a.nowak@zielnik.example")
    identify(
        shop_id,
        person(ANIA, accepts_email=False),
        person(ANIA, day=1, accepts_email=False),
        person(other, day=5, accepts_email=True),
    )

    [together] = identify(shop_id, person(ANIA, other, day=6))

    assert profile(together).accepts_email is False
    assert [(said.is_granted, said.channel) for said in queries.consents(together)] == [
        (True, "email"),
        (False, "email"),
    ]


def test_a_merge_by_hand_is_idempotent_and_audited(shop_id):
    ania, second = identify(shop_id, person(ANIA), person(ANIA_PHONE, day=1))

    kept = actions.merge(shop_id=shop_id, left_id=second, right_id=ania, actor=SYSTEM, now=NOON)
    again = actions.merge(shop_id=shop_id, left_id=ania, right_id=second, actor=SYSTEM, now=NOON)

    assert kept == again == ania
    assert queries.find(shop_id=shop_id, kind=IdentityKind.PHONE, value="600700800") == ania
    assert len(events("customer.merged")) == 1


def test_erasing_leaves_a_bare_id_and_a_later_order_begins_a_new_profile(shop_id):
    [ania] = identify(shop_id, person(ANIA, ANIA_PHONE, first_name="Ania", last_name="Nowak", city="Łódź"))
    actions.add_note(customer_id=ania, text="Lubi storczyki", actor=SYSTEM, now=NOON)

    assert actions.erase(customer_id=ania, actor=SYSTEM, now=NOON) is True
    assert actions.erase(customer_id=ania, actor=SYSTEM, now=NOON) is False

    [row] = fetch("SELECT row_to_json(customer)::text FROM customer WHERE id = %s", ania)
    assert not any(word in row[0].lower() for word in ("ania", "nowak", "łódź", "600700800"))
    assert queries.notes(ania) == [] and queries.identities(ania) == []
    assert identify(shop_id, person(ANIA, day=9)) != [ania]


def test_export_holds_everything_about_the_person(shop_id):
    [ania] = identify(shop_id, person(ANIA, ANIA_PHONE, first_name="Ania", accepts_sms=True))

    exported = queries.export_everything(ania)["customers"]

    assert exported["profiles"][0]["first_name"] == "Ania"
    assert [mark["value"] for mark in exported["identities"]] == ["ania@zielnik.example", "+48600700800"]
    assert exported["consents"][0]["channel"] == "sms"
