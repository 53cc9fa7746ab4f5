"""Work shared among threads: every piece once, errors told, connections their own and closed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from wracam.foundation.bulk import execute, fetch, fetch_in_batches
from wracam.foundation.hands import kept, share_out

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("hands", [1, 2, 5])
def test_every_piece_is_done_once(hands):
    results = share_out(range(50), lambda piece: piece * 2, hands=hands)

    assert sorted(results) == [piece * 2 for piece in range(50)]


def test_a_single_piece_and_a_single_hand_need_no_thread():
    here = threading.current_thread().name

    assert share_out([1], lambda _: threading.current_thread().name, hands=4) == [here]
    assert set(share_out([1, 2, 3], lambda _: threading.current_thread().name)) == {here}


def test_hands_have_connections_of_their_own_and_close_them():
    [(own,)] = fetch("SELECT pg_backend_pid()")

    pids = set(share_out(range(20), lambda _: fetch("SELECT pg_sleep(0.005), pg_backend_pid()")[0][1], hands=2))

    assert own not in pids
    assert 1 <= len(pids) <= 2
    assert _are_gone(pids)


def test_kept_hands_keep_their_connections_from_list_to_list():
    def pid(_: int) -> int:
        return int(fetch("SELECT pg_sleep(0.005), pg_backend_pid()")[0][1])

    with kept(2):
        first = set(share_out(range(20), pid, hands=2))
        with pytest.raises(ZeroDivisionError):
            share_out(range(20), lambda piece: piece // 0, hands=2)
        second = set(share_out(range(20), pid, hands=2))

    assert len(first | second) == 2
    assert _are_gone(first | second)


@pytest.mark.timeout(30)
def test_a_list_that_is_made_of_another_list_gets_hands_of_its_own():
    def pieces() -> Iterator[int]:
        for number in range(3):
            yield sum(share_out(range(number + 2), lambda piece: piece, hands=2))

    with kept(2):
        assert sorted(share_out(pieces(), lambda piece: piece, hands=2)) == [1, 3, 6]


def _are_gone(pids: set[int]) -> bool:
    """Wait a moment for server processes to notice that nobody is there."""
    for _ in range(100):
        if fetch("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", list(pids)) == [(0,)]:
            return True
        time.sleep(0.05)
    return False


def test_the_error_of_a_hand_is_raised_and_ends_the_work():
    asked = []

    def pieces() -> Iterator[int]:
        for piece in range(10_000):
            asked.append(piece)
            yield piece

    def work(piece: int) -> int:
        if piece == 7:
            raise ValueError("seven")
        return piece

    with pytest.raises(ValueError, match="seven"):
        share_out(pieces(), work, hands=2)

    assert len(asked) < 100


def test_a_list_is_read_in_batches_as_it_stood_at_its_beginning():
    execute("CREATE TABLE pot (number integer)")
    try:
        execute("INSERT INTO pot SELECT generate_series(1, 25)")

        batches = []
        for batch in fetch_in_batches("SELECT number FROM pot WHERE number > %s ORDER BY number", 5, size=8):
            execute("DELETE FROM pot")
            batches.append([row[0] for row in batch])

        assert batches == [list(range(6, 14)), list(range(14, 22)), list(range(22, 26))]
    finally:
        execute("DROP TABLE pot")
