"""Telling a long story with several hands: processes that share the customers among them, chapter by chapter.

The hands are forked once the story is known, so that none has to think it up again. They only work when told to, one
task at a time, and all of them finish a task before the next one begins.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from django.db import connections

from wracam.foundation import processes, transactions

Task = Callable[["Share", Any], None]


class HandFailedError(RuntimeError):
    """One of the processes that fill the demo failed; its message follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Which of so many hands this is."""

    number: int
    of: int

    def has(self, member: int) -> bool:
        """Say whether the person with this number is ours."""
        return member % self.of == self.number


@dataclass(slots=True)
class Team:
    """This process and its helpers. `tasks` are what can be asked for, by name."""

    size: int
    tasks: dict[str, Task]
    pipes: list[Connection] = field(default_factory=list)
    helpers: list[BaseProcess] = field(default_factory=list)

    def __enter__(self) -> Team:
        if self.size > 1:
            connections.close_all()
        context = multiprocessing.get_context("fork")
        for number in range(1, self.size):
            mine, theirs = context.Pipe()
            helper = context.Process(target=_help, args=(Share(number=number, of=self.size), self.tasks, theirs))
            helper.start()
            self.pipes.append(mine)
            self.helpers.append(helper)
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self.pipes:
            pipe.close()
        for helper in self.helpers:
            helper.terminate()
            helper.join()

    def do(self, task: str, argument: Any) -> None:
        """Do a task with all hands; raises `HandFailedError` if another hand failed."""
        for pipe in self.pipes:
            pipe.send((task, argument))
        self.tasks[task](Share(number=0, of=self.size), argument)
        for pipe in self.pipes:
            if problem := pipe.recv():
                raise HandFailedError(problem)


def _help(share: Share, tasks: dict[str, Task], pipe: Connection) -> None:
    """Do what is asked for until the pipe is closed."""
    processes.die_with_parent()
    with transactions.flushed_at_the_end():
        _do_what_is_asked(share, tasks, pipe)


def _do_what_is_asked(share: Share, tasks: dict[str, Task], pipe: Connection) -> None:
    while True:
        try:
            task, argument = pipe.recv()
        except EOFError:
            return
        try:
            tasks[task](share, argument)
        except Exception as error:  # the rim of a worker: the teller of the story raises it
            pipe.send(f"{type(error).__name__}: {error}")
        else:
            pipe.send("")
