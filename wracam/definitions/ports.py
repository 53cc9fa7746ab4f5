"""Where features register the kinds of documents they understand."""

from __future__ import annotations

from wracam.definitions.contracts import DefinitionKind
from wracam.kernel.registry import Registry

KINDS: Registry[DefinitionKind] = Registry("kind of definition")


def register_kind(kind: DefinitionKind) -> DefinitionKind:
    """Add a kind of definition; a second kind of the same name is an error at start."""
    return KINDS.register(kind.name, kind)
