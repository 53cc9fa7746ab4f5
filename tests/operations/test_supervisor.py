"""What starts when."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from wracam.config import supervisor as supervising
from wracam.config.supervisor import Program, Supervisor

IDLE = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def programs() -> Iterator[dict[str, Program]]:
    found = {
        "web": Program(name="web", command=IDLE),
        "jobs": Program(name="jobs", command=IDLE, waits=True),
    }
    yield found
    for program in found.values():
        if program.process is not None:
            program.process.kill()
            program.process.wait()


def running(programs: dict[str, Program]) -> list[str]:
    return [name for name, program in programs.items() if program.is_running]


def test_a_program_that_waits_starts_once_people_can_be_answered(programs: dict[str, Program]):
    answers: list[bool] = [False]
    supervisor = Supervisor(programs=list(programs.values()), cluster=None, say=print, is_up=lambda: answers[0])

    supervisor._tick()
    assert running(programs) == ["web"]

    answers[0] = True
    supervisor._tick()
    supervisor._tick()
    assert running(programs) == ["web", "jobs"]


def test_a_program_does_not_wait_for_ever(programs: dict[str, Program], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervising, "HEAD_START_SECONDS_MAX", -1.0)
    supervisor = Supervisor(programs=list(programs.values()), cluster=None, say=print, is_up=lambda: False)

    supervisor._tick()

    assert running(programs) == ["web", "jobs"]
