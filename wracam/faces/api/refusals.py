"""Which problems an endpoint can answer of its own accord, read from its code.

An endpoint refuses by raising a `Problem` of a kind, in its own function or in one it calls in the `api` of its
feature. Those kinds are names in the code, so they can be found without running it. What every endpoint can answer (no
key, a body that cannot be read, too many requests …) comes from the shell and is not repeated here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

from wracam.faces.api import problems
from wracam.faces.api.ports import ProblemKind


def refusals_of(endpoint: Callable[..., Any]) -> list[ProblemKind]:
    """Return the kinds of problems that *endpoint* or its feature's other functions raise, by status and code."""
    found: set[ProblemKind] = set()
    seen: set[Any] = set()
    waiting: list[Any] = [inspect.unwrap(endpoint)]
    package = _package(waiting[0].__module__)
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        for value in _named(function):
            if isinstance(value, ProblemKind):
                found.add(value)
            elif isinstance(value, FunctionType) and _is_read(value, package):
                waiting.append(inspect.unwrap(value))
    return sorted(found, key=lambda kind: (kind.status, kind.code))


def _package(module: str) -> str:
    """`wracam.loyalty.api.rewards` belongs to `wracam.loyalty.api`."""
    head, _, _ = module.partition(".api")
    return f"{head}.api"


def _is_read(function: FunctionType, package: str) -> bool:
    """Say whether a function is one of the feature's api, or of the short ways to a problem."""
    module = function.__module__
    return module == package or module.startswith(f"{package}.") or module == problems.__name__


def _named(function: FunctionType) -> Iterator[Any]:
    """Yield what the names in a function's code stand for: its globals, and the members of modules among them."""
    names = set(_names(function.__code__))
    for name in names & set(function.__globals__):
        value = function.__globals__[name]
        yield value
        if isinstance(value, ModuleType):
            yield from (getattr(value, member) for member in names if hasattr(value, member))


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
