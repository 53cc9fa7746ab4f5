"""zen-engine: a decision table with a rule for each promotion; all that hold are collected. No money is computed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.peers.same import ORDER_MINOR, category


def decision(folder: Path, count: int) -> Callable[[], object] | None:
    """Return a call that decides about the cart, or None when zen-engine is not installed in *folder*."""
    sys.path.insert(0, str(folder / "pylib"))
    try:
        import zen
    except ImportError:
        return None
    finally:
        sys.path.remove(str(folder / "pylib"))
    made = zen.ZenEngine().create_decision(json.dumps(_table(count)))
    facts = {"categories": [f"c{number}" for number in range(10)], "total": 30_310}
    return lambda: made.evaluate(facts)


def _table(count: int) -> dict[str, Any]:
    rules = [
        {"_id": f"r{number}", "i1": f"contains(categories, '{category(number)}')", "i2": f"total >= {ORDER_MINOR}",
         "o1": "10"}
        for number in range(count)
    ]  # fmt: skip
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": "i1", "name": "category"}, {"id": "i2", "name": "total"}],
        "outputs": [{"id": "o1", "field": "percent", "name": "percent"}],
        "rules": rules,
    }
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
            {"id": "table", "name": "t", "type": "decisionTableNode", "content": table, "position": {"x": 1, "y": 0}},
            {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
        ],
        "edges": [
            {"id": "e1", "type": "edge", "sourceId": "in", "targetId": "table"},
            {"id": "e2", "type": "edge", "sourceId": "table", "targetId": "out"},
        ],
    }
