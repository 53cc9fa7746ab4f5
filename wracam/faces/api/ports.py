"""What features plug into the API shell: the reader of keys, kinds of problems, and routes served elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wracam.kernel.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key that was accepted. A publishable key is known to everybody and may do little."""

    id: int
    shop_id: int
    name: str
    is_publishable: bool
    scopes: frozenset[str]
    """`orders:write` and so on; `*` stands for all."""
    origins: tuple[str, ...]
    """The web addresses from which a publishable key may be used."""

    def may(self, scope: str) -> bool:
        """Say whether the key has *scope*."""
        return scope in self.scopes or ("*" in self.scopes and not self.is_publishable)


KeyReader = Callable[[str], Key | None]
_key_readers: list[KeyReader] = []


def register_key_reader(reader: KeyReader) -> None:
    """Set the function that turns a secret into its key, or None when it is unknown, expired or revoked."""
    _key_readers[:] = [reader]


def read_key(secret: str) -> Key | None:
    """Return the key behind *secret*; None also while no feature offers keys."""
    return _key_readers[0](secret) if _key_readers else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """A kind of error with a stable code; programs branch on `code`, people read `title`."""

    code: str
    status: int
    title: str


PROBLEM_KINDS: Registry[ProblemKind] = Registry("kind of problem")


def problem_kind(code: str, status: int, title: str) -> ProblemKind:
    """Register a kind of problem, so that it appears in the documentation, and return it."""
    return PROBLEM_KINDS.register(code, ProblemKind(code=code, status=status, title=title))


@dataclass(frozen=True, slots=True, kw_only=True)
class HotRoute:
    """A route that the hot process serves; it is documented beside the others.

    `body` and `answer` are types that msgspec can describe.
    """

    method: str
    path: str
    scope: str
    tag: str
    summary: str
    description: str
    body: Any = None
    answer: Any = None
    status: int = 200
    parameters: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)


HOT_ROUTES: Registry[HotRoute] = Registry("hot route")


def document_hot_route(route: HotRoute) -> HotRoute:
    """Add a route of the hot process to the OpenAPI document."""
    return HOT_ROUTES.register(f"{route.method} {route.path}", route)
