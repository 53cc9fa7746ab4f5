"""Write docs/reference from the code: events, attributes, effects, kinds of definitions, the API, all addresses.

`python tools/reference.py` writes; `--check` changes nothing and fails when a page is out of date.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tools.markdown import anchor, json_block, page, table, text  # noqa: E402  the folder above must be named before
from tools.reference_doors import addresses_page, api_page  # noqa: E402  as above

FOLDER = ROOT / "docs" / "reference"


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when a page is out of date, write nothing")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wracam.config.settings")
    os.environ.setdefault("WRACAM_SECRET_KEY", secrets.token_hex())  # nothing is sealed here, but signers want one
    import django

    django.setup()
    return check() if arguments.check else write()


def write() -> int:
    """Write every page that changed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in out_of_date():
        (FOLDER / name).write_text(pages()[name], "utf-8")
        print(f"written: docs/reference/{name}")
    return 0


def check() -> int:
    """Name the pages that are out of date."""
    stale = out_of_date()
    for name in stale:
        print(f"docs/reference/{name} is out of date; run `make reference`")
    return 1 if stale else 0


def out_of_date() -> list[str]:
    """Return the names of pages that differ from what the registries say; Django must be set up."""
    return [name for name, text in pages().items() if _present(FOLDER / name) != text]


def pages() -> dict[str, str]:
    """Return every page by file name."""
    return {
        "events.md": events_page(),
        "attributes.md": attributes_page(),
        "effects.md": effects_page(),
        "definitions.md": definitions_page(),
        "api.md": api_page(),
        "addresses.md": addresses_page(),
    }


def events_page() -> str:
    """Describe every event: name, titles, what it means, its fields."""
    from wracam.events.contracts import BASE_FIELDS, EVENTS

    parts = [
        "# Events",
        "What the log can hold. Every event also has `shop_id`, `customer_id` (or null), `occurred_at`, and the event"
        " that caused it. Amounts are integer minor units of `currency`.",
        table(
            ["event", "in Polish", "in English"],
            [[f"[`{kind.name}`](#{anchor(kind.name)})", kind.title.pl, kind.title.en] for kind in EVENTS],
        ),
    ]
    for kind in EVENTS:
        hints = get_type_hints(kind)
        rows = [[f"`{item.name}`", _type(hints[item.name])] for item in fields(kind) if item.name not in BASE_FIELDS]
        parts += [f"## {kind.name}", text(kind.__doc__)]
        parts += [table(["field", "type"], rows)] if rows else ["No fields of its own."]
    return page(parts)


def attributes_page() -> str:
    """Describe what conditions can ask about, and the operators of each type."""
    from wracam.rules.contracts import ValueType
    from wracam.rules.core.operators import operators_of
    from wracam.rules.ports import ATTRIBUTES, COLLECTIONS

    parts = [
        "# Attributes and collections",
        "What conditions can ask about; the language itself is described in [rules](../rules.md). “Many” says that the"
        " attribute can select customers in bulk (segments, previews); the others are known for one event, order or"
        " cart at a time.",
        "## Operators by type",
        table(
            ["type", "operators"],
            [[kind.value, ", ".join(f"`{item.name}`" for item in operators_of(kind))] for kind in ValueType],
        ),
    ]
    items = {collection.item for collection in COLLECTIONS}
    subjects = sorted({attribute.subject for attribute in ATTRIBUTES} - items)
    for subject in subjects:
        parts += [f"## {subject}", _attributes(item for item in ATTRIBUTES if item.subject == subject)]
    for collection in COLLECTIONS:
        asked = f"Asked by conditions about: {', '.join(collection.subjects)}."
        dated = f" An item is dated by `{collection.moment}`." if collection.moment else ""
        parts += [f"## {collection.name}", f"{collection.title.pl} · {collection.title.en}. {asked}{dated}"]
        parts += [_attributes(collection.fields)]
    return page(parts)


def effects_page() -> str:
    """Describe what rules can do."""
    from wracam.rules.ports import EFFECTS

    parts = ["# Effects", "What rules can do. A feature registers its effects with `rules.ports.register_effect`."]
    if not len(EFFECTS):
        parts += ["No feature registers an effect yet: earning rules say what they give in their own document."]
    for effect in EFFECTS:
        parts += [f"## {effect.name}", f"{effect.title.pl} · {effect.title.en}"]
        parts += [json_block(effect.example), "Schema:", json_block(effect.schema)]
    return page(parts)


def definitions_page() -> str:
    """Describe the documents that merchants write."""
    from wracam.definitions.ports import KINDS

    parts = [
        "# Kinds of definitions",
        "Documents that merchants write in the console, through the API or as YAML files; their life cycle is described"
        " in [definitions](../definitions.md).",
    ]
    for kind in KINDS:
        parts += [
            f"## {kind.name}",
            f"{kind.title.pl} · {kind.title.en}",
            "Example, and how it is said:",
            json_block(kind.example),
            f"> {kind.sentence(kind.example, 'pl')}\n>\n> {kind.sentence(kind.example, 'en')}",
            "Schema:",
            json_block(kind.schema),
        ]
    return page(parts)


def _attributes(items: Iterable[Any]) -> str:
    rows = [
        [
            f"`{item.name}`",
            item.type.value,
            item.title.pl,
            item.title.en,
            "yes" if item.sql else "",
            _values(item),
        ]
        for item in items
    ]
    return table(["attribute", "type", "in Polish", "in English", "many", "values"], rows)


def _values(item: Any) -> str:
    if callable(item.choices):
        return "looked up"
    if item.choices:
        return ", ".join(f"`{choice.value}`" for choice in item.choices)
    return "" if item.example is None else f"e.g. `{json.dumps(item.example, ensure_ascii=False)}`"


def _type(hint: Any) -> str:
    origin, inner = get_origin(hint), [part for part in get_args(hint) if part is not Ellipsis]
    if origin in (Union, UnionType):
        return " or ".join("null" if part is type(None) else _type(part) for part in inner)
    if origin in (tuple, list):
        return f"list of {_type(inner[0])}"
    if origin is dict:
        return "object"
    own = getattr(hint, "__dataclass_fields__", None)
    if own is None:
        return getattr(hint, "__name__", str(hint))
    hints = get_type_hints(hint)
    return "{" + ", ".join(f"{name}: {_type(hints[name])}" for name in own) + "}"


def _present(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
