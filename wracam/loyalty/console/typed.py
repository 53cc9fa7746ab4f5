"""What people type into forms, as definitions hold it; what cannot be a number stays as it is, to be complained of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from wracam.kernel.language import Language

DIGITS_MAX = 12


def whole(text: str) -> int | str:
    """Return a whole number, or the bare text."""
    bare = _bare(text)
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) <= DIGITS_MAX else bare


def decimal(text: str) -> str:
    """Return an amount with a point, however it was typed: `1,50` is `1.50`."""
    return _bare(text).replace(",", ".")


def as_typed(amount: object, language: Language) -> str:
    """Return an amount as the reader writes it."""
    return str(amount).replace(".", ",") if language == "pl" else str(amount)


def condition(text: str) -> dict[str, Any] | None:
    """Return the condition of the editor's field; one that everybody meets is none."""
    try:
        found = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return {"unreadable": text[:100]}
    return None if found in (None, {"all": []}) else found


def moment(text: str, zone: ZoneInfo) -> str:
    """Return a time typed in the shop's zone as ISO 8601 with its offset."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (found if found.tzinfo else found.replace(tzinfo=zone)).isoformat()


def local(moment_text: object) -> str:
    """Return a stored time for a date and time field in the zone of the page."""
    try:
        found = datetime.fromisoformat(str(moment_text))
    except ValueError:
        return ""
    return timezone.localtime(found).strftime("%Y-%m-%dT%H:%M") if found.tzinfo else ""


def part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the object in a field, or an empty one."""
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}


def parts(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list."""
    value = body.get(name)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def words(posted: Mapping[str, str], name: str) -> dict[str, str]:
    """Return Polish and English of a field; English stands in for a missing Polish and the other way round."""
    polish, english = posted.get(f"{name}_pl", "").strip(), posted.get(f"{name}_en", "").strip()
    return {"pl": polish or english, "en": english or polish} if polish or english else {}


def _bare(text: str) -> str:
    return text.strip().replace("\u00a0", "").replace(" ", "")
