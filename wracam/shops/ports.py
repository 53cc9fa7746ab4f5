"""Where features say which scopes an API key can have, and what verbs and kinds of the audit log mean in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wracam.kernel.language import Words
from wracam.kernel.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Something a key may do, such as `orders:write`; public ones may be given to publishable keys."""

    name: str
    title: Words
    is_public: bool = False


SCOPES: Registry[Scope] = Registry("scope")
AUDIT_VERBS: Registry[Words] = Registry("audit verb")
AUDIT_KINDS: Registry[Words] = Registry("audited kind")


def register_scope(name: str, *, pl: str, en: str, is_public: bool = False) -> Scope:
    """Add a scope that keys can be given."""
    return SCOPES.register(name, Scope(name=name, title=Words(pl=pl, en=en), is_public=is_public))


def register_audit_verbs(verbs: Mapping[str, Words]) -> None:
    """Say what the stable codes of a feature's audit lines (`"key.created"`) mean to a person."""
    for code, words in verbs.items():
        AUDIT_VERBS.register(code, words)


def audit_verb(code: str) -> Words:
    """Return *code* in words; the code itself for a line that a later version or a removed feature wrote."""
    return AUDIT_VERBS.find(code) or Words(pl=code, en=code)


def register_audit_kinds(kinds: Mapping[str, Words]) -> None:
    """Say what the kinds of things in a feature's audit lines (`"code_batch"`) are called."""
    for code, words in kinds.items():
        AUDIT_KINDS.register(code, words)


def audit_kind(code: str) -> Words:
    """Return the kind of a thing in words; the code itself where no feature says it any more."""
    return AUDIT_KINDS.find(code) or Words(pl=code, en=code)
