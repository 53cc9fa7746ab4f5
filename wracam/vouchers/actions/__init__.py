"""Everything that changes vouchers: load, decide, store, record; one transaction each."""

from wracam.vouchers.actions.allowances import commit_hold, give_back, hold, release_hold, sweep_holds
from wracam.vouchers.actions.batches import fill_batch, import_codes, start_batch
from wracam.vouchers.actions.cards import (
    add_store_credit,
    disable_stored_value,
    expire_stored_value,
    issue_gift_card,
    take_back,
    top_up,
)
from wracam.vouchers.actions.disabling import disable_batch, disable_code
from wracam.vouchers.actions.guessing import check_card, check_codes, forget_guesses
from wracam.vouchers.actions.issuing import issue, issue_many
from wracam.vouchers.actions.merging import move_belongings, move_uses
from wracam.vouchers.actions.pushing import note_push_error, push_codes, push_more, retry_push, start_push

__all__ = [
    "add_store_credit",
    "check_card",
    "check_codes",
    "commit_hold",
    "disable_batch",
    "disable_code",
    "disable_stored_value",
    "expire_stored_value",
    "fill_batch",
    "forget_guesses",
    "give_back",
    "hold",
    "import_codes",
    "issue",
    "issue_gift_card",
    "issue_many",
    "move_belongings",
    "move_uses",
    "note_push_error",
    "push_codes",
    "push_more",
    "release_hold",
    "retry_push",
    "start_batch",
    "start_push",
    "sweep_holds",
    "take_back",
    "top_up",
]
