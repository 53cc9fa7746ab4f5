"""Transactions: an action opens one; what must be written with it demands that it is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


class TransactionRequiredError(RuntimeError):
    """This write must happen in the transaction that made it true; call it inside an action."""


def require_transaction() -> None:
    """Raise `TransactionRequiredError` unless a transaction is open on the default connection."""
    if not connection.in_atomic_block:
        raise TransactionRequiredError(TransactionRequiredError.__doc__)


@contextmanager
def action() -> Iterator[None]:
    """Open the transaction of one action, or join the one already open."""
    with transaction.atomic(savepoint=False):
        yield
