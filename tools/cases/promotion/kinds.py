"""What a kind of promotion does, read from the words of its name: `percent_items`, `fixed_off_cart`, `3_for_2`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum, auto

from tools.cases.report import NotUnderstoodError


class Does(StrEnum):
    """What is done."""

    PERCENT = auto()
    AMOUNT = auto()
    PRICE = auto()
    NTH = auto()
    BUY_GET = auto()
    SET = auto()
    GIFT = auto()
    POINTS = auto()
    REWARD = auto()
    MARK = auto()
    FLEXI = auto()
    """An amount off the first unit of a line and another off each further one."""
    SEVERAL = auto()


class On(StrEnum):
    """What it is done to."""

    ITEMS = auto()
    FEES = auto()
    UNIT = auto()
    LINE = auto()
    GROUP = auto()
    CHEAPEST = auto()
    DEAREST = auto()
    ORDER = auto()
    SHIPPING = auto()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind: what it does to what, and numbers that its name gives."""

    does: Does
    on: On = On.ITEMS
    group: int | None = None
    reduced: int | None = None
    is_free: bool = False
    percent: int = 100
    """What single units get when no figure is said: all, or half of the price."""


WHOLE_CART = frozenset({"order", "cart", "basket", "subtotal", "total", "across", "distributed", "checkout", "all"})
CHARGES = frozenset({"fee", "fees", "surcharge", "surcharges"})
DELIVERY = frozenset({"shipping", "delivery", "shipment", "postage", "freight"})
PERCENT = frozenset({"percent", "percentage", "pct", "relative"})
AMOUNT = frozenset({"fixed", "amount", "flat", "absolute", "money", "value", "off"})
ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}
COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
FOR = re.compile(r"(\d+|two|three|four|five|six)_for_(\d+|one|two|three|four|five)")


def kind_of(name: str) -> Kind:
    """Read the name of a kind; one whose words say nothing is not understood."""
    said = re.sub(r"[\s-]+", "_", name.strip().lower())
    words = set(said.split("_"))
    found = _of_several(said, words) or _of_units(said, words) or _of_reductions(said, words)
    if found is None:
        raise NotUnderstoodError(f"promotion of kind {name!r}")
    return found


def is_payment(name: object) -> bool:
    """Say whether a kind pays for a part of the cart (a gift card, credit) rather than making it cheaper."""
    words = set(re.sub(r"[\s-]+", "_", str(name).strip().lower()).split("_"))
    is_card = words & {"card", "cards"} and words & {"gift", "prepaid", "stored", "value"}
    is_credit = "credit" in words and words & {"store", "customer", "account", "shop"}
    return bool(is_card or is_credit or words & {"giftcard", "ewallet", "wallet"})


def _of_several(said: str, words: set[str]) -> Kind | None:
    if said in {"multi", "multiple", "several", "combined", "actions"}:
        return Kind(Does.SEVERAL)
    if "flexi" in words or {"first", "additional"} <= words:
        return Kind(Does.FLEXI)
    if said in {"any", "mark", "none"}:
        return Kind(Does.MARK, On.ORDER)
    if "points" in words or said == "multiplier":
        return Kind(Does.POINTS)
    if "reward" in words or "rewards" in words:
        return Kind(Does.REWARD)
    is_product = words & {"item", "items", "product", "products", "sample"}
    if said in {"free_units", "free_unit"}:
        return Kind(Does.GIFT)
    if words & {"gift", "gifts", "goodie", "freebie"} or ("free" in words and is_product and "cheapest" not in words):
        return Kind(Does.GIFT)
    return None


def _of_units(said: str, words: set[str]) -> Kind | None:
    if match := FOR.fullmatch(said):
        size, paid = (int(COUNTS.get(one, one)) if one != "one" else 1 for one in match.groups())
        return Kind(Does.NTH, group=size, reduced=size - paid)
    if said in {"x_for_y", "n_for_m", "n_for_x"}:
        return Kind(Does.NTH)
    if words & {"bxgy", "bogo", "bogof", "buyget", "buy", "b1g1"} or "buyxgety" in said:
        return Kind(Does.BUY_GET)
    if ordinal := next((ORDINALS[word] for word in sorted(words) if word in ORDINALS), None):
        return Kind(Does.NTH, group=ordinal, percent=50 if "half" in words else 100)
    if words & {"nth", "multibuy"}:
        return Kind(Does.NTH)
    if "cheapest" in words and "free" in words:
        return Kind(Does.NTH, On.CHEAPEST, is_free=True)
    is_set = said in {"set", "ready_set", "mix_and_match", "mix_match"}
    if is_set or words & {"bundle", "kit", "combo", "mixmatch", "pack", "package"}:
        return Kind(Does.SET)
    if words & {"group", "groups"} and not words & {"unit", "units", "each", "quantity", *PERCENT}:
        return Kind(Does.SET, On.GROUP)
    return None


def _of_reductions(said: str, words: set[str]) -> Kind | None:
    on = _on(said, words)
    if words & PERCENT:
        return Kind(Does.PERCENT, on or On.ORDER)
    if words & {"free", "no", "waive", "waived"} and on in {On.SHIPPING, On.FEES}:
        return Kind(Does.PERCENT, on, is_free=True)
    if words & {"new", "set"} and words & {"total", "subtotal"}:
        return Kind(Does.PRICE, On.ORDER)
    if "price" in words:
        return Kind(Does.PRICE, On.ITEMS if on in {None, On.UNIT, On.LINE} else on)
    if words & AMOUNT or words & {"group", "groups"}:
        return Kind(Does.AMOUNT, _amount_on(said, on))
    return None


def _on(said: str, words: set[str]) -> On | None:
    if words & CHARGES:
        return On.FEES
    if words & DELIVERY:
        return On.SHIPPING
    if "cheapest" in words:
        return On.CHEAPEST
    if words & {"dearest", "expensive"}:
        return On.DEAREST
    if words & WHOLE_CART:
        return On.ORDER
    if words & {"unit", "units", "each", "piece"} or "per_item" in said or "per_product" in said:
        return On.UNIT
    if words & {"line", "lines"}:
        return On.LINE
    if words & {"group", "groups"}:
        return On.UNIT
    if words & {"item", "items", "product", "products", "catalog", "catalogue", "category", "sku", "selected"}:
        return On.ITEMS
    return None


def _amount_on(said: str, on: On | None) -> On:
    """An amount off items is split over them; off a product (singular) or in the catalogue it is off each unit."""
    if on is On.ITEMS:
        words = set(said.split("_"))
        return On.UNIT if words & {"product", "item", "catalog", "catalogue"} else On.ORDER
    return on or On.ORDER
