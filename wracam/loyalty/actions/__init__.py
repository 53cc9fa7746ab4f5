"""Everything the loyalty programme can do."""

from wracam.loyalty.actions.corrections import Move, correct, spend
from wracam.loyalty.actions.due import activate_due, expire_due, run_due
from wracam.loyalty.actions.members import forget_nicknames, join
from wracam.loyalty.actions.orders import handle, handled_events
from wracam.loyalty.actions.sealing import seal

__all__ = [
    "Move",
    "activate_due",
    "correct",
    "expire_due",
    "forget_nicknames",
    "handle",
    "handled_events",
    "join",
    "run_due",
    "seal",
    "spend",
]
