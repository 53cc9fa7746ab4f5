"""The loyalty programme: members, the double-entry points ledger, earning rules."""
