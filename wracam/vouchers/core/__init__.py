"""The decisions of vouchers: pure functions without Django, clock, randomness or I/O."""
