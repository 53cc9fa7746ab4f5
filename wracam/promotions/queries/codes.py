"""Codes that were presented with a cart, looked up in `vouchers`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from wracam.promotions.contracts import CodeOutcome
from wracam.promotions.core.explaining import CodeClaim, FoundCode
from wracam.shops.contracts import Shop
from wracam.vouchers import queries as vouchers
from wracam.vouchers.contracts import CodeAnswer, CodeState

OUTCOMES = {
    CodeState.OK: CodeOutcome.ACCEPTED,
    CodeState.TYPO: CodeOutcome.TYPO,
    CodeState.UNKNOWN: CodeOutcome.UNKNOWN,
    CodeState.NOT_YET: CodeOutcome.NOT_YET,
    CodeState.EXPIRED: CodeOutcome.EXPIRED,
    CodeState.EXHAUSTED: CodeOutcome.EXHAUSTED,
    CodeState.NOT_YOURS: CodeOutcome.NOT_YOURS,
    CodeState.DISABLED: CodeOutcome.EXPIRED,
    CodeState.CUSTOMER_LIMIT: CodeOutcome.EXHAUSTED,
    CodeState.BLOCKED: CodeOutcome.BLOCKED,
}


LookUp = Callable[..., dict[str, CodeAnswer]]
"""`vouchers.queries.look_up`, or the door that counts guesses (`vouchers.actions.check_codes`)."""


def found_codes(
    shop: Shop,
    codes: Sequence[str],
    customer_id: UUID | None,
    now: datetime,
    look_up: LookUp = vouchers.look_up,
    *,
    guest: str = "",
) -> tuple[FoundCode, ...]:
    """Return what is known of each code, in the order presented, each once."""
    if not codes:
        return ()
    told = look_up(shop_id=shop.id, shop=shop, codes=codes, customer_id=customer_id, now=now, guest=guest)
    return tuple(_found(code, told[code]) for code in dict.fromkeys(codes))


def _found(code: str, answer: CodeAnswer) -> FoundCode:
    return FoundCode(
        code=code,
        outcome=OUTCOMES[answer.state],
        campaign=answer.campaign if answer.is_ok else "",
        claims=tuple(CodeClaim(key=one.key, amount=one.amount, maximum=one.maximum) for one in answer.claims),
        on_refund=answer.on_refund,
    )
