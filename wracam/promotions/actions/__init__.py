"""The life of a cart: reserve, commit, release, refund."""

from wracam.promotions.actions.announcing import record_public_prices
from wracam.promotions.actions.committing import commit_cart
from wracam.promotions.actions.forgetting import forget_people
from wracam.promotions.actions.guests import adopt_guests, count_guest
from wracam.promotions.actions.payments import PaymentRequest
from wracam.promotions.actions.refunding import refund_cart
from wracam.promotions.actions.reserving import CartRequest, release_cart, release_lapsed, reserve_cart

__all__ = [
    "CartRequest",
    "PaymentRequest",
    "adopt_guests",
    "commit_cart",
    "count_guest",
    "record_public_prices",
    "forget_people",
    "refund_cart",
    "release_cart",
    "release_lapsed",
    "reserve_cart",
]
