"""Running a file of cases and printing a line for each, then the totals."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Case = Mapping[str, Any]


class NotUnderstoodError(ValueError):
    """The case says something this adapter has no words for; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one case. `verdict` is `pass`, `fail` or `not understood`."""

    id: str
    verdict: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.id}  {self.verdict}{'  ' + self.detail if self.detail else ''}"


def run(cases: list[Case], judge: Callable[[Case], Mapping[str, tuple[object, object]]]) -> list[Result]:
    """Put every case to *judge*, which returns {what: (expected, ours)} for each expectation."""
    return [_result(case, judge) for case in cases]


def _result(case: Case, judge: Callable[[Case], Mapping[str, tuple[object, object]]]) -> Result:
    name = str(case.get("id", "?"))
    try:
        compared = judge(case)
    except NotUnderstoodError as error:
        return Result(id=name, verdict="not understood", detail=str(error))
    except Exception as error:
        return Result(id=name, verdict="fail", detail=f"broke: {type(error).__name__}: {error}")
    wrong = [f"{what}: expected {theirs}, ours {ours}" for what, (theirs, ours) in compared.items() if theirs != ours]
    if not compared:
        return Result(id=name, verdict="not understood", detail="the case expects nothing that we can compare")
    return Result(id=name, verdict="fail", detail="; ".join(wrong)) if wrong else Result(id=name, verdict="pass")


def load(path: Path) -> list[Case]:
    """Read a file of cases: a JSON list, or an object with a list under `cases`."""
    content = json.loads(path.read_text("utf-8"))
    cases = content["cases"] if isinstance(content, dict) else content
    return list(cases)


def print_report(results: list[Result]) -> int:
    """Print a line per case and the totals; return the exit code (0 when nothing failed)."""
    for result in results:
        print(result)
    totals = Counter(result.verdict for result in results)
    print(
        f"{len(results)} cases: {totals['pass']} pass, {totals['fail']} fail, {totals['not understood']} not understood"
    )
    return 1 if totals["fail"] else 0
