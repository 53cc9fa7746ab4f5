"""Looking codes up for whoever types them: wrong ones are counted, and too many are not looked up any more.

Only different unknown codes count: the same wrong code in a cart that is evaluated again and again is one try, and a
typing mistake, which cannot be a code, is none. A block holds for one customer or the guests of one address; codes
bound to the customer who asks are always honoured.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wracam.foundation import bulk
from wracam.foundation.questions import Beside, Execute, on_django
from wracam.foundation.throttle import Tries, is_throttled
from wracam.foundation.transactions import action
from wracam.shops.contracts import Shop
from wracam.vouchers.contracts import CardAnswer, CardState, CodeAnswer, CodeState
from wracam.vouchers.core import codes as core
from wracam.vouchers.core import guessing
from wracam.vouchers.core.guessing import WINDOW_SECONDS, Subject
from wracam.vouchers.queries import codes as code_queries
from wracam.vouchers.queries import stored_value as value_queries

GUESSES_KEPT_DAYS = 30


def check_codes(
    *,
    shop_id: int,
    codes: Sequence[str],
    customer_id: UUID | None,
    address: str | None,
    now: datetime,
    reservation_id: UUID | None = None,
    guest: str = "",
    shop: Shop | None = None,
    execute: Execute = on_django,
) -> dict[str, CodeAnswer]:
    """Look codes up as `queries.look_up` does, counting what is wrong; `BLOCKED` after too many.

    *address* is the network address of the person who typed them, None when only the shop's server is known. What is
    read is read by *execute*, the counts of wrong codes together with the codes.
    """
    if not codes:
        return {}
    guard = _Guard(shop_id, customer_id, address, execute)
    found = code_queries.look_up(
        shop_id=shop_id, codes=codes, customer_id=customer_id, now=now, reservation_id=reservation_id, guest=guest,
        shop=shop, asking=guard.beside.ask,
    )  # fmt: skip
    who, is_over = guard.judged()
    if is_over:
        answers = {typed: _own(answer, customer_id) for typed, answer in found.items()}
        blocked = sum(answer.state is CodeState.BLOCKED for answer in answers.values())
        _note(shop_id, customer_id, address, wrong=0, blocked=blocked, now=now)
        return answers
    _count(shop_id, who, [typed for typed, answer in found.items() if _is_guess(answer)], customer_id, address, now)
    return found


def check_card(*, shop_id: int, code: str, customer_id: UUID | None, address: str | None, now: datetime) -> CardAnswer:
    """Say what a typed gift card code is worth, counting wrong ones with those of other codes."""
    who, is_over = _Guard(shop_id, customer_id, address).judged()
    if is_over:
        _note(shop_id, customer_id, address, wrong=0, blocked=1, now=now)
        return CardAnswer(state=CardState.BLOCKED)
    answer = value_queries.card_by_code(code=code, now=now)
    wrong = [code] if answer.state is CardState.UNKNOWN else []
    _count(shop_id, who, wrong, customer_id, address, now)
    return answer


def forget_guesses(*, now: datetime) -> None:
    """Delete what was noted for the console long ago."""
    with action():
        bulk.execute(
            "DELETE FROM code_guess WHERE hour < %s::timestamptz - make_interval(days => %s)", now, GUESSES_KEPT_DAYS
        )


class _Guard:
    """Knows whom a try is counted for and whether it is one too many; the counts are read beside the codes."""

    def __init__(
        self, shop_id: int, customer_id: UUID | None, address: str | None, execute: Execute = on_django
    ) -> None:
        self._shop_id = shop_id
        self._customer_id = customer_id
        self._address = address
        self._shop = ("guess-shop", str(shop_id))
        calm = guessing.subjects(customer_id, address, is_attacked=False)
        self._tries = Tries([self._shop, *[("guess", _name(shop_id, one)) for one in calm]]) if calm else None
        self.beside = Beside(execute, [self._tries.question] if self._tries else [])

    def judged(self) -> tuple[list[Subject], bool]:
        """Return everybody a try is counted for, and whether one of them has tried too often."""
        if self._tries is None:
            return [], False
        [rows] = self.beside.told()
        counted = self._tries.counts(rows)
        is_attacked = counted[self._shop] >= guessing.SHOP_MAX
        who = guessing.subjects(self._customer_id, self._address, is_attacked=is_attacked)
        return who, any(counted["guess", _name(self._shop_id, one)] >= one.limit for one in who)


def _own(answer: CodeAnswer, customer_id: UUID | None) -> CodeAnswer:
    is_mine = customer_id is not None and answer.customer_id == customer_id
    return answer if is_mine else CodeAnswer(state=CodeState.BLOCKED)


def _is_guess(answer: CodeAnswer) -> bool:
    return answer.state is CodeState.UNKNOWN


def _count(
    shop_id: int,
    who: Sequence[Subject],
    wrong: Sequence[str],
    customer_id: UUID | None,
    address: str | None,
    now: datetime,
) -> None:
    """Count each different wrong code once in a window, for everybody it is counted for."""
    if not who or not wrong:
        return
    fresh = [code for code in wrong if not _was_seen(shop_id, who[0], code)]
    for _ in fresh:
        is_throttled("guess-shop", str(shop_id), limit=guessing.SHOP_MAX, seconds=WINDOW_SECONDS)
        for one in who:
            is_throttled("guess", _name(shop_id, one), limit=one.limit, seconds=WINDOW_SECONDS)
    _note(shop_id, customer_id, address, wrong=len(fresh), blocked=0, now=now)


def _was_seen(shop_id: int, subject: Subject, code: str) -> bool:
    key = f"{_name(shop_id, subject)}:{core.fold(code)}"
    return is_throttled("guess-seen", key, limit=1, seconds=WINDOW_SECONDS)


def _name(shop_id: int, subject: Subject) -> str:
    return f"{shop_id}:{subject.name}"


def _note(
    shop_id: int, customer_id: UUID | None, address: str | None, *, wrong: int, blocked: int, now: datetime
) -> None:
    if not wrong and not blocked:
        return
    subject = f"customer:{customer_id}" if customer_id else f"address:{guessing.shown(address or '')}"
    with action():
        bulk.execute(
            """INSERT INTO code_guess AS g (shop_id, hour, subject, wrong, blocked)
               VALUES (%s, date_trunc('hour', %s::timestamptz), %s, %s, %s)
               ON CONFLICT (shop_id, hour, subject)
               DO UPDATE SET wrong = g.wrong + excluded.wrong, blocked = g.blocked + excluded.blocked""",
            shop_id, now, subject, wrong, blocked,
        )  # fmt: skip
