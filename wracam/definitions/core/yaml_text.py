"""Definitions as YAML texts: written in one canonical way, read strictly.

Reading takes only what JSON can say: no anchors, aliases, tags or duplicate keys; dates, `yes`, `on` and `12:30` stay
texts. What `write` wrote, `read` returns the same; writing that again gives the same bytes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

import yaml

from wracam.definitions.core.documents import BODY_BYTES_MAX, BODY_DEPTH_MAX

TEXT_BYTES_MAX = 2 * BODY_BYTES_MAX
HEAD = ("kind", "key", "name", "starts_at", "ends_at", "body")
LINE_WIDTH = 120
_ODD_BREAKS = re.compile("[\r\x85\u2028\u2029]")


class YamlError(ValueError):
    """The text is no definition; the message says where and why."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        return True


class _Loader(yaml.SafeLoader):
    """A loader whose plain scalars are JSON's."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


def _write_text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = '"' if _ODD_BREAKS.search(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _read_mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise YamlError(f"line {key_node.start_mark.line + 1}: the key {key!r} is not text; put it in quotes")
        if key in found:
            raise YamlError(f"line {key_node.start_mark.line + 1}: the key {key!r} is there twice")
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Dumper.add_representer(str, _write_text)
_Loader.add_constructor("tag:yaml.org,2002:map", _read_mapping)
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"true$|false$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?$"), list("-+0123456789")
)


def write(document: Mapping[str, Any], schema: Mapping[str, Any] | None = None) -> str:
    """Write a definition's file: head first, the body's keys in the order of its kind's schema, others by name."""
    head = {name: document[name] for name in HEAD if document.get(name) is not None}
    if "body" in head:
        head["body"] = _ordered(head["body"], schema or {})
    text: str = yaml.dump(
        head, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=LINE_WIDTH
    )
    return text


def read(text: str) -> dict[str, Any]:
    """Read a definition's file; raises `YamlError` for anything but a mapping of JSON values within the limits."""
    if len(text.encode("utf-8", "surrogatepass")) > TEXT_BYTES_MAX:
        raise YamlError(f"the file is larger than {TEXT_BYTES_MAX} bytes")
    try:
        _check_events(text)
        document = yaml.load(text, Loader=_Loader)  # noqa: S506  # a SafeLoader that reads even less
    except yaml.YAMLError as error:
        raise YamlError(" ".join(str(error).split())) from error
    if not isinstance(document, dict):
        raise YamlError("the file is not a mapping of kind, key, name and body")
    unknown = sorted(set(document) - set(HEAD))
    if unknown:
        raise YamlError(f"the file has fields that no definition has: {', '.join(unknown)}")
    return document


def text_difference(old: str, new: str, *, name: str) -> str:
    """Return how two texts differ, as a unified diff."""
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"live/{name}", f"file/{name}"
    )
    return "".join(lines)


def _check_events(text: str) -> None:
    """Refuse what could grow beyond its text or carry more than JSON, before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlError(f"line {line}: anchors and aliases are not allowed")
        if getattr(event, "tag", None) not in (None, "!"):
            raise YamlError(f"line {line}: tags are not allowed")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > BODY_DEPTH_MAX + 2:
            raise YamlError(f"line {line}: nested deeper than {BODY_DEPTH_MAX}")


def _ordered(value: Any, schema: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        known = _part(schema, "properties")
        names = [name for name in known if name in value]
        names += sorted(name for name in value if name not in known)
        return {name: _ordered(value[name], _part(known, name)) for name in names}
    if isinstance(value, list | tuple):
        return [_ordered(member, _part(schema, "items")) for member in value]
    return value


def _part(schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = schema.get(name)
    return part if isinstance(part, Mapping) else {}
