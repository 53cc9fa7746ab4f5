"""The generated reference says what the code says."""

from __future__ import annotations

from tools import reference


def test_the_reference_is_up_to_date() -> None:
    assert reference.out_of_date() == [], "run `make reference`"


def test_every_registered_name_is_in_the_reference() -> None:
    from wracam.definitions.ports import KINDS
    from wracam.events.contracts import EVENTS
    from wracam.rules.ports import ATTRIBUTES, COLLECTIONS

    pages = reference.pages()

    assert [kind.name for kind in EVENTS if f"## {kind.name}\n" not in pages["events.md"]] == []
    assert [item.name for item in ATTRIBUTES if f"`{item.name}`" not in pages["attributes.md"]] == []
    assert [item.name for item in COLLECTIONS if f"## {item.name}\n" not in pages["attributes.md"]] == []
    assert [kind.name for kind in KINDS if f"## {kind.name}\n" not in pages["definitions.md"]] == []
    assert len(EVENTS) > 10
    assert len(ATTRIBUTES) > 20
