"""The walls of docs/architecture.md that a layers contract cannot express: doors, stairs, purity, cycles, clocks.

Everything is read from the import graph and the source, so a new folder is inside the walls from its first file.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import grimp
import pytest

import wracam
from wracam.foundation import features

PACKAGE = Path(wracam.__path__[0])
DOORS = {"contracts", "actions", "queries", "ports", "templatetags"}
"""Template tags are the door for parts of screens that another feature's page embeds."""
IMPURE = {"django", "ninja", "procrastinate", "httpx", "requests", "urllib3", "granian", "allauth", "anymail"}
STAIRS = {
    "contracts": set(),
    "ports": {"contracts"},
    "core": {"contracts"},
    "translate": {"contracts"},
    "models": {"contracts"},
    "queries": {"contracts", "ports", "core", "models"},
    "actions": {"contracts", "ports", "core", "models", "queries", "translate"},
    "reactions": {"contracts", "ports", "actions", "queries"},
    "tasks": {"contracts", "ports", "actions", "queries"},
}
CLOCK_READERS = {"faces", "tasks", "api", "console", "portal", "webhooks", "jobs"}
CLOCK_CALL = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time|timezone\.now|clock\.now)\(")


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("wracam", include_external_packages=True, cache_dir=None)


def product_modules() -> list[str]:
    return sorted(
        module
        for module in graph().modules
        if module.startswith("wracam.") and ".tests" not in module and ".migrations" not in module
    )


def feature_of(module: str) -> str | None:
    owners = [name for name in features.feature_modules() if module == name or module.startswith(name + ".")]
    return max(owners, key=len) if owners else None


def part_of(module: str, feature: str) -> str:
    """The file or folder of the anatomy that *module* belongs to: `core` for `wracam.loyalty.core.lots`."""
    return module[len(feature) + 1 :].split(".")[0]


def imports() -> list[tuple[str, str]]:
    return [
        (module, target) for module in product_modules() for target in graph().find_modules_directly_imported_by(module)
    ]


def test_features_meet_only_at_their_doors():
    through_walls = [
        f"{importer} -> {imported}"
        for importer, imported in imports()
        if (owner := feature_of(imported))
        and feature_of(importer) != owner
        and not importer.startswith("wracam.config.")
        and not owner.startswith("wracam.faces.")
        and part_of(imported, owner) not in DOORS | {""}
    ]

    assert through_walls == []


def test_inside_a_feature_imports_climb_the_stairs():
    falls = []
    for importer, imported in imports():
        feature = feature_of(importer)
        if not feature or feature.startswith("wracam.faces.") or feature_of(imported) != feature:
            continue
        step, onto = part_of(importer, feature), part_of(imported, feature)
        if step in STAIRS and onto not in STAIRS[step] | {step, ""}:
            falls.append(f"{importer} -> {imported}")

    assert falls == []


def is_pure(module: str) -> bool:
    if module.startswith("wracam.kernel"):
        return True
    feature = feature_of(module)
    return feature is not None and part_of(module, feature) in {"core", "contracts", "translate"}


@pytest.mark.parametrize("root", sorted(IMPURE))
def test_pure_modules_reach_no_framework(root: str):
    if root not in graph().modules:
        pytest.skip(f"nothing imports {root}")
    reaching = [module for module in product_modules() if is_pure(module) and graph().chain_exists(module, root)]

    assert reaching == []


def test_there_are_no_import_cycles_between_modules():
    edges: dict[str, set[str]] = {module: set() for module in product_modules()}
    for importer, imported in imports():
        if imported in edges and not is_package_of(imported, importer):
            edges[importer].add(imported)

    assert cycles(edges) == []


def is_package_of(package: str, module: str) -> bool:
    return module.startswith(package + ".")


def cycles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Strongly connected components of more than one module (Tarjan, 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in edges[node]:
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            component: list[str] = []
            while not component or component[-1] != node:
                component.append(stack.pop())
            if len(component) > 1:
                found.append(sorted(component))

    for node in edges:
        if node not in index:
            visit(node)
    return found


def source_files() -> list[Path]:
    return [
        path
        for path in PACKAGE.rglob("*.py")
        if not {"tests", "migrations", "vendor", "testing"} & set(path.relative_to(PACKAGE).parts)
    ]


def reads_the_clock_rightly(path: Path) -> bool:
    parts = {part.removesuffix(".py") for part in path.relative_to(PACKAGE).parts}
    return bool(parts & CLOCK_READERS) or parts & {"config", "foundation"} != set()


def test_nothing_decides_by_the_wall_clock():
    readers = [
        f"{path.relative_to(PACKAGE)}: {match.group(0)}"
        for path in source_files()
        if not reads_the_clock_rightly(path)
        for match in CLOCK_CALL.finditer(path.read_text("utf-8"))
    ]

    assert readers == []


def test_foreign_keys_point_to_the_same_or_a_lower_floor():
    from django.apps import apps

    upward = []
    for model in apps.get_models():
        owner = feature_of(model.__module__)
        if owner is None:
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not field.concrete or not field.is_relation or not target:
                continue
            other = feature_of(target.__module__)
            if other and other != owner and not is_lower(other, owner):
                upward.append(f"{model.__name__}.{field.name} -> {target.__name__}")

    assert upward == []


def is_lower(lower: str, upper: str) -> bool:
    floors = [floor_line for floor_line in floor_names() if floor_line]
    height = {name: number for number, names in enumerate(floors) for name in names}
    return height[lower.split(".")[1]] > height[upper.split(".")[1]]


def floor_names() -> list[list[str]]:
    text = (PACKAGE.parent / ".importlinter").read_text("utf-8")
    block = text.split("layers =", 1)[1].split("[importlinter", 1)[0]
    return [re.findall(r"[a-z_]+", line) for line in block.strip().splitlines()]


def test_no_function_is_longer_than_seventy_lines():
    long = []
    for path in source_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or 0) - node.lineno + 1
                if size > 70:
                    long.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name} ({size})")

    assert long == []


def test_no_module_is_longer_than_four_hundred_lines():
    long = [
        f"{path.relative_to(PACKAGE)} ({lines})"
        for path in source_files()
        if (lines := path.read_text("utf-8").count("\n")) > 420
    ]

    assert long == []


def test_the_walls_can_fail():
    edges = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}

    assert cycles(edges) == [["a", "b", "c"]]
    assert is_lower("wracam.events", "wracam.loyalty")
    assert not is_lower("wracam.loyalty", "wracam.events")
