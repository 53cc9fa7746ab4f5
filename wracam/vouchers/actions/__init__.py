"""Everything that changes vouchers: load, decide, store, record; one transaction each."""

from wracam.vouchers.actions.allowances import commit_hold, give_back, hold, release_hold, sweep_holds
from wracam.vouchers.actions.batches import fill_batch, import_codes, start_batch
from wracam.vouchers.actions.disabling import disable_batch, disable_code
from wracam.vouchers.actions.issuing import issue, issue_many, move_codes

__all__ = [
    "commit_hold",
    "disable_batch",
    "disable_code",
    "fill_batch",
    "give_back",
    "hold",
    "import_codes",
    "issue",
    "issue_many",
    "move_codes",
    "release_hold",
    "start_batch",
    "sweep_holds",
]
