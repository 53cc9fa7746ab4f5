"""Keys under which a person is sorted and found."""

from __future__ import annotations

from wracam.kernel.text import search_key

KEY_LENGTH_MAX = 200
_AFTER = str.maketrans(
    {"ą": "a~", "ć": "c~", "ę": "e~", "ł": "l~", "ń": "n~", "ó": "o~", "ś": "s~", "ź": "z~", "ż": "z~~"}
)


def sort_key(*, first_name: str, last_name: str, company: str) -> str:
    """Return a key whose byte order is the Polish alphabet: last name, first name, else the company.

    `~` sorts behind every letter, so that `ł` follows all of `l` and `ż` follows `ź`. Somebody without a name
    sorts last.
    """
    name = " ".join(part for part in (last_name, first_name) if part) or company
    spelled = search_key_keeping_polish(name)
    return spelled[:KEY_LENGTH_MAX] or "~~~~"


def search_key_keeping_polish(name: str) -> str:
    """Fold case and foreign accents, and spell Polish letters so that they sort behind their plain ones."""
    return "".join(_folded(letter) for letter in name.casefold()).strip()


def _folded(letter: str) -> str:
    if letter.isascii():
        return letter
    return letter.translate(_AFTER) if ord(letter) in _AFTER else search_key(letter)


def search_keys(*, first_name: str, last_name: str, company: str) -> tuple[str, str, str]:
    """Return the keys for finding by prefix: `kowalska anna`, `anna kowalska`, and the company."""
    last, first, firm = (search_key(name) if name else "" for name in (last_name, first_name, company))
    return f"{last} {first}".strip()[:KEY_LENGTH_MAX], f"{first} {last}".strip()[:KEY_LENGTH_MAX], firm[:KEY_LENGTH_MAX]
