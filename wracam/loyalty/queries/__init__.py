"""Everything that can be asked about the loyalty programme."""

from wracam.loyalty.queries.balances import balance, balances, expiry_calendar
from wracam.loyalty.queries.history import history
from wracam.loyalty.queries.members import member, member_of
from wracam.loyalty.queries.preview import Preview, order_preview
from wracam.loyalty.queries.programs import live_program, live_programs
from wracam.loyalty.queries.verification import verify
from wracam.loyalty.queries.wording import ProgramWords, program_in_words

__all__ = [
    "Preview",
    "ProgramWords",
    "balance",
    "balances",
    "expiry_calendar",
    "history",
    "live_program",
    "live_programs",
    "member",
    "member_of",
    "order_preview",
    "program_in_words",
    "verify",
]
