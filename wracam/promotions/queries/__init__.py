"""Reads of promotions: what is in force, what a cart costs and why, and a past answer given again."""

from wracam.promotions.queries.buyers import claimed_customer
from wracam.promotions.queries.counting import CounterNow, counters_now
from wracam.promotions.queries.evaluating import evaluate, price
from wracam.promotions.queries.granting import (
    grants_of_commit,
    grants_of_orders,
    grants_of_quote,
    promotion_titles,
)
from wracam.promotions.queries.guests import counted_as, guest_mark
from wracam.promotions.queries.live import LiveOffers, live_offers, offers_at
from wracam.promotions.queries.looking import Scene, UnknownBuyerError, Visit, look, look_at
from wracam.promotions.queries.products import known_prices
from wracam.promotions.queries.reading import DATABASE, Execute
from wracam.promotions.queries.replaying import committed_evaluation, replay
from wracam.promotions.queries.results import PromotionResults, results
from wracam.promotions.queries.wording import body_sentence

__all__ = [
    "DATABASE",
    "CounterNow",
    "Execute",
    "LiveOffers",
    "PromotionResults",
    "Scene",
    "UnknownBuyerError",
    "Visit",
    "body_sentence",
    "claimed_customer",
    "committed_evaluation",
    "counted_as",
    "counters_now",
    "evaluate",
    "grants_of_commit",
    "grants_of_orders",
    "grants_of_quote",
    "guest_mark",
    "known_prices",
    "live_offers",
    "look",
    "look_at",
    "offers_at",
    "price",
    "promotion_titles",
    "replay",
    "results",
]
