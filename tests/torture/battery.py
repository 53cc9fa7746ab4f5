"""One run: load, kills, recovery, count."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.operations.running import SECONDS_MAX, eventually
from tests.torture import kills as killing
from tests.torture.senders import Ledger, Sender
from tests.torture.verdict import SETTLING_SECONDS_MAX, Verdict, judge
from tests.torture.world import World

SENDERS = 4
RECOVERY_SECONDS_MAX = max(90, SECONDS_MAX)


@dataclass
class Run:
    """What happened."""

    kills: Counter[str] = field(default_factory=Counter)
    recoveries_seconds: list[float] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    judged: Verdict | None = None
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        assert self.judged is not None
        return self.judged

    def report(self) -> str:
        recoveries = sorted(self.recoveries_seconds) or [0.0]
        return "\n".join(
            [
                f"{self.kills.total()} kills in {self.seconds:.0f} s: "
                + ", ".join(f"{name} {count}" for name, count in self.kills.most_common()),
                f"ready again after {statistics.median(recoveries):.1f} s (median), {recoveries[-1]:.1f} s (longest)",
                f"{len(self.ledger.events)} events and {len(self.ledger.orders)} orders sent, "
                f"{len(self.ledger.acknowledged_events)} and {len(self.ledger.acknowledged_orders)} acknowledged, "
                f"{self.verdict.events} and {self.verdict.orders} stored; {self.verdict.points} points; "
                f"{self.ledger.failures} requests failed and were repeated",
                "verdict: " + ("; ".join(self.verdict.complaints) or "nothing lost, nothing twice, ledger in order"),
            ]
        )


def torture(
    world: World,
    *,
    kills: int,
    seed: int,
    only: list[Callable] | None = None,
    seconds_quiet: float = 0.5,
    patience_seconds: float = SETTLING_SECONDS_MAX,
    say: Callable[[str], None] = lambda text: None,
) -> Run:
    """Load *world*, kill *kills* times, let everything settle, and judge."""
    run, chance, stop = Run(), random.Random(seed), threading.Event()
    started_at = time.monotonic()
    ports = [world.installation.port, world.installation.hot_port]
    senders = [Sender(number, ports, world.secret, run.ledger, stop) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    try:
        choices = {one: weight for one, weight in killing.KILLS.items() if only is None or one in only}
        for number in range(kills):
            time.sleep(chance.uniform(0.3, 1.5))
            (kill,) = chance.choices(list(choices), weights=list(choices.values()))
            kill(world.installation, chance)
            run.kills[kill.__name__] += 1
            run.recoveries_seconds.append(_recovery(world, kill.__name__))
            say(f"{number + 1}/{kills} {kill.__name__}: ready after {run.recoveries_seconds[-1]:.1f} s")
        time.sleep(seconds_quiet)
    finally:
        stop.set()
        for sender in senders:
            sender.join()
    assert not run.ledger.refused, run.ledger.refused[:3]
    assert not any(sender.open for sender in senders), (
        f"{sum(len(sender.open) for sender in senders)} batches were never acknowledged\n{world.installation.words}"
    )
    run.judged = judge(world, run.ledger, patience_seconds=patience_seconds)
    run.seconds = time.monotonic() - started_at
    return run


def _recovery(world: World, name: str) -> float:
    started_at = time.monotonic()
    assert eventually(world.ready, seconds=RECOVERY_SECONDS_MAX), (
        f"not ready again after {name}\n{world.installation.words}"
    )
    return time.monotonic() - started_at
