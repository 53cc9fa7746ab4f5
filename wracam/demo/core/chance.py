"""Chance from a seed: every thing in the demo draws from its own stream, so that one never shifts another."""

from __future__ import annotations

import itertools
import math
from bisect import bisect
from collections.abc import Sequence
from random import Random
from typing import Generic, TypeVar

Item = TypeVar("Item")


def stream(seed: int, *names: object) -> Random:
    """Return the generator of one thing: `stream(7, "customer", 41)`. Equal names give equal draws."""
    return Random("/".join(map(str, (seed, *names))))  # noqa: S311  # a simulation, not a secret


class Choice(Generic[Item]):
    """A weighted choice, prepared once and drawn from often."""

    def __init__(self, pairs: Sequence[tuple[Item, float]]) -> None:
        self.items = [item for item, _ in pairs]
        self.steps = list(itertools.accumulate(weight for _, weight in pairs))

    def draw(self, random: Random) -> Item:
        """Return one item with the probability of its weight."""
        place = bisect(self.steps, random.random() * self.steps[-1])
        return self.items[min(place, len(self.items) - 1)]


def happens(random: Random, probability: float) -> bool:
    """Say whether something of this probability happens."""
    return random.random() < probability


def geometric(random: Random, mean: float) -> int:
    """Return 1, 2, 3 … with this mean (> 1), each next one rarer by a constant factor."""
    return 1 + int(math.log(1.0 - random.random()) / math.log(1.0 - 1.0 / mean))
