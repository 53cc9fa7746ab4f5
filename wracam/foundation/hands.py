"""Many hands for one list of work: threads with a database connection of their own each.

For work that the database does while Python waits. The list is made where it is asked for; a hand takes the next piece
when it is done with its last, so no piece is done twice and none waits for a slow one. Who has many lists, one after
another, keeps the hands between them: a new connection knows nothing yet, and asks about every table anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from queue import Queue
from threading import Thread, local
from typing import Generic, TypeVar

from django.db import connections

Piece = TypeVar("Piece")
Result = TypeVar("Result")
_here = local()


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
    with kept(hands) as crew:
        return _Work(work).do(turns, hands, crew)


@contextmanager
def kept(hands: int) -> Iterator[Crew]:
    """Keep so many hands for all lists that this thread shares out within the block."""
    own: Crew | None = getattr(_here, "crew", None)
    if own is not None and own.size >= hands and not own.is_busy:
        yield own
        return
    _here.crew = crew = Crew(hands)
    try:
        yield crew
    finally:
        _here.crew = own
        crew.end()


class Crew:
    """Threads that do what they are told until the end; each starts with its first task."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.is_busy = False
        """Whether its hands wait for the pieces of a list: one that is shared out meanwhile needs others."""
        self._tasks: Queue[Callable[[], None] | None] = Queue()
        self._threads: list[Thread] = []

    def tell(self, task: Callable[[], None]) -> None:
        """Let one of the hands do a task, which raises nothing."""
        if len(self._threads) < self.size:
            self._threads.append(Thread(target=self._serve, name=f"hand-{len(self._threads)}", daemon=True))
            self._threads[-1].start()
        self._tasks.put(task)

    def end(self) -> None:
        """Wait for what is being done, and end."""
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        try:
            while (task := self._tasks.get()) is not None:
                task()
        finally:
            connections.close_all()


class _Work(Generic[Piece, Result]):
    """One list: hands take pieces from a short queue until they are told to end."""

    def __init__(self, work: Callable[[Piece], Result]) -> None:
        self._work = work
        self._waiting: Queue[tuple[Piece] | None] = Queue(maxsize=1)
        self._ended: Queue[None] = Queue()
        self._results: list[Result] = []
        self._errors: list[BaseException] = []

    def do(self, pieces: Iterable[Piece], hands: int, crew: Crew) -> list[Result]:
        """Hand out all pieces and wait for the results."""
        crew.is_busy = True
        for _ in range(hands):
            crew.tell(self._run)
        try:
            for piece in pieces:
                self._waiting.put((piece,))
                if self._errors:
                    break
        finally:
            for _ in range(hands):
                self._waiting.put(None)
            for _ in range(hands):
                self._ended.get()
            crew.is_busy = False
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
            self._ended.put(None)

    def _try(self, piece: Piece) -> None:
        try:
            self._results.append(self._work(piece))
        except BaseException as error:
            self._errors.append(error)
