"""What shops, keys and staff must look like."""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wracam.kernel.pictures import Picture, cleaned
from wracam.kernel.text import clean_text, search_key

SHOP_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
SCOPE = re.compile(r"[a-z_]+(?:[.:][a-z_]+)*|\*")
SCOPES_MAX = 40
ORIGINS_MAX = 20
ACCENT = re.compile(r"#[0-9a-f]{6}")
RADIUS_PX_MAX = 32
LOGO_BYTES_MAX = 200_000


def suggested_key(name: str) -> str:
    """Return a short name for addresses from a shop's name: `Żółty Zielnik` is `zolty-zielnik`."""
    return re.sub(r"[^a-z0-9]+", "-", search_key(name)).strip("-")[:40].strip("-") or "shop"


def known_time_zone(name: str) -> str:
    """Return *name* if it is a time zone, else raise `ValueError`."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone such as Europe/Warsaw") from error
    return name


def checked_scopes(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Return *scopes* sorted and without repeats, or raise `ValueError` for one that cannot be."""
    wrong = [scope for scope in scopes if not SCOPE.fullmatch(scope)]
    if wrong or len(scopes) > SCOPES_MAX:
        raise ValueError(f"{', '.join(wrong) or 'so many'}: not scopes a key can have")
    return tuple(sorted(set(scopes)))


def checked_origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    """Return *origins* as `https://host[:port]`, or raise `ValueError` naming the wrong one."""
    if len(origins) > ORIGINS_MAX:
        raise ValueError(f"a key can have at most {ORIGINS_MAX} origins")
    return tuple(sorted({_origin(origin) for origin in origins}))


def _origin(value: str) -> str:
    parts = urlsplit(clean_text(value, length_max=200).lower())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"{value!r} is not an origin such as https://shop.example.com")
    return f"{parts.scheme}://{parts.netloc}"


def clean_logo(content: bytes) -> Picture:
    """Return a logo as it may be shown, or raise `ValueError`; SVG is refused, it can hold scripts."""
    if len(content) > LOGO_BYTES_MAX:
        raise ValueError(f"the logo is larger than {LOGO_BYTES_MAX // 1000} kB; make it smaller")
    return cleaned(content)
