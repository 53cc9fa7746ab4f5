"""Reading a request's body: strict JSON into a typed value, or a problem that names the place.

Refused: other content types, bodies over the limit, duplicate keys, NaN and infinity, nesting deeper than
`DEPTH_MAX`, NUL characters and lone surrogates, which PostgreSQL cannot store.
"""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from wracam.faces.api import problems
from wracam.faces.api.problems import FieldError, Problem
from wracam.kernel import json_form

BODY_SIZE_MAX = 5_000_000
DEPTH_MAX = 32
Value = TypeVar("Value")
_ESCAPE, _ESCAPED_COLON = b"\\u003", b"\\u003a"
_PLACE = re.compile(r"^(?P<message>.*?)(?: - at `(?P<place>[^`]*)`)?$", re.DOTALL)


def raw_body(request: HttpRequest) -> bytes:
    """Return the bytes of a JSON request after checking type and size."""
    kind = (request.content_type or "").lower()
    if not kind and request.META.get("CONTENT_LENGTH", "") in {"", "0"}:
        raise _empty()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise Problem(problems.UNSUPPORTED_TYPE, "Send the body as JSON with `Content-Type: application/json`.")
    check_size(request)
    try:
        return request.body
    except RequestDataTooBig:
        raise too_large() from None
    except UnreadablePostError:
        raise Problem(problems.BAD_REQUEST, "The body ended before its announced length.") from None


def check_size(request: HttpRequest) -> None:
    """Refuse a body whose announced length is missing, senseless or over the limit, before reading it."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        raise Problem(problems.LENGTH_REQUIRED, "Send the body with a `Content-Length`; chunks are not accepted.")
    if length and not length.isdecimal():
        raise Problem(problems.BAD_REQUEST, "`Content-Length` is not a number.")
    if length and int(length) > BODY_SIZE_MAX:
        raise too_large()


def too_large() -> Problem:
    """Return the problem of a body over the limit."""
    return Problem(problems.TOO_LARGE, f"A body may have {BODY_SIZE_MAX:,} bytes; send less at a time.")


def read_body(request: HttpRequest, decoder: msgspec.json.Decoder[Value]) -> Value:
    """Return the body as the decoder's type, or raise the `Problem` that says what is wrong and where."""
    return decode(raw_body(request), decoder)


def decode(raw: bytes, decoder: msgspec.json.Decoder[Value]) -> Value:
    """Decode strict JSON; see the module."""
    if not raw.strip():
        raise _empty()
    if depth_of(raw) > DEPTH_MAX:
        raise Problem(problems.MALFORMED_JSON, f"The body is nested deeper than {DEPTH_MAX} levels.")
    if json_form.has_nul(raw):
        raise Problem(problems.MALFORMED_JSON, "The body contains the NUL character (\\u0000), which text cannot hold.")
    try:
        refuse_duplicate_keys(raw)
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise _wrong_place(str(error)) from None
    except (msgspec.DecodeError, ValueError, RecursionError, OverflowError) as error:
        raise Problem(problems.MALFORMED_JSON, f"The body is not valid JSON: {error}.") from None


def require_form(text: str, kind: Any, path: str) -> None:
    """Refuse a text of a wrong form as decoding would have: for those of which a body has dozens, checked when read."""
    try:
        msgspec.convert(text, kind)
    except msgspec.ValidationError as error:
        raise _wrong_place(f"{error} - at `${path.removeprefix('body')}`") from None


def _empty() -> Problem:
    return Problem(problems.MALFORMED_JSON, "The body is empty; send a JSON document.")


def depth_of(raw: bytes) -> int:
    """Return how deep *raw* is nested, counting brackets outside of strings; cheap for flat bodies."""
    if raw.count(b"{") + raw.count(b"[") <= DEPTH_MAX:
        return 0
    return json_form.depth(raw)


def refuse_duplicate_keys(raw: bytes) -> None:
    """Raise for an object that names a key twice: which one did the sender mean?

    A colon follows every key. What has as many colons when it is read and written again has lost no key; only what has
    not is looked at key by key, and what may have colons in disguise.
    """
    if (_ESCAPE in raw and _ESCAPED_COLON in raw.lower()) or raw.count(b":") != _colons_again(raw):
        json.loads(raw, object_pairs_hook=_without_duplicates)


def _colons_again(raw: bytes) -> int:
    try:
        return msgspec.json.encode(msgspec.json.decode(raw)).count(b":")
    except msgspec.ValidationError:  # a number beyond all bounds
        return -1


def _without_duplicates(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add() returns None on purpose
        raise ValueError(f"the key {twice[:80]!r} appears twice in one object")


def _wrong_place(message: str) -> Problem:
    """Turn msgspec's `Expected `int`, got `str` - at `$.lines[0].quantity`` into a problem."""
    match = _PLACE.match(message)
    text, place = (match["message"], match["place"] or "$") if match else (message, "$")
    path = "body" + place.removeprefix("$")
    error = FieldError(path=path, code=_code_of(text), message=text)
    return Problem(problems.INVALID, f"{path}: {text}", errors=[error])


def _code_of(message: str) -> str:
    if "missing required field" in message:
        return "required"
    if "unknown field" in message:
        return "unknown_field"
    if "Invalid enum value" in message or "Invalid value" in message:
        return "not_a_choice"
    if re.search(r"length|[<>]=? ", message):
        return "out_of_range"
    return "type" if message.startswith("Expected") else "invalid"
