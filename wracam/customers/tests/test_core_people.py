"""Properties of facts and of who is who, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from wracam.customers.contracts import Identity, IdentityKind, PersonSnapshot
from wracam.customers.core import facts as facts_
from wracam.customers.core import marks
from wracam.customers.core.facts import Fact
from wracam.customers.core.identification import People, Told
from wracam.customers.core.names import sort_key

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
moments = st.integers(0, 6).map(lambda hours: NOON - timedelta(hours=hours))
words = st.builds(Fact, moments, st.sampled_from(["Ania", "Anna", "Łódź", True, False]))
profiles = st.dictionaries(st.sampled_from(["first_name", "city", "accepts_email"]), words)


@given(profiles, profiles, profiles)
def test_joining_facts_is_commutative_associative_and_idempotent(left, middle, right):
    assert facts_.join(left, right) == facts_.join(right, left)
    assert facts_.join(facts_.join(left, middle), right) == facts_.join(left, facts_.join(middle, right))
    assert facts_.join(left, left) == left


@given(profiles, profiles)
def test_a_refused_consent_outlives_every_merge(left, right):
    joined = facts_.join_of_two_people(left, right)

    for side in (left, right):
        if "accepts_email" in side and side["accepts_email"].value is False:
            assert joined["accepts_email"].value is False


emails = st.sampled_from(["a", "b", "c", "d"]).map(lambda name: (IdentityKind.EMAIL, f"{name}@zielnik.example"))
phones = st.sampled_from(["1", "2", "3"]).map(lambda digit: (IdentityKind.PHONE, f"+4860000000{digit}"))


@st.composite
def guests(draw) -> Told:
    held = draw(st.lists(emails | phones, min_size=1, max_size=2, unique=True))
    told_at = draw(moments)
    name = draw(st.sampled_from(["Ania", "Bartek", "Celina"]))
    return Told(
        identities=tuple(Identity(kind=kind, value=value) for kind, value in held),
        told_at=told_at,
        facts={"first_name": Fact(told_at, name)},
        is_guest=draw(st.sampled_from([True, False, None])),
        registered_at=None,
        source="woocommerce",
    )


def settled(told: list[Told]) -> set[tuple]:
    """Everything that must not depend on the order of arrival: who is one person, and what is known of them."""
    group = People([], (UUID(int=number) for number in count(1)))
    outcome = group.identify_all(told)
    absorbed = {merge.absorbed.id for merge in outcome.merges}
    return {
        (
            frozenset((mark, held.first_seen_at, held.last_seen_at) for mark, held in profile.holdings.items()),
            frozenset(profile.facts.items()),
            profile.is_guest,
            profile.created_at,
        )
        for profile in group.profiles.values()
        if profile.id not in absorbed
    }


@given(st.lists(guests(), max_size=8), st.randoms(use_true_random=False), st.data())
def test_any_order_and_repetition_of_snapshots_ends_in_the_same_people(told, random, data):
    shuffled = [*told, *data.draw(st.lists(st.sampled_from(told), max_size=3) if told else st.just([]))]
    random.shuffle(shuffled)

    assert settled(shuffled) == settled(told)


@given(st.lists(guests(), min_size=1, max_size=8))
def test_no_identity_and_no_fact_is_lost(told):
    group = People([], (UUID(int=number) for number in count(1)))

    outcome = group.identify_all(told)

    for one, customer_id in zip(told, outcome.customer_ids, strict=True):
        assert customer_id is not None
        profile = group.profiles[customer_id]
        assert {(mark.kind, mark.value) for mark in one.identities} <= profile.holdings.keys()
        assert profile.facts["first_name"].told_at >= one.told_at


@given(st.lists(st.tuples(st.integers(1, 3), emails | phones, moments), max_size=10))
def test_two_accounts_of_one_shop_never_become_one_customer(visits):
    told = [
        Told(
            identities=(
                Identity(kind=IdentityKind.SHOP_ACCOUNT, value=f"woocommerce:{number}"),
                Identity(kind=kind, value=value),
            ),
            told_at=moment,
            facts={},
            is_guest=False,
            registered_at=None,
            source="woocommerce",
        )
        for number, (kind, value), moment in visits
    ]
    group = People([], (UUID(int=number) for number in count(1)))

    outcome = group.identify_all(told)

    owners: dict[int, UUID | None] = {}
    for (number, *_), customer_id in zip(visits, outcome.customer_ids, strict=True):
        assert owners.setdefault(number, customer_id) == customer_id
    assert len(set(owners.values())) == len(owners)


def test_marks_are_normal():
    def normal(kind: IdentityKind, value: str) -> str | None:
        mark = marks.normal_identity(Identity(kind=kind, value=value), source="woocommerce", region="PL")
        return mark.value if mark else None

    assert normal(IdentityKind.EMAIL, " <Ania@ŻÓŁW.example> ") == "ania@xn--w-uga1v8h.example"
    assert normal(IdentityKind.PHONE, "600-700-800") == "+48600700800"
    assert normal(IdentityKind.PHONE, "0048 600 700 800") == "+48600700800"
    assert normal(IdentityKind.PHONE, "'+44 20 7946 0018") == "+442079460018"
    assert normal(IdentityKind.PHONE, "000") is None
    assert normal(IdentityKind.SHOP_ACCOUNT, "7") == "woocommerce:7"
    assert normal(IdentityKind.SHOP_ACCOUNT, "0") is None


def test_names_sort_by_the_polish_alphabet():
    names = ["Żak", "Zych", "Łoza", "Lis", "Ćwik", "Czyż", "Źrebak", "Ząb", "Ćma"]

    ordered = sorted(names, key=lambda name: sort_key(first_name="", last_name=name, company="").encode())

    assert ordered == ["Czyż", "Ćma", "Ćwik", "Lis", "Łoza", "Ząb", "Zych", "Źrebak", "Żak"]


def test_impossible_facts_count_as_not_said():
    person = PersonSnapshot(
        identities=(), modified_at=NOON, first_name=" ", country="Polska", birthday_on=date(2031, 1, 1), sex="?"
    )

    assert facts_.facts_of(person, NOON) == {}


def test_a_sender_whose_clock_is_years_ahead_does_not_freeze_the_facts():
    person = PersonSnapshot(identities=(), modified_at=NOON.replace(year=2199), first_name="Ania")

    assert facts_.facts_of(person, NOON)["first_name"].told_at == NOON
