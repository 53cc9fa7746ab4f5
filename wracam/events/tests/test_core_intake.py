"""Reading a batch in one go says the same of every item as reading its items one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracam.events.contracts import EVENTS
from wracam.events.core.intake import (
    DEPTH_MAX,
    ITEM_BYTES_MAX,
    RawBatch,
    ReadBatch,
    Rules,
    read_batch,
    read_items,
)

RULES = Rules(kind_of=EVENTS.find, is_browser=False, now=datetime(2026, 6, 1, 12, tzinfo=UTC))
FROM_BROWSER = Rules(kind_of=EVENTS.find, is_browser=True, now=RULES.now)
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=6,
)
_items = st.fixed_dictionaries(
    {"id": st.sampled_from(["1", "2", "", 7]), "name": st.sampled_from(["calculator.used", "page.viewed", "order.paid", "X"])},
    optional={
        "data": st.dictionaries(st.sampled_from("ab"), _values, max_size=2) | st.just({"path": "/"}),
        "occurred_at": st.sampled_from(["2026-05-01T10:00:00Z", "2026-05-01T10:00:00", "2030-01-01T00:00:00Z", "never"]),
        "customer": st.sampled_from([{}, {"email": "ania@example.com"}, {"anonymous_id": "b-1"}, {"id": "x"}]),
        "extra": st.just(1),
    },
)  # fmt: skip


def _nested(levels: int) -> dict[str, Any]:
    value: Any = 1
    for _ in range(levels - 2):
        value = [value]
    return {"id": "deep", "name": "calculator.used", "data": {"x": value}}


@given(items=st.lists(_items, min_size=1, max_size=4))
def test_a_batch_in_one_go_is_read_as_item_by_item(items):
    body = msgspec.json.encode({"events": items, "source": "till"})
    one_by_one = msgspec.json.decode(body, type=RawBatch)

    for rules in (RULES, FROM_BROWSER):
        assert read_items(read_batch(body), rules) == read_items(one_by_one, rules)


@pytest.mark.parametrize("levels", [DEPTH_MAX - 1, DEPTH_MAX, DEPTH_MAX + 1, DEPTH_MAX + 2])
def test_depth_is_judged_alike_in_one_go_and_item_by_item(levels):
    body = msgspec.json.encode({"events": [_nested(levels)]})
    batch = read_batch(body)

    [found] = read_items(batch, RULES)

    assert isinstance(batch, ReadBatch)
    assert [found] == read_items(msgspec.json.decode(body, type=RawBatch), RULES)
    assert (getattr(found, "code", None) == "too_deep") is (levels > DEPTH_MAX)


@pytest.mark.parametrize(
    ("text", "is_read_at_once"),
    [("x" * (ITEM_BYTES_MAX - 100), True), ("x" * ITEM_BYTES_MAX, False), ("a\x00b", False), ("a\\u0000b", True)],
)
def test_what_must_be_looked_at_as_it_came_is_not_read_in_one_go(text, is_read_at_once):
    item = {"id": "1", "name": "calculator.used", "data": {"note": "n"}}
    body = msgspec.json.encode({"events": [{**item, "data": {"note": text}}, item, item]})

    assert isinstance(read_batch(body), ReadBatch) is is_read_at_once
