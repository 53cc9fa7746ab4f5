"""The programme over the API: members, balances, history, corrections, spending, and previews."""

from wracam.loyalty.api import books, members, payments, previews, rewards
from wracam.loyalty.api.routing import router

__all__ = ["books", "members", "payments", "previews", "rewards", "router"]
