"""Reads of promotions: what is in force, what a cart costs and why, and a past answer given again."""

from wracam.promotions.queries.buyers import claimed_customer
from wracam.promotions.queries.counting import CounterNow, counters_now
from wracam.promotions.queries.evaluating import evaluate
from wracam.promotions.queries.live import LiveOffers, live_offers, offers_at
from wracam.promotions.queries.wording import body_sentence

__all__ = [
    "CounterNow",
    "counters_now",
    "LiveOffers",
    "body_sentence",
    "claimed_customer",
    "evaluate",
    "live_offers",
    "offers_at",
]
