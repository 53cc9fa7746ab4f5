"""Decisions about trade: what a snapshot says, what changed, what counts as a sale, prices over time."""
