"""Breakage: how many of the points that are out will never be used.

Points are followed in cohorts by the month in which they were issued. For each age in months the share of the
points still there that was used, and that expired, is measured over all cohorts old enough to have lived through
that age whole; young cohorts are censored, not counted as unused. From these hazards follows the part that is used in
the end (cumulative incidence with the competing end "expired": Aalen and Johansen 1978, on the life table of Kaplan
and Meier 1958; the same triangle that actuaries read for loyalty programmes: Gault, Llaguno and Ménard, "Loyalty
Rewards and Gift Card Programs", CAS). Points taken back, corrected or moved leave the risk set as if never watched.

Where nobody has looked yet, nothing is assumed to be lost: beyond the oldest age seen every point counts as used,
so a young programme shows its whole liability.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ALL_USED_BP = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """Points of one cohort that left at one age, in months; `removed` is what was taken back, corrected or moved."""

    cohort: int
    age: int
    used: int = 0
    expired: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The part of points that is used in the end, in basis points: of those just issued, and of those out now.

    `months` is how many ages were observed; 0 means that nothing is known and everything counts as used.
    """

    new_bp: int
    outstanding_bp: int
    months: int


UNKNOWN = Estimate(new_bp=ALL_USED_BP, outstanding_bp=ALL_USED_BP, months=0)


def estimate(issued: Mapping[int, int], exits: Iterable[Exit], month: int) -> Estimate:
    """Estimate from what was *issued* per month (numbered without gaps) and what left, seen at the start of *month*."""
    left = _by_cohort(exits)
    used_at, lost_at = _hazards(issued, left, month)
    ultimate = _ultimate(used_at, lost_at)
    if not used_at:
        return UNKNOWN
    outstanding = {cohort: max(0, points - _gone(left[cohort], month - cohort)) for cohort, points in issued.items()}
    whole = sum(outstanding.values())
    expected = sum(points * _from_age(ultimate, month - cohort) for cohort, points in outstanding.items())
    return Estimate(
        new_bp=_basis_points(ultimate[0]),
        outstanding_bp=_basis_points(expected / whole) if whole else ALL_USED_BP,
        months=len(used_at),
    )


def _by_cohort(exits: Iterable[Exit]) -> dict[int, dict[int, Exit]]:
    found: dict[int, dict[int, Exit]] = defaultdict(dict)
    for one in exits:
        found[one.cohort][one.age] = one
    return found


def _gone(ages: Mapping[int, Exit], before: int) -> int:
    return sum(one.used + one.expired + one.removed for age, one in ages.items() if age < before)


def _hazards(
    issued: Mapping[int, int], left: Mapping[int, Mapping[int, Exit]], month: int
) -> tuple[list[float], list[float]]:
    """Return per age the used and the expired share of what was still there, over cohorts that lived through it."""
    used_at, lost_at = [], []
    for age in range(month - min(issued, default=month)):
        at_risk = used = lost = 0
        for cohort, points in issued.items():
            if cohort + age < month:
                ages = left.get(cohort, {})
                here = ages.get(age, Exit(cohort=cohort, age=age))
                at_risk += max(0, points - _gone(ages, age) - max(0, here.removed))
                used, lost = used + max(0, here.used), lost + max(0, here.expired)
        if at_risk <= 0:
            break
        used_at.append(min(1.0, used / at_risk))
        lost_at.append(min(1.0 - used_at[-1], lost / at_risk))
    return used_at, lost_at


def _ultimate(used_at: list[float], lost_at: list[float]) -> list[float]:
    """Return for each age the part of what is still there that is used in the end; the last one is unseen: all."""
    found = [1.0]
    for used, lost in zip(reversed(used_at), reversed(lost_at), strict=True):
        found.append(used + (1.0 - used - lost) * found[-1])
    return found[::-1]


def _from_age(ultimate: list[float], age: int) -> float:
    return ultimate[min(max(0, age), len(ultimate) - 1)]


def _basis_points(share: float) -> int:
    return min(ALL_USED_BP, max(0, round(share * ALL_USED_BP)))
