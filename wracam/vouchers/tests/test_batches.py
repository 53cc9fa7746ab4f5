"""Large batches: a job that is killed loses no more than its chunk, and codes that exist are made once more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from uuid import UUID

import pytest

from wracam.foundation.bulk import fetch
from wracam.foundation.testing.database import url_of_test_database
from wracam.shops import actions as shops
from wracam.shops.contracts import SYSTEM
from wracam.vouchers import actions, queries
from wracam.vouchers.actions import storing
from wracam.vouchers.contracts import Batch, BatchState
from wracam.vouchers.core.codes import CodeFormat, fold
from wracam.vouchers.queries import secrecy

from .garden import NOON, publish_campaign

COUNT, CHUNK = 5_000, 1_000


def start(shop_id: int, count: int = COUNT) -> Batch:
    publish_campaign("spring", {"kind": "single", "format": {"prefix": "ROSE"}})
    return actions.start_batch(shop_id=shop_id, campaign="spring", count=count, key="b", actor=SYSTEM, now=NOON)


def progress(batch: Batch) -> tuple[int, int]:
    """How many codes the batch says were made, and how many there are."""
    found = queries.batch(batch_id=batch.id)
    assert found is not None
    [(stored,)] = fetch("SELECT count(*) FROM code WHERE batch_id = %s", batch.id)
    return found.made, stored


@pytest.mark.django_db(transaction=True)
def test_a_job_killed_in_the_middle_of_a_chunk_is_gone_on_with_and_makes_no_code_twice_or_too_many(shop_id):
    batch = start(shop_id)

    killed = subprocess.run(
        [sys.executable, "-m", "wracam.vouchers.tests.mortal_batch", str(batch.id), str(CHUNK)],
        env={**os.environ, "DATABASE_URL": url_of_test_database()},
        check=False,
    )
    half_way = progress(batch)
    done = actions.fill_batch(batch_id=batch.id, now=NOON)

    assert killed.returncode == -signal.SIGKILL
    assert half_way == (2 * CHUNK, 2 * CHUNK)
    assert done.state is BatchState.DONE
    assert progress(batch) == (COUNT, COUNT)
    codes = [line.code for line in queries.codes_of_batch(batch_id=batch.id)]
    assert len(set(codes)) == COUNT
    assert all(code.startswith("ROSE-") for code in codes)


@pytest.mark.django_db
def test_codes_that_exist_already_are_replaced_by_others(shop_id, monkeypatch):
    batch = start(shop_id, count=20)
    drawn = storing.new_codes(CodeFormat(prefix="ROSE"), 20)
    answers = iter([[*drawn[:10], *drawn[:10]], drawn[:10], drawn[10:]])
    monkeypatch.setattr(storing, "new_codes", lambda form, count: next(answers)[:count])

    actions.fill_batch(batch_id=batch.id, now=NOON)

    assert progress(batch) == (20, 20)
    assert {line.code for line in queries.codes_of_batch(batch_id=batch.id)} == set(drawn)


def test_many_ids_and_sealed_texts_are_those_of_each_code_alone():
    codes = storing.new_codes(CodeFormat(prefix="ROSE"), 100)

    ids = secrecy.code_ids(map(fold, codes))
    sealed = list(secrecy.seal_many(zip(codes, ids, strict=True)))

    assert [UUID(bytes=one) for one in ids] == [secrecy.code_id(fold(code)) for code in codes]
    assert [secrecy.unseal(text, UUID(bytes=one)) for text, one in zip(sealed, ids, strict=True)] == codes


@pytest.mark.django_db
def test_two_shops_may_use_the_same_key_for_batches_of_their_own(shop_id):
    ours = start(shop_id, count=3)
    other = shops.create_shop(key="ogrod", name="Ogród", currency="PLN", now=NOON).id

    theirs = actions.start_batch(shop_id=other, campaign="spring", count=5, key="b", actor=SYSTEM, now=NOON)
    again = actions.start_batch(shop_id=shop_id, campaign="spring", count=3, key="b", actor=SYSTEM, now=NOON)

    assert (theirs.shop_id, theirs.asked) == (other, 5)
    assert theirs.id != ours.id
    assert again == ours
