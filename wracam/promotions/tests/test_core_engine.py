"""The engine against an oracle that tries everything, and the promises that hold for every cart."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from wracam.promotions.contracts import Cart, Policy, Quote
from wracam.promotions.core.engine import Catalog, evaluate
from wracam.promotions.tests.carts import EXAMPLES, carts, offer_lists, oracle_saving, policies, settled_policies

BEST = Policy()


def quote(cart, offers, policy=BEST) -> Quote:
    return evaluate(cart, Catalog(offers), policy)


def saved(answer: Quote) -> int:
    off = answer.discount_minor + answer.shipping_discount_minor + answer.fees_discount_minor
    return off + sum(gift.value_minor for gift in answer.gifts)


@settings(max_examples=EXAMPLES, deadline=None)
@given(carts(), offer_lists(), policies)
def test_the_engine_saves_exactly_as_much_as_trying_everything(cart, offers, policy):
    answer = quote(cart, offers, policy)

    assert answer.proved_optimal
    assert saved(answer) == oracle_saving(cart, offers, policy)


@settings(max_examples=80, deadline=None)
@given(carts(), offer_lists(), st.randoms(use_true_random=False))
def test_the_order_of_lines_and_offers_changes_nothing(cart, offers, random):
    lines, shuffled = list(cart.lines), list(offers)
    random.shuffle(lines)
    random.shuffle(shuffled)

    answer, other = quote(cart, offers), quote(replace(cart, lines=tuple(lines)), shuffled)

    assert other.applied == answer.applied
    assert other.refused == answer.refused
    assert sorted(other.lines, key=lambda line: line.id) == sorted(answer.lines, key=lambda line: line.id)


@settings(max_examples=80, deadline=None)
@given(carts(), offer_lists())
def test_splitting_a_line_changes_no_total(cart, offers):
    pieces = [
        structs.replace(line, id=f"{line.id}-{unit}", quantity=1)
        for line in cart.lines
        for unit in range(line.quantity)
    ]

    answer, split = quote(cart, offers), quote(replace(cart, lines=tuple(pieces)), offers)

    assert (split.total_minor, split.tax_minor, split.taxes) == (answer.total_minor, answer.tax_minor, answer.taxes)
    assert [offer.discount_minor for offer in split.applied] == [offer.discount_minor for offer in answer.applied]


@settings(max_examples=80, deadline=None)
@given(carts(), offer_lists(), settled_policies)
def test_everything_adds_up_and_nothing_goes_below_its_floor(cart: Cart, offers, policy):
    answer = quote(cart, offers, policy)

    for line, priced in zip(cart.lines, answer.lines, strict=True):
        assert 0 <= priced.discount_minor <= priced.subtotal_minor
        assert priced.subtotal_minor == line.quantity * line.unit_minor
    given_away = sum(offer.discount_minor for offer in answer.applied)
    assert given_away == answer.discount_minor + answer.shipping_discount_minor + answer.fees_discount_minor
    goods = answer.items_minor - answer.discount_minor
    assert answer.total_minor == goods + answer.shipping_minor + answer.fees_minor
    shipped = [charge.amount_minor for charge in answer.charges if not charge.is_fee]
    assert sum(shipped) == answer.shipping_minor or not answer.charges
    assert all(charge.amount_minor >= 0 and charge.discount_minor >= 0 for charge in answer.charges)
    assert sum(share.tax_minor for share in answer.taxes) == answer.tax_minor
    assert sum(share.gross_minor for share in answer.taxes) == answer.gross_minor
    by_sku: dict[tuple, list[int]] = {}
    for line, priced in zip(cart.lines, answer.lines, strict=True):
        room = by_sku.setdefault((line.sku, line.unit_minor, line.floor_minor), [0, 0])
        room[0] += priced.total_minor
        room[1] += line.floor_minor * line.quantity
    assert all(total >= least for total, least in by_sku.values())


@settings(max_examples=80, deadline=None)
@given(carts(), offer_lists())
def test_no_single_offer_would_have_been_better(cart, offers):
    together = saved(quote(cart, offers))

    assert all(saved(quote(cart, [offer])) <= together for offer in offers)


@settings(max_examples=100, deadline=None)
@given(carts(), offer_lists())
def test_every_candidate_is_accounted_for(cart, offers):
    answer = evaluate(cart, Catalog(offers), BEST, explains_all=True)

    named = [offer.key for offer in answer.applied] + [offer.key for offer in answer.refused]
    assert sorted(named) == sorted(offer.key for offer in offers)
