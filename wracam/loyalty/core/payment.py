"""Paying with points: how many of them a cart may use, what they are worth, and what is left to pay."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTerms:
    """`points` are worth `worth_minor`; at least `least`, in whole `step`s, up to `most_percent` of the order."""

    points: int
    worth_minor: int
    least: int = 0
    most: int | None = None
    most_percent: int = 100
    step: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsPayment:
    """The points used and the money they stand for; nothing when the least is not met."""

    points: int
    worth_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftToPay:
    """What is to be paid after stored value covered a part: a means of payment leaves the tax as it is."""

    gross_minor: int
    net_minor: int
    tax_minor: int


def quote(terms: PaymentTerms, *, requested: int, balance: int, order_minor: int) -> PointsPayment:
    """Return how many of the *requested* points an order may use: within its share and what there is."""
    limit = order_minor * terms.most_percent // 100
    by_order = limit * terms.points // terms.worth_minor if terms.worth_minor else 0
    points = max(0, min(requested, balance, by_order))
    if terms.most is not None:
        points = min(points, terms.most)
    points -= points % max(1, terms.step)
    if points < terms.least:
        points = 0
    return PointsPayment(points=points, worth_minor=points * terms.worth_minor // terms.points if terms.points else 0)


def most(terms: PaymentTerms, *, balance: int, order_minor: int) -> PointsPayment:
    """Return the most that an order may use of a balance."""
    return quote(terms, requested=balance, balance=balance, order_minor=order_minor)


def due_back(points: int, *, order_minor: int, refunded_minor: int, is_cancelled: bool) -> int:
    """Return how many of the *points* that paid a part of an order its refunds give back in all.

    Points come back in proportion to the money refunded, rounded down, and all of them with the whole order; it is a
    function of what is refunded altogether, so neither the order nor the number of notices matters.
    """
    if is_cancelled or (order_minor > 0 and refunded_minor >= order_minor):
        return points
    if order_minor <= 0 or refunded_minor <= 0:
        return 0
    return points * refunded_minor // order_minor


def pay_stored_value(*, gross_minor: int, tax_minor: int, value_minor: int) -> LeftToPay:
    """Return what is left after *value_minor* of stored value (at most the gross) paid a part."""
    left = gross_minor - min(max(0, value_minor), gross_minor)
    return LeftToPay(gross_minor=left, net_minor=left - tax_minor, tax_minor=tax_minor)
