"""Finding the features and loading their plug-ins into the ports of lower floors.

A feature is a package with an `apps.py`. Plug-in files are imported if they exist; one that exists and fails to
import fails the start, so that a broken plug-in is never mistaken for a missing one.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.util import find_spec

import wracam

PLUG_INS = (
    "contracts",
    "attributes",
    "audit_words",
    "effects",
    "offers",
    "definitions",
    "metrics",
    "privacy",
    "code_pusher",
    "reactions",
    "tasks",
)
PACKAGES_WITHOUT_FEATURES = frozenset({"kernel", "foundation", "config"})
GROUPS = frozenset({"connectors", "faces"})


@cache
def feature_modules() -> tuple[str, ...]:
    """Return the dotted names of all feature packages, in the order of their names."""
    names: list[str] = []
    for module in pkgutil.iter_modules(wracam.__path__, "wracam."):
        leaf = module.name.rpartition(".")[2]
        if not module.ispkg or leaf in PACKAGES_WITHOUT_FEATURES:
            continue
        if leaf in GROUPS:
            group = importlib.import_module(module.name)
            names += [inner.name for inner in pkgutil.iter_modules(group.__path__, f"{module.name}.") if inner.ispkg]
        else:
            names.append(module.name)
    return tuple(name for name in names if find_spec(f"{name}.apps"))


def load_plug_ins() -> None:
    """Import every plug-in file of every feature; called once, when Django is ready."""
    for plug_in in PLUG_INS:
        for feature in feature_modules():
            import_if_present(f"{feature}.{plug_in}")


def import_if_present(name: str) -> bool:
    """Import module *name* if it exists; say whether it did. Its own errors are not hidden."""
    if find_spec(name) is None:
        return False
    importlib.import_module(name)
    return True
