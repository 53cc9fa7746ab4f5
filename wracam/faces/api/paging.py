"""Pages of a list: opaque signed cursors over a keyset, so that deep pages are as fast as the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from django.core import signing

from wracam.faces.api.problems import UNREADABLE_CURSOR, Problem

LIMIT_DEFAULT, LIMIT_MAX = 50, 200
CURSOR_LENGTH_MAX = 600
_signer = signing.Signer(salt="wracam.api.cursor")
Item = TypeVar("Item")
Row = TypeVar("Row")


class Page(msgspec.Struct, Generic[Item], kw_only=True, frozen=True):
    """One page of a list. Ask again with `cursor` = `next_cursor` until it is null."""

    items: list[Item]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """What the client asked for: at most `limit` items after `position` (None: from the start).

    `position` holds what the key function of `page` returned for the last item before: text, whole numbers
    and, as ISO 8601 text, moments.
    """

    limit: int
    position: tuple[Any, ...] | None
    scope: str

    @property
    def fetch(self) -> int:
        """How many rows to fetch: one more than shown, which tells whether there is a next page."""
        return self.limit + 1

    def page(
        self, rows: Sequence[Row], *, key: Callable[[Row], tuple[Any, ...]], item: Callable[[Row], Item]
    ) -> Page[Item]:
        """Return the page of the first `limit` of *rows*, which were fetched up to `fetch`."""
        shown = rows[: self.limit]
        more = len(rows) > self.limit
        return Page(
            items=[item(row) for row in shown],
            next_cursor=write_cursor(self.scope, key(shown[-1])) if more and shown else None,
        )


def write_cursor(scope: str, position: tuple[Any, ...]) -> str:
    """Return the signed text of *position*, valid only for the same list and shop."""
    return _signer.sign_object([scope, *[_plain(part) for part in position]], serializer=_MsgspecSerializer)


def read_cursor(scope: str, text: str | None) -> tuple[Any, ...] | None:
    """Return the position in *text*; raises a problem when it is not one that we gave for this list."""
    if not text:
        return None
    try:
        made_for, *position = _signer.unsign_object(text, serializer=_MsgspecSerializer)
    except (signing.BadSignature, msgspec.DecodeError, ValueError):
        made_for, position = "", []
    if made_for != scope:
        raise Problem(UNREADABLE_CURSOR, "Use `next_cursor` of the page before, unchanged and for the same list.")
    return tuple(position)


def _plain(part: Any) -> Any:
    return part.isoformat() if isinstance(part, datetime) else part if isinstance(part, int) else str(part)


class _MsgspecSerializer:
    def dumps(self, obj: Any) -> bytes:
        return msgspec.json.encode(obj)

    def loads(self, data: bytes) -> Any:
        return msgspec.json.decode(data)
