"""Reads of vouchers: keyword-only, typed, returning contracts."""

from wracam.vouchers.queries.allowances import counted_owners, counts_guests, hold_of, left, used_question
from wracam.vouchers.queries.batches import (
    CampaignFigures,
    CodeLine,
    batch,
    batches_of,
    code_page,
    codes_of_batch,
    figures_of,
)
from wracam.vouchers.queries.campaigns import live_campaign, live_campaigns
from wracam.vouchers.queries.codes import (
    code_record,
    code_texts,
    codes_of_customer,
    is_code_used,
    issued_codes,
    look_up,
)
from wracam.vouchers.queries.guessing import Guesser, Guessing
from wracam.vouchers.queries.guessing import guessing as guesses
from wracam.vouchers.queries.pushing import has_pusher, push, pushed_codes, pushes_of
from wracam.vouchers.queries.stored_value import (
    card_by_code,
    liability,
    movements,
    newest,
    payment_claim,
    policies,
    policy_of,
    stored_value_of,
    verify_stored_value,
)
from wracam.vouchers.queries.stored_value import stored_value as account

__all__ = [
    "CampaignFigures",
    "CodeLine",
    "Guesser",
    "Guessing",
    "account",
    "batch",
    "batches_of",
    "card_by_code",
    "code_page",
    "code_record",
    "code_texts",
    "codes_of_batch",
    "codes_of_customer",
    "counted_owners",
    "counts_guests",
    "figures_of",
    "guesses",
    "has_pusher",
    "hold_of",
    "is_code_used",
    "issued_codes",
    "left",
    "liability",
    "live_campaign",
    "live_campaigns",
    "look_up",
    "movements",
    "newest",
    "payment_claim",
    "policies",
    "policy_of",
    "push",
    "pushed_codes",
    "pushes_of",
    "stored_value_of",
    "used_question",
    "verify_stored_value",
]
