"""The form of JSON before it is decoded: how deep it is nested, and whether it hides a NUL.

Both take time that grows with the length of the text and nothing else, whatever a stranger sends: no pattern here
can divide the same letters in two ways, and a string that never ends is taken whole.
"""

from __future__ import annotations

import re
from itertools import accumulate

_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.|\\\Z)*+(?:"|\Z)', re.DOTALL)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*+\\u0000")
_STEP = {ord(b"{"): 1, ord(b"["): 1, ord(b"}"): -1, ord(b"]"): -1}
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in _STEP)


def depth(content: bytes) -> int:
    """Return how many objects and arrays are open at the deepest place; brackets inside strings do not count."""
    brackets = _STRINGS.sub(b"", content).translate(None, _NOT_BRACKETS)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0)


def has_nul(content: bytes) -> bool:
    """Say whether a string of the JSON means a NUL character (an escaped backslash before `u0000` does not)."""
    return b"\\u0000" in content and _NUL.search(content) is not None
