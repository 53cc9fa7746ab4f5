"""Everything that changes vouchers: load, decide, store, record; one transaction each."""

from wracam.vouchers.actions.allowances import commit_hold, give_back, hold, release_hold, sweep_holds

__all__ = ["commit_hold", "give_back", "hold", "release_hold", "sweep_holds"]
