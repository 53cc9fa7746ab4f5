"""Which gifts the units that a customer keeps still deserve, by the promotions of then and what was known of then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from msgspec import structs

from wracam.promotions.contracts import Cart, Gift, OfferOutcome, Reason, Standing
from wracam.promotions.core.explaining import Judged
from wracam.promotions.core.facts import cart_facts
from wracam.promotions.queries.evaluating import decide
from wracam.promotions.queries.live import LiveOffers
from wracam.promotions.queries.records import CartRecord
from wracam.promotions.queries.replaying import offers_then
from wracam.rules import queries as rules


def deserved_gifts(record: CartRecord, left: Mapping[str, int]) -> tuple[Gift, ...]:
    """Return the gifts of the cart with only *left* of it (units by line), priced with what applied when it was sold.

    Conditions about the customer are asked as of then, those about the cart of what is left.
    """
    if not left or not record.evaluation.quote.gifts:
        return ()
    lines = tuple(structs.replace(line, quantity=left[line.id]) for line in record.cart.lines if line.id in left)
    cart = replace(record.cart, lines=lines)
    offers = offers_then(record)
    judged = record.gathered.judged | _not_now(offers, record, cart)
    found = decide(offers, cart, record.visit, replace(record.gathered, judged=judged), explains_all=False)
    return found.quote.gifts


def _not_now(offers: LiveOffers, record: CartRecord, cart: Cart) -> dict[str, Judged]:
    """Leave out what did not apply then, and what asks more of a cart than is left."""
    visit = record.visit
    applied = {one.key for one in record.evaluation.offers if one.outcome is OfferOutcome.APPLIED}
    facts = cart_facts(cart, channel=visit.channel, country=visit.country, codes=visit.codes)
    facts[rules.TIME_ZONE_FACT] = offers.shop.time_zone
    if visit.customer_id is not None and offers.needs:
        facts |= rules.customer_facts([visit.customer_id], offers.needs, visit.at).get(visit.customer_id, {})
    conditions = {gate.promotion.key: gate.condition for gate in offers.gates.all}
    zone = rules.zone_of(facts)
    out = Judged(standing=Standing(reason=Reason.CONDITION_NOT_MET))
    return {
        one.key: out
        for one in offers.promotions
        if one.key not in applied
        or ((condition := conditions.get(one.key)) is not None and not condition.truth(facts, visit.at, zone))
    }
