"""A job that dies (SIGKILL) while it fills a batch: `python -m wracam.vouchers.tests.mortal_batch BATCH_ID CHUNK`.

It makes chunks of *CHUNK* codes and dies in the third, when its codes are in the table but not committed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from itertools import count
from uuid import UUID

import django

django.setup()

from wracam.vouchers import actions  # noqa: E402 after Django is ready
from wracam.vouchers.actions import batches, storing  # noqa: E402 as above
from wracam.vouchers.actions.storing import Owner, Placing  # noqa: E402 as above
from wracam.vouchers.tests.garden import NOON  # noqa: E402 as above

LAST_CHUNK = 3


def main(batch_id: UUID, chunk_size: int) -> None:
    """Fill the batch until the end comes."""
    chunks, store = count(1), storing.store

    def store_and_die(codes: Sequence[str], placing: Placing, owners: Sequence[Owner] | None = None) -> int:
        made = store(codes, placing, owners)
        if next(chunks) == LAST_CHUNK:
            os.kill(os.getpid(), signal.SIGKILL)
        return made

    storing.store = store_and_die
    batches.CHUNK_SIZE = chunk_size
    actions.fill_batch(batch_id=batch_id, now=NOON)


if __name__ == "__main__":
    main(UUID(sys.argv[1]), int(sys.argv[2]))
