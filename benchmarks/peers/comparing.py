"""Ours and the peers on one cart in one run: processor time and median of a warm call, and the ratios with goals.

Every engine gets the same cart and promotions (`same.py`), and those that compute money must agree on the discount, or
the run fails. Ratios are of processor time, which other programs on the machine disturb least; all is measured in
turns, and the middle of the turns counts. Ours is measured twice: on those simple promotions, and (the goal) on as many
promotions of all kinds, which no peer is given.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import same, zen_table
from wracam.promotions.contracts import Cart, Policy
from wracam.promotions.core.catalog import Catalog
from wracam.promotions.core.engine import evaluate

COUNTS = (1, 10, 100)
TURNS = 3
WARM_UP_SECONDS = 1.0
OSCAR_SECONDS, SECONDS_MAX = 1.0, 300
DRIVERS = Path(__file__).resolve().parent
GOALS = {"Medusa computeActions": 10.0, "Vendure OrderCalculator": 10.0, "django-oscar Applicator": 5_000.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a call costs, and the discount it gave; None where the engine computes no money."""

    median_ms: float
    cpu_ms: float
    discount_minor: int | None = None
    queries: int = 0


Engine = Callable[[int], Figures]


def compare(folder: Path, repeats: int, all_kinds: tuple[Cart, Callable[[int], Catalog]]) -> bool:
    """Print a line for each engine and count, then the ratios; False when a goal is missed."""
    mixed_cart, mixed = all_kinds
    ours = {
        "ours": lambda count: _ours(same.cart(), same.promotions(count), repeats),
        "ours, promotions of all kinds": lambda count: _ours(mixed_cart, mixed(count), repeats),
    }
    engines = {**ours, **_peers(folder, repeats)}
    print(f"\nthe same cart for all, {TURNS} turns: processor time of a warm call (median of the wall clock)")
    turns = [{name: _measured(engine) for name, engine in engines.items()} for _ in range(TURNS)]
    found = {name: _told(name, [turn[name] for turn in turns]) for name in engines}
    _demand_agreement(found)
    met = [_ratio(name, found, goal) for name, goal in GOALS.items() if found[name]]
    return all(met)


def _peers(folder: Path, repeats: int) -> dict[str, Engine]:
    def node(script: str, package: str, **environment: str) -> Engine:
        return lambda count: _node(folder, script, package, count, repeats, environment)

    return {
        "Medusa computeActions": node("medusa.mjs", "@medusajs/promotion"),
        "Medusa, only what can match": node("medusa.mjs", "@medusajs/promotion", MATCHING="1"),
        "Vendure OrderCalculator": node("vendure.mjs", "@vendure/core"),
        "django-oscar Applicator": lambda count: _oscar(folder, count),
        "json-rules-engine (conditions only)": node("json_rules.mjs", "json-rules-engine"),
        "zen-engine (conditions only)": lambda count: _zen(folder, count, repeats),
    }


def _measured(engine: Engine) -> dict[int, Figures] | str:
    """Measure an engine at every count, or say why it cannot be run."""
    try:
        return {count: engine(count) for count in COUNTS}
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", None) or error)
        return said.strip().splitlines()[-1]


def _told(name: str, turns: list[dict[int, Figures] | str]) -> dict[int, Figures]:
    """Print an engine's line and return its middle turn at every count; empty when it could not be run."""
    done = [turn for turn in turns if not isinstance(turn, str)]
    if len(done) < len(turns):
        print(f"  {name}: skipped: {next(turn for turn in turns if isinstance(turn, str))}")
        return {}
    found = {count: sorted((turn[count] for turn in done), key=_cpu_ms)[len(done) // 2] for count in COUNTS}
    cells = [f"{count}: {one.cpu_ms:.3f} ms ({one.median_ms:.3f})" for count, one in found.items()]
    queries = f"; {found[COUNTS[-1]].queries:,} queries" if found[COUNTS[-1]].queries else ""
    print(f"  {name}: {'; '.join(cells)}{queries}")
    return found


def _cpu_ms(figures: Figures) -> float:
    return figures.cpu_ms


def _demand_agreement(found: Mapping[str, Mapping[int, Figures]]) -> None:
    """Stop when two engines that compute money did not give the same discount: they did not do the same work."""
    for count in COUNTS:
        given = {
            name: one[count].discount_minor
            for name, one in found.items()
            if one and one[count].discount_minor is not None and "all kinds" not in name
        }
        if len(set(given.values())) != 1:
            raise SystemExit(f"the engines disagree about {count} promotions: {given}")


def _ratio(name: str, found: Mapping[str, Mapping[int, Figures]], goal: float) -> bool:
    peer = found[name][COUNTS[-1]].cpu_ms
    alike, mixed = (found[ours][COUNTS[-1]].cpu_ms for ours in ("ours", "ours, promotions of all kinds"))
    is_met = peer / mixed >= goal
    print(
        f"  {name} takes {peer / alike:,.1f} times as long as ours, {peer / mixed:,.1f} times as long as ours with "
        f"promotions of all kinds (goal {goal:,.0f}): {'met' if is_met else 'MISSED'}"
    )
    return is_met


def _ours(cart: Cart, catalog: Catalog, repeats: int) -> Figures:
    discount_minor = evaluate(cart, catalog, Policy()).discount_minor
    return _timed(lambda: evaluate(cart, catalog, Policy()), repeats, discount_minor)


def _zen(folder: Path, count: int, repeats: int) -> Figures:
    decide = zen_table.decision(folder, count)
    if decide is None:
        raise FileNotFoundError("zen-engine is not installed in the folder")
    return _timed(decide, repeats, None)


def _timed(work: Callable[[], object], repeats: int, discount_minor: int | None) -> Figures:
    warm_at = time.perf_counter() + WARM_UP_SECONDS
    while time.perf_counter() < warm_at:
        work()
    walls, busy = [], time.process_time()
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        walls.append((time.perf_counter() - started) * 1000)
    busy = (time.process_time() - busy) * 1000 / repeats
    return Figures(median_ms=statistics.median(walls), cpu_ms=busy, discount_minor=discount_minor)


def _node(folder: Path, script: str, package: str, count: int, repeats: int, environment: Mapping[str, str]) -> Figures:
    node = shutil.which("node")
    if node is None or not (folder / "node_modules" / package).is_dir():
        raise FileNotFoundError(f"{package} is not installed in the folder, or node is missing")
    command = [node, str(DRIVERS / script), str(folder), str(count), str(repeats)]
    return _run(command, environment)


def _oscar(folder: Path, count: int) -> Figures:
    python = folder / "oscar" / "bin" / "python"
    if not python.exists():
        raise FileNotFoundError("django-oscar is not installed in the folder")
    return _run([str(python), str(DRIVERS / "oscar_shop.py"), str(count), str(OSCAR_SECONDS)], {})


def _run(command: list[str], environment: Mapping[str, str]) -> Figures:
    ran = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=SECONDS_MAX, env={**os.environ, **environment}
    )
    figures: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return Figures(**figures)  # type: ignore[arg-type]
