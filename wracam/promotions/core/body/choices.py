"""The words of an effect that stand for one of a few choices."""

from __future__ import annotations

from enum import StrEnum


class EffectKind(StrEnum):
    """What a promotion can do; the closed set."""

    PERCENT = "percent"
    AMOUNT = "amount"
    SET_PRICE = "set_price"
    NTH_UNIT = "nth_unit"
    BUY_GET = "buy_get"
    BUNDLE = "bundle"
    GIFT = "gift"
    POINTS = "points"
    REWARD = "reward"


class Target(StrEnum):
    """What a percentage or an amount is taken off."""

    PRODUCTS = "products"
    ORDER = "order"
    SHIPPING = "shipping"
    FEES = "fees"


class Split(StrEnum):
    """How an amount off the order is split over its lines."""

    VALUE = "value"
    QUANTITY = "quantity"


class StepBasis(StrEnum):
    """What the steps of a tiered reduction count."""

    QUANTITY = "quantity"
    VALUE = "value"


class Per(StrEnum):
    """What a limit of units or the steps of a reduction count in."""

    CART = "cart"
    LINE = "line"


class Reduced(StrEnum):
    """Whether units that the catalogue already reduced are meant."""

    TOO = "too"
    NOT = "not"


class Each(StrEnum):
    """What an amount off products is taken from."""

    UNIT = "unit"
    LINE = "line"
    """Once from all units of one product, however the cart splits them."""
