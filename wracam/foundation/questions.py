"""Several questions to the database in one statement: one round trip, one prepared plan, whoever asks what.

A feature says a `Question` once: a SELECT with named values and the type of its rows. `ask` puts any number of them
into one statement that returns the rows of each as a JSON array, which msgspec reads into the type. For decisions in a
hurry (a cart); anything large is better read by itself.

    STOCK = Question("SELECT sku, left FROM stock WHERE sku = ANY(%(skus)s)", tuple[str, int])
    [stock] = ask(execute, [STOCK.with_values(skus=["A-1"])])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Generic, NamedTuple, TypeVar, get_args

import msgspec
from django.db import connection

from wracam.foundation.bulk import Row

TOGETHER_MAX = 256
"""So many different sets of questions are kept as statements."""
Execute = Callable[[str, Any], list[Row]]
"""Runs one statement with its values and returns the rows."""
Asking = Callable[[Sequence["Asked"]], list[list[Any]]]
"""`ask` with an *execute*, or that of a `Beside`."""
Told = TypeVar("Told")


class Question(Generic[Told]):
    """One SELECT and the type of its rows: a `tuple[…]` or an array-like struct.

    Questions asked together share their values: one name is one value.
    """

    __slots__ = ("columns", "decoder", "text")

    def __init__(self, text: str, row: type[Told]) -> None:
        self.text = text
        self.columns = len(get_args(row) or msgspec.structs.fields(row))  # type: ignore[arg-type]  # else a struct
        self.decoder: msgspec.json.Decoder[list[Told]] = msgspec.json.Decoder(list[row])  # type: ignore[valid-type]

    def with_values(self, **values: Any) -> Asked:
        """Return the question with its values."""
        return Asked(self, values)


class Asked(NamedTuple):
    """A question with its values."""

    question: Question[Any]
    values: Mapping[str, Any]


def ask(execute: Execute, asked: Sequence[Asked]) -> list[list[Any]]:
    """Return the rows of each question, in the order of the questions."""
    values: dict[str, Any] = {}
    for one in asked:
        values |= one.values
    [told] = execute(_together(tuple(one.question for one in asked)), values)
    return [one.question.decoder.decode(text) if text else [] for one, text in zip(asked, told, strict=True)]


class Beside:
    """Questions that travel with whatever is asked first, so that they cost no round trip of their own."""

    __slots__ = ("_execute", "_told", "_waiting")

    def __init__(self, execute: Execute, waiting: Sequence[Asked]) -> None:
        self._execute = execute
        self._waiting = waiting
        self._told: list[list[Any]] | None = None if waiting else []

    def ask(self, asked: Sequence[Asked]) -> list[list[Any]]:
        """Return the rows of each question, as `ask` does; the first time those that wait are asked too."""
        if self._told is not None:
            return ask(self._execute, asked)
        told = ask(self._execute, [*asked, *self._waiting])
        self._told = told[len(asked) :]
        return told[: len(asked)]

    def told(self) -> list[list[Any]]:
        """Return the rows of each that waited; asks them now if nobody has asked anything."""
        if self._told is None:
            self.ask([])
        return self._told or []


def on_django(statement: str, values: Any) -> list[Row]:
    """Run a statement on Django's connection, for everybody but the hot process."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


@lru_cache(maxsize=TOGETHER_MAX)
def _together(questions: tuple[Question[Any], ...]) -> str:
    return f"SELECT {', '.join(_as_array(one) for one in questions)}"


def _as_array(question: Question[Any]) -> str:
    names = ", ".join(f"c{number}" for number in range(question.columns))
    return f"(SELECT json_agg(json_build_array({names}))::text FROM ({question.text}) AS told({names}))"  # noqa: S608  texts of questions are ours; values travel as parameters


asking_django: Asking = partial(ask, on_django)
"""Asks on Django's connection."""
