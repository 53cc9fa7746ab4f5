"""Codes on the real database: made, imported, issued, looked up, taken out of use."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wracam.events.contracts import RecordedEvent
from wracam.foundation import secrets
from wracam.foundation.bulk import fetch
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import actions, queries, reactions
from wracam.vouchers.contracts import (
    Batch,
    BatchState,
    BatchTooLargeError,
    CampaignKindError,
    Claim,
    CodeState,
    Held,
    IssuedCode,
    IssueKeyReusedError,
    IssueRefusal,
    IssueRefused,
    ToIssue,
    UnknownCampaignError,
)
from wracam.vouchers.core.codes import fold

from .garden import DAY, NOON, at_once, hold, publish_campaign

pytestmark = pytest.mark.django_db
ANIA, BARTEK = UUID(int=1), UUID(int=2)


def state_of(shop_id: int, code: str, *, customer_id: UUID | None = None, now=NOON) -> CodeState:
    return queries.look_up(shop_id=shop_id, codes=[code], customer_id=customer_id, now=now)[code].state


def make_batch(shop_id: int, campaign: str, count: int, *, key: str = "b") -> list[str]:
    batch = actions.start_batch(shop_id=shop_id, campaign=campaign, count=count, key=key, actor=SYSTEM, now=NOON)
    actions.fill_batch(batch_id=batch.id, now=NOON)
    return [line.code for line in queries.codes_of_batch(batch_id=batch.id)]


def stored_batch(batch_id: UUID) -> Batch:
    found = queries.batch(batch_id=batch_id)
    assert found is not None
    return found


def issue(shop_id: int, campaign: str, *, customer_id: UUID | None = ANIA, key: str = "k", now=NOON) -> Any:
    return actions.issue(shop_id=shop_id, campaign=campaign, customer_id=customer_id, key=key, now=now)


def use(code: str, shop_id: int, *, customer_id: UUID | None = None, now=NOON) -> None:
    """Hold and commit one use of a code, as a cart does."""
    answer = queries.look_up(shop_id=shop_id, codes=[code], customer_id=customer_id, now=now)[code]
    assert answer.is_ok
    held = hold(*[(claim.key, claim.amount, claim.maximum) for claim in answer.claims], now=now)
    assert isinstance(held, Held)
    actions.commit_hold(reservation_id=held.reservation_id, amounts=None, now=now)


def test_a_batch_is_made_once_and_each_of_its_codes_works_once(shop_id):
    publish_campaign("spring", {"kind": "single", "format": {"prefix": "ROSE"}})

    codes = make_batch(shop_id, "spring", 50)
    again = make_batch(shop_id, "spring", 50)

    assert len(set(codes)) == 50
    assert again == codes
    assert all(code.startswith("ROSE-") for code in codes)
    assert state_of(shop_id, codes[0].lower().replace("-", " ")) is CodeState.OK
    use(codes[0], shop_id)
    assert state_of(shop_id, codes[0]) is CodeState.EXHAUSTED
    assert state_of(shop_id, codes[1]) is CodeState.OK
    assert queries.figures_of(campaign="spring") == queries.CampaignFigures(codes=50, uses=1)


def test_a_batch_that_was_interrupted_goes_on_where_it_was(shop_id, monkeypatch):
    publish_campaign("spring", {"kind": "single"})
    monkeypatch.setattr("wracam.vouchers.actions.batches.CHUNK_SIZE", 10)
    monkeypatch.setattr("wracam.vouchers.actions.batches.CHUNKS_MAX", 2)
    batch = actions.start_batch(shop_id=shop_id, campaign="spring", count=35, key="b", actor=SYSTEM, now=NOON)

    made = []
    for _ in range(2):
        with contextlib.suppress(LookupError):
            actions.fill_batch(batch_id=batch.id, now=NOON)
        made.append(stored_batch(batch.id).made)

    assert made == [20, 35]
    assert stored_batch(batch.id).state is BatchState.DONE
    assert fetch("SELECT count(*) FROM code") == [(35,)]


def test_too_many_codes_for_their_length_and_codes_of_the_wrong_kind_are_refused(shop_id):
    publish_campaign("short", {"kind": "single", "format": {"length": 6}})
    publish_campaign("spring", {"kind": "shared", "codes": ["WIOSNA20"]})

    with pytest.raises(BatchTooLargeError):
        actions.start_batch(shop_id=shop_id, campaign="short", count=900_000, key="b", actor=SYSTEM, now=NOON)
    with pytest.raises(CampaignKindError):
        actions.start_batch(shop_id=shop_id, campaign="spring", count=1, key="b", actor=SYSTEM, now=NOON)
    with pytest.raises(UnknownCampaignError):
        actions.start_batch(shop_id=shop_id, campaign="none", count=1, key="b", actor=SYSTEM, now=NOON)


def test_a_typing_mistake_is_told_without_asking_the_database(shop_id):
    publish_campaign("spring", {"kind": "single", "format": {"prefix": "ROSE"}})
    [code] = make_batch(shop_id, "spring", 1)
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    state_of(shop_id, wrong)

    with CaptureQueriesContext(
        connection,
    ) as captured:
        state = state_of(shop_id, wrong)

    assert state is CodeState.TYPO
    assert [query for query in captured.captured_queries if "code" in query["sql"]] == []


def test_with_imported_codes_about_a_mistake_is_told_only_after_looking(shop_id):
    publish_campaign("spring", {"kind": "single"})
    publish_campaign("partner", {"kind": "imported"})
    looks_wrong = "ABCD-EFGH-JKMN3"
    assert state_of(shop_id, looks_wrong) is CodeState.TYPO

    actions.import_codes(shop_id=shop_id, campaign="partner", codes=[looks_wrong], key="f", actor=SYSTEM, now=NOON)

    assert state_of(shop_id, looks_wrong) is CodeState.OK


def test_an_import_takes_each_code_once_and_says_what_it_refused(shop_id):
    publish_campaign("partner", {"kind": "imported"})
    rows = ["AAA-111", "aaa 111", "x", "BBB222", "WIOSNA20"]
    publish_campaign("shared", {"kind": "shared", "codes": ["WIOSNA20"]})

    first = actions.import_codes(shop_id=shop_id, campaign="partner", codes=rows, key="f", actor=SYSTEM, now=NOON)
    again = actions.import_codes(shop_id=shop_id, campaign="partner", codes=rows, key="f", actor=SYSTEM, now=NOON)
    other = actions.import_codes(shop_id=shop_id, campaign="partner", codes=["BBB222"], key="g", actor=SYSTEM, now=NOON)

    assert [(row.number, row.reason) for row in first.refused] == [
        (2, "duplicate"),
        (3, "not_a_code"),
        (5, "duplicate"),
    ]
    assert (first.batch.made, first.batch.refused) == (2, 3)
    assert again.batch == first.batch
    assert (other.batch.made, other.batch.refused) == (0, 1)


def test_a_shared_code_counts_per_customer_period_and_campaign(shop_id):
    limits = [{"uses": 1, "per": "customer_day"}, {"uses": 2, "per": "customer"}, {"uses": 4, "per": "campaign"}]
    publish_campaign("spring", {"kind": "shared", "codes": ["WIOSNA20"], "limits": limits})
    use("WIOSNA20", shop_id, customer_id=ANIA)

    assert state_of(shop_id, "wiosna 2O", customer_id=ANIA) is CodeState.CUSTOMER_LIMIT
    assert state_of(shop_id, "WIOSNA20", customer_id=BARTEK) is CodeState.OK
    use("WIOSNA20", shop_id, customer_id=ANIA, now=NOON + DAY)
    assert state_of(shop_id, "WIOSNA20", customer_id=ANIA, now=NOON + 2 * DAY) is CodeState.CUSTOMER_LIMIT
    use("WIOSNA20", shop_id)
    use("WIOSNA20", shop_id)
    assert state_of(shop_id, "WIOSNA20", customer_id=BARTEK) is CodeState.EXHAUSTED


def test_days_are_counted_by_the_shops_calendar(shop_id):
    limits = [{"uses": 1, "per": "day"}]
    publish_campaign("spring", {"kind": "shared", "codes": ["WIOSNA20"], "limits": limits})
    late = NOON.replace(hour=21, minute=59)
    use("WIOSNA20", shop_id, now=late)

    assert state_of(shop_id, "WIOSNA20", now=late) is CodeState.EXHAUSTED
    assert state_of(shop_id, "WIOSNA20", now=late + timedelta(minutes=1)) is CodeState.OK


def test_dates_decide_before_anything_else(shop_id):
    body = {
        "kind": "shared",
        "codes": ["WIOSNA20"],
        "starts_at": (NOON + DAY).isoformat(),
        "ends_at": (NOON + 2 * DAY).isoformat(),
    }
    publish_campaign("spring", body)

    assert state_of(shop_id, "WIOSNA20") is CodeState.NOT_YET
    assert state_of(shop_id, "WIOSNA20", now=NOON + DAY) is CodeState.OK
    assert state_of(shop_id, "WIOSNA20", now=NOON + 2 * DAY) is CodeState.EXPIRED


def test_a_campaign_of_another_shop_is_unknown_here(shop_id):
    publish_campaign("spring", {"kind": "shared", "codes": ["WIOSNA20"], "shops": ["elsewhere"]})

    assert state_of(shop_id, "WIOSNA20") is CodeState.UNKNOWN


def test_a_code_for_members_only_asks_guests_to_sign_in(shop_id):
    publish_campaign("spring", {"kind": "shared", "codes": ["WIOSNA20"], "guests": False})

    assert state_of(shop_id, "WIOSNA20") is CodeState.NOT_YOURS
    assert state_of(shop_id, "WIOSNA20", customer_id=ANIA) is CodeState.OK


def test_a_personal_code_is_given_once_per_key_and_works_for_its_customer_alone(shop_id):
    publish_campaign("birthday", {"kind": "personal", "valid_days": 30})

    first, second = issue(shop_id, "birthday"), issue(shop_id, "birthday")

    assert isinstance(first, IssuedCode) and first.was_new
    assert isinstance(second, IssuedCode) and not second.was_new
    assert second.code == first.code
    assert first.valid_until == NOON + 30 * DAY
    assert state_of(shop_id, first.code, customer_id=ANIA) is CodeState.OK
    assert state_of(shop_id, first.code, customer_id=BARTEK) is CodeState.NOT_YOURS
    assert state_of(shop_id, first.code) is CodeState.NOT_YOURS
    assert state_of(shop_id, first.code, customer_id=ANIA, now=NOON + 30 * DAY) is CodeState.EXPIRED
    assert fetch("SELECT name FROM event WHERE name = 'code.issued'") == [("code.issued",)]
    assert issue(shop_id, "birthday", customer_id=None, key="guest") == IssueRefused(reason=IssueRefusal.NEEDS_CUSTOMER)
    with pytest.raises(IssueKeyReusedError):
        issue(shop_id, "birthday", customer_id=BARTEK)


def test_a_pool_hands_out_what_it_has_and_then_says_that_it_is_empty(shop_id):
    publish_campaign("partner", {"kind": "imported"})
    actions.import_codes(
        shop_id=shop_id, campaign="partner", codes=["AAA-111", "BBB-222"], key="f", actor=SYSTEM, now=NOON
    )

    given = [issue(shop_id, "partner", key=f"k{number}") for number in range(3)]

    assert {one.code for one in given[:2]} == {"AAA-111", "BBB-222"}
    assert given[2] == IssueRefused(reason=IssueRefusal.POOL_EMPTY)
    assert issue(shop_id, "partner", key="k0").code == given[0].code


def test_thousands_are_issued_with_a_handful_of_statements(shop_id):
    publish_campaign("birthday", {"kind": "personal"})
    wanted = [ToIssue(key=f"k{number}", customer_id=UUID(int=number + 1)) for number in range(3_000)]

    with CaptureQueriesContext(connection) as captured:
        given: dict[str, Any] = actions.issue_many(shop_id=shop_id, campaign="birthday", wanted=wanted, now=NOON)
    again: dict[str, Any] = actions.issue_many(shop_id=shop_id, campaign="birthday", wanted=wanted, now=NOON)

    assert len({one.code for one in given.values()}) == 3_000
    assert {key: one.code for key, one in again.items()} == {key: one.code for key, one in given.items()}
    assert len(captured) < 25


def test_a_code_or_a_batch_taken_out_of_use_stays_so(shop_id):
    publish_campaign("spring", {"kind": "single"})
    one, two = make_batch(shop_id, "spring", 2)
    record = queries.code_record(code=one.lower(), now=NOON)
    assert record is not None
    assert record.code == one
    assert record.batch_id is not None

    actions.disable_code(code_id=record.id, actor=SYSTEM, now=NOON)

    assert state_of(shop_id, one) is CodeState.DISABLED
    assert state_of(shop_id, two) is CodeState.OK
    assert actions.disable_batch(batch_id=record.batch_id, actor=SYSTEM, now=NOON).state is BatchState.DISABLED
    assert state_of(shop_id, two) is CodeState.DISABLED


def test_what_a_cart_holds_itself_does_not_stand_in_its_way(shop_id):
    publish_campaign("spring", {"kind": "single"})
    [code] = make_batch(shop_id, "spring", 1)
    answer = queries.look_up(shop_id=shop_id, codes=[code], customer_id=None, now=NOON)[code]
    mine = uuid4()
    hold(*[(claim.key, claim.amount, claim.maximum) for claim in answer.claims], reservation_id=mine)

    again = queries.look_up(shop_id=shop_id, codes=[code], customer_id=None, now=NOON, reservation_id=mine)[code]

    assert again == answer
    assert answer.claims == (Claim(key=f"code:{answer.code_id}:uses", amount=1, maximum=1),)
    assert state_of(shop_id, code) is CodeState.EXHAUSTED


def test_a_leaked_table_has_no_code_in_it(shop_id):
    publish_campaign("spring", {"kind": "single"})
    [code] = make_batch(shop_id, "spring", 1)

    [(row,)] = fetch("SELECT code::text FROM code")

    assert fold(code) not in row
    assert code not in row
    assert secrets.hash_token(fold(code)).hex()[:32] not in row.replace("-", "")


def test_a_merged_profile_keeps_its_codes(shop_id):
    publish_campaign("birthday", {"kind": "personal"})
    mine = issue(shop_id, "birthday")
    happened = RecordedEvent(
        id=uuid4(),
        name="customer.merged",
        position=1,
        shop_id=shop_id,
        customer_id=BARTEK,
        occurred_at=NOON,
        recorded_at=NOON,
        cause_id=None,
        depth=0,
        txid=1,
        data={"absorbed_id": str(ANIA), "reason": "email"},
    )

    reactions.follow_merges([happened], NOON)

    assert state_of(shop_id, mine.code, customer_id=BARTEK) is CodeState.OK


@pytest.mark.django_db(transaction=True)
def test_one_key_from_many_connections_gives_one_code_and_a_pool_never_gives_one_twice(shop_id):
    publish_campaign("birthday", {"kind": "personal"})
    publish_campaign("pool", {"kind": "pool"})
    make_batch(shop_id, "pool", 30)

    same = at_once(*[lambda: issue(shop_id, "birthday")] * 20)
    given = at_once(*[lambda n=n: issue(shop_id, "pool", key=f"k{n}") for n in range(40)])

    assert len({one.code for one in same}) == 1
    assert sum(one.was_new for one in same) == 1
    codes = [one.code for one in given if isinstance(one, IssuedCode)]
    assert len(set(codes)) == len(codes) == 30


def test_two_shops_may_use_the_same_key_and_neither_gets_the_others_code(shop_id):
    publish_campaign("spring", {"kind": "single", "format": {"prefix": "ROSE"}})
    other = shops.create_shop(key="ogrod", name="Ogród", currency="PLN", now=NOON).id

    ours = issue(shop_id, "spring", key="order-1001")
    theirs = issue(other, "spring", customer_id=None, key="order-1001")

    assert isinstance(ours, IssuedCode) and isinstance(theirs, IssuedCode)
    assert theirs.was_new
    assert theirs.code != ours.code
    assert theirs.customer_id is None
    assert issue(shop_id, "spring", key="order-1001").code == ours.code
    assert issue(other, "spring", customer_id=None, key="order-1001").code == theirs.code


def test_a_code_of_a_pool_belongs_to_the_shop_that_hands_it_out(shop_id):
    publish_campaign("pool", {"kind": "pool", "format": {"prefix": "POOL"}})
    make_batch(shop_id, "pool", 2)
    other = shops.create_shop(key="ogrod", name="Ogród", currency="PLN", now=NOON).id

    ours, theirs = issue(shop_id, "pool", key="k"), issue(other, "pool", customer_id=BARTEK, key="k")

    assert ours.code != theirs.code
    assert issue(other, "pool", customer_id=BARTEK, key="k").code == theirs.code
    record = queries.code_record(code=theirs.code, now=NOON)
    assert record is not None and record.shop_id == other
