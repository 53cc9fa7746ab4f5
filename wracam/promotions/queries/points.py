"""What a cart earns and what points could pay of it, as the features that give points say, from what was read of it.

Their questions are asked beside those of the promotions, in the same statement; see `wracam.promotions.ports`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from msgspec import Struct

from wracam.foundation.questions import Execute, ask
from wracam.promotions.contracts import Cart, PointsPreview, Quote
from wracam.promotions.ports import Buyer, BuyerKnown, PointsInquiry, points_inquiries
from wracam.promotions.queries.reading import DATABASE
from wracam.rules import queries as rules
from wracam.shops.contracts import Shop

NO_FACTS: Mapping[str, Any] = {}


class PointsTold(Struct, frozen=True, kw_only=True):
    """One inquiry with what was read for it."""

    inquiry: PointsInquiry
    known: BuyerKnown


def points_now(shop: Shop, buyer: Buyer, execute: Execute = DATABASE) -> tuple[PointsTold, ...]:
    """Read anew what is to be known about points, for a buyer whose points have just been moved."""
    inquiries = points_inquiries(buyer)
    if not inquiries:
        return ()
    facts = rules.facts_statement(facts_needed(frozenset(), inquiries))
    questions = [one for inquiry in inquiries for one in inquiry.questions]
    is_asked = buyer.customer_id is not None and facts.asks_anything
    if buyer.customer_id is not None and is_asked:
        questions.insert(0, facts.question(buyer.customer_id, buyer.at))
    answers = iter(ask(execute, questions)) if questions else iter(())
    rows = next(answers) if is_asked else ()
    return points_told(inquiries, shop, buyer.customer_id, facts.facts_of(rows[0]) if rows else NO_FACTS, answers)


def points_told(
    inquiries: Sequence[PointsInquiry],
    shop: Shop,
    customer_id: UUID | None,
    facts: Mapping[str, Any],
    answers: Iterator[Sequence[Any]],
) -> tuple[PointsTold, ...]:
    """Give each inquiry its share of the *answers*, which follow each other as the questions did."""
    if customer_id is not None:
        facts = {rules.TIME_ZONE_FACT: shop.time_zone, **facts}
    return tuple(
        [
            PointsTold(
                inquiry=one,
                known=BuyerKnown(zone=shop.zone, facts=facts, rows=[next(answers) for _ in one.questions]),
            )
            for one in inquiries
        ]
    )


def points_said(told: Iterable[PointsTold], cart: Cart, quote: Quote) -> tuple[PointsPreview, ...]:
    """Return what every feature says that the cart earns."""
    return tuple([said for one in told for said in one.inquiry.preview(cart, quote, one.known)])


def facts_needed(needs: frozenset[str], inquiries: Iterable[PointsInquiry]) -> frozenset[str]:
    """Return the facts of the customer that promotions (*needs*) and inquiries read together."""
    for one in inquiries:
        needs = _united(needs, one.needs)
    return needs


@lru_cache(maxsize=256)
def _united(left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    """Unite two sets; the same object each time, whose hash is known."""
    return left | right
