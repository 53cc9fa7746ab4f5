"""Recorded cases of other systems, put to our engine: `make cases KIND=promotion FILE=...`.

An adapter reads a case's plain words into our definitions; where a case states another policy, it sets our policy
that gives its result. A case it cannot read is reported as not understood, never guessed.
"""
