"""Many hands for one list of work: threads with a database connection of their own each.

For work that the database does while Python waits. The list is made where it is asked for; a hand takes the next piece
when it is done with its last, so no piece is done twice and none waits for a slow one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain, islice
from queue import Queue
from threading import Thread
from typing import Generic, TypeVar

from django.db import connections

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def share_out(pieces: Iterable[Piece], work: Callable[[Piece], Result], *, hands: int = 1) -> list[Result]:
    """Do *work* on every piece and return the results, in no particular order.

    With one hand, or one piece, it is done here and now. After the first error of a hand the others end with their
    piece, and the error is raised.
    """
    turns = iter(pieces)
    first = list(islice(turns, 2))
    turns = chain(first, turns)
    if hands == 1 or len(first) < 2:
        return [work(piece) for piece in turns]
    return _Hands(work).do(turns, hands)


class _Hands(Generic[Piece, Result]):
    """Threads that take pieces from a short queue until they are told to end."""

    def __init__(self, work: Callable[[Piece], Result]) -> None:
        self._work = work
        self._waiting: Queue[tuple[Piece] | None] = Queue(maxsize=1)
        self._results: list[Result] = []
        self._errors: list[BaseException] = []

    def do(self, pieces: Iterable[Piece], hands: int) -> list[Result]:
        """Hand out all pieces and wait for the results."""
        threads = [Thread(target=self._run, name=f"hand-{number}", daemon=True) for number in range(hands)]
        for thread in threads:
            thread.start()
        try:
            for piece in pieces:
                self._waiting.put((piece,))
                if self._errors:
                    break
        finally:
            for _ in threads:
                self._waiting.put(None)
            for thread in threads:
                thread.join()
        if self._errors:
            raise self._errors[0]
        return self._results

    def _run(self) -> None:
        """Work until there is no more; after an error pieces are only taken away, so that nobody waits for ever."""
        try:
            while (turn := self._waiting.get()) is not None:
                if not self._errors:
                    self._try(turn[0])
        finally:
            connections.close_all()

    def _try(self, piece: Piece) -> None:
        try:
            self._results.append(self._work(piece))
        except BaseException as error:
            self._errors.append(error)
