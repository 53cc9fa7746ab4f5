"""What a promotion does, in words: one telling for each kind of effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wracam.promotions.core.body.effects import TIMES_MAX
from wracam.promotions.core.offers import (
    ALL,
    Bundle,
    BuyGet,
    Effect,
    Filter,
    Give,
    GrantReward,
    MultiplyPoints,
    NthUnit,
    Pick,
    Reduction,
    SetPrice,
    Stage,
)
from wracam.promotions.core.rounding import WHOLE_PPM
from wracam.promotions.core.words.figures import (
    AND,
    BOUND_PIECES,
    OR,
    TIMES,
    listed,
    pieces,
    times,
)
from wracam.promotions.core.words.telling import Teller

ORDINALS_PL = {2: "Drugi", 3: "Trzeci", 4: "Czwarty", 5: "Piąty"}
ORDINALS_EN = {2: "Second", 3: "Third", 4: "Fourth", 5: "Fifth"}


def effect_told(teller: Teller, effect: Effect) -> str:
    """Say what one effect does."""
    return _TELLERS[type(effect)](teller, effect)


def _units(teller: Teller, units: Filter, everything: tuple[str, str] = ("na wszystko", "on everything")) -> str:
    if units == ALL:
        return teller.say(*everything)
    return teller.say("na ", "on ") + named_units(teller, units)


def named_units(teller: Teller, units: Filter) -> str:
    """Name the units of a filter, to follow a preposition: `produkty z kategorii Nasiona`."""
    language = teller.language
    told = []
    if units.skus:
        told.append(listed(teller.products(units.skus), language, OR))
    else:
        told.append(teller.say("produkty", "products"))
    if units.categories:
        names = listed(units.categories, language, OR)
        told.append(teller.say(f"z kategorii {names}", f"from {names}"))
    if units.attributes:
        names = listed((f"{name}: {value}" for name, value in units.attributes), language, AND)
        told.append(f"({names})")
    if units.price_from_minor is not None:
        told.append(teller.say("od ", "from ") + teller.money(units.price_from_minor))
    if units.price_to_minor is not None:
        told.append(teller.say("do ", "up to ") + teller.money(units.price_to_minor))
    excluded = [*teller.products(sorted(units.excluded_skus)), *sorted(units.excluded_categories)]
    if excluded:
        told.append(teller.say("poza ", "except ") + listed(excluded, language, AND))
    if not units.includes_reduced:
        told.append(teller.say("(nie już przecenione)", "(not those already reduced)"))
    return " ".join(told)


def _reduction(teller: Teller, effect: Reduction) -> str:
    what = _reduction_values(teller, effect) + (_for_every(teller, effect) if effect.is_every else "")
    cap = (
        teller.say(" (najwyżej {})", " (at most {})").format(teller.money(effect.cap_minor)) if effect.cap_minor else ""
    )
    return what + cap


def _for_every(teller: Teller, effect: Reduction) -> str:
    """Say for every how much: ` za każde 100,00 zł (najwyżej 5 razy w koszyku)`."""
    every = effect.steps[0][0]
    of_line = _of_line(teller, effect)
    if effect.are_steps_by_value:
        told = teller.say("za każde ", "for every ") + teller.money(every)
    else:
        count = pieces(every, teller.language)
        told = teller.say(f"za każde {count}", f"for every {count}")
    if every == 1 and not effect.are_steps_by_value:
        told = teller.say("za każdą sztukę", "for every unit")
    return f", {told}{of_line}" + _times(teller, len(effect.steps) if len(effect.steps) < TIMES_MAX else None)


def _reduction_values(teller: Teller, effect: Reduction) -> str:
    is_percent = effect.stage in (Stage.PERCENT, Stage.ORDER_PERCENT, Stage.SHIPPING_PERCENT)
    write = teller.percent if is_percent else teller.gross if effect.is_amount_gross else teller.money
    if effect.stage in (Stage.ORDER_PRICE, Stage.SHIPPING_PRICE):
        return _whole_price(teller, effect)
    if effect.stage in (Stage.SHIPPING_PERCENT, Stage.SHIPPING_AMOUNT):
        if effect.stage is Stage.SHIPPING_PERCENT and effect.percent_ppm == WHOLE_PPM:
            return _free_of_charge(teller, effect)
        off = write(effect.percent_ppm if is_percent else effect.amount_minor)
        if effect.steps:
            off = _steps(teller, effect, write)
        what = _beside(teller, effect)
        if effect.is_on_fees:
            return teller.say(f"{what} niższe o {off}", f"{off} off {what}")
        return teller.say(f"{what} tańsza o {off}", f"{off} off {what}")
    if effect.steps:
        off = _steps(teller, effect, write)
    else:
        off = write(effect.percent_ppm if is_percent else effect.amount_minor)
    if effect.stage in (Stage.ORDER_PERCENT, Stage.ORDER_AMOUNT):
        where = _units(teller, effect.units, ("za całe zakupy", "the whole order"))
        return teller.say(f"{off} taniej {where}", f"{off} off {where}")
    each = "" if is_percent or effect.is_per_line else teller.say(" za sztukę", " each")
    return teller.say("{0} taniej{1} {2}{3}", "{0} off{1} {2}{3}").format(
        off, each, _units(teller, effect.units), _picked(teller, effect)
    )


def _free_of_charge(teller: Teller, effect: Reduction) -> str:
    names = _named_beside(teller, effect)
    if effect.is_on_fees:
        return teller.say(f"bez opłat{names}", f"no fees{names}")
    return teller.say(f"darmowa dostawa{names}", f"free delivery{names}")


def _beside(teller: Teller, effect: Reduction) -> str:
    """Name what is reduced beside products: `dostawa (inpost)`, `opłaty (pakowanie)`."""
    what = teller.say("opłaty", "fees") if effect.is_on_fees else teller.say("dostawa", "delivery")
    return what + _named_beside(teller, effect)


def _named_beside(teller: Teller, effect: Reduction) -> str:
    return f" ({listed(effect.names, teller.language, OR)})" if effect.names else ""


def _whole_price(teller: Teller, effect: Reduction) -> str:
    cost = teller.say("za ", "for ") + teller.money(effect.amount_minor)
    if effect.steps:
        cost = _steps(teller, effect, lambda price: teller.say("za ", "for ") + teller.money(price))
    if effect.stage is Stage.SHIPPING_PRICE:
        return f"{_beside(teller, effect)} {cost}"
    whole = teller.say("całe zakupy", "the whole order") if effect.units == ALL else named_units(teller, effect.units)
    return f"{whole} {cost}"


def _picked(teller: Teller, effect: Reduction | SetPrice) -> str:
    if effect.unit_skip:
        return _after_first(teller, effect)
    if effect.unit_limit is None:
        return ""
    count = pieces(effect.unit_limit, teller.language)
    if effect.is_limit_per_line:
        return teller.say(f", najwyżej {count} każdego produktu", f", at most {count} of each product")
    if effect.pick is Pick.CHEAPEST:
        return teller.say(f", najtańsze {count}", f", the cheapest {count}")
    return teller.say(f", najdroższe {count}", f", the dearest {count}")


def _after_first(teller: Teller, effect: Reduction | SetPrice) -> str:
    language = teller.language
    first = BOUND_PIECES.say(effect.unit_skip, language)
    each = teller.say(" każdego produktu", " of each product") if effect.is_limit_per_line else ""
    told = teller.say(f", prócz pierwszych {first}{each}", f", after the first {first}{each}")
    if effect.unit_skip == 1:
        told = teller.say(f" od drugiej sztuki{each}", f" from the second unit{each} on")
    if effect.unit_limit is None:
        return told
    most = pieces(effect.unit_limit, language)
    return told + teller.say(f", najwyżej {most}", f", at most {most}")


def _steps(teller: Teller, effect: Reduction, write: Callable[[int], str]) -> str:
    if effect.is_every:
        return write(effect.steps[0][1])
    told: list[str] = []
    for start, value in effect.steps:
        from_text = teller.money(start) if effect.are_steps_by_value else BOUND_PIECES.say(start, teller.language)
        from_text += "" if told else _of_line(teller, effect)
        told.append(teller.say(f"od {from_text} {write(value)}", f"from {from_text} {write(value)}"))
    return ", ".join(told)


def _of_line(teller: Teller, effect: Reduction | SetPrice) -> str:
    """Say of what a step counts so many units or so much money, where that is one product."""
    if not effect.are_steps_per_line:
        return ""
    is_money = isinstance(effect, Reduction) and effect.are_steps_by_value
    return teller.say(" za jeden produkt" if is_money else " jednego produktu", " of one product")


def _set_price(teller: Teller, effect: SetPrice) -> str:
    name = named_units(teller, effect.units) if effect.units != ALL else teller.say("wszystko", "everything")
    prices = [("", effect.price_minor)]
    if effect.steps:
        starts = [(BOUND_PIECES.say(start, teller.language), price) for start, price in effect.steps]
        of = _of_line(teller, effect)
        prices = [(teller.say(f"od {start}{of} ", f"from {start}{of} "), price) for start, price in starts]
    told = [
        start + teller.say(f"po {teller.money(price)}", f"at {teller.money(price)} each") for start, price in prices
    ]
    return f"{name} {', '.join(told)}{_picked(teller, effect)}"


def _nth_unit(teller: Teller, effect: NthUnit) -> str:
    off = _off(teller, effect)
    if effect.pick is Pick.CHEAPEST:
        off += teller.say(", najtańsze ze wszystkich", ", the cheapest of all")
    of = "" if effect.units == ALL else _from(teller, effect.units)
    if effect.reduced == 1 and effect.group_size in ORDINALS_PL:
        same = teller.say(" produkt", " product")
        if effect.is_same_product:
            same = teller.say(" taki sam produkt", " of the same product")
        told = teller.say(ORDINALS_PL[effect.group_size], ORDINALS_EN[effect.group_size]) + same + of
        return f"{told} {off}" + _times(teller, effect.times_max)
    size, reduced = effect.group_size, effect.reduced
    told = teller.say(f"z każdych {size} sztuk{of} {reduced} {off}", f"of every {size} units{of}, {reduced} {off}")
    return told + _times(teller, effect.times_max)


def _off(teller: Teller, effect: NthUnit | BuyGet) -> str:
    if effect.price_minor is not None:
        return teller.say("za ", "for ") + teller.money(effect.price_minor)
    if effect.amount_minor is None and effect.percent_ppm == WHOLE_PPM:
        return teller.say("gratis", "free")
    is_amount = effect.amount_minor is not None
    off = teller.money(effect.amount_minor or 0) if is_amount else teller.percent(effect.percent_ppm)
    return teller.say(f"{off} taniej", f"at {off} off")


def _from(teller: Teller, units: Filter) -> str:
    """Name a filter after "produkt": ` z kategorii Nasiona`, ` (MON-1)`."""
    told = named_units(teller, units)
    plain = teller.say("produkty ", "products ")
    return " " + told.removeprefix(plain) if told.startswith(plain) else f" ({told})"


def _times(teller: Teller, times_max: int | None) -> str:
    if times_max is None:
        return ""
    count = TIMES.say(times_max, teller.language)
    return teller.say(f" (najwyżej {count} w koszyku)", f" (at most {count} a cart)")


def _buy_get(teller: Teller, effect: BuyGet) -> str:
    language = teller.language
    bought = pieces(effect.buy_quantity, language) + ("" if effect.buy == ALL else _from(teller, effect.buy))
    got = pieces(effect.get_quantity, language)
    got += teller.say(" tego samego", " of the same") if effect.get == effect.buy else _from(teller, effect.get)
    off = _off(teller, effect)
    told = teller.say(
        f"kup {bought}, a {got} {off}",
        f"buy {bought}, get {got} {off}",
    )
    return told + _times(teller, effect.times_max)


def _bundle(teller: Teller, effect: Bundle) -> str:
    parts = [
        pieces(quantity, teller.language)
        + (teller.say(" dowolne", " of anything") if units == ALL else _from(teller, units))
        for units, quantity in effect.parts
    ]
    together = " + ".join(parts)
    if effect.price_minor is None:
        is_amount = effect.amount_minor is not None
        off = teller.money(effect.amount_minor or 0) if is_amount else teller.percent(effect.percent_ppm)
        cost = teller.say("", "at ") + off + teller.say(" taniej", " off")
    else:
        cost = teller.say("za ", "for ") + teller.money(effect.price_minor)
    return teller.say(f"zestaw {together} {cost}", f"set of {together} {cost}") + _times(teller, effect.times_max)


def _give(teller: Teller, effect: Give) -> str:
    names = listed(teller.products(option.sku for option in effect.options), teller.language, OR)
    count = f" × {effect.quantity}" if effect.quantity > 1 else ""
    picked = teller.say(" do wyboru", " of your choice") if effect.is_picked else ""
    told = teller.say(f"gratis{picked} {names}{count}", f"free gift{picked} {names}{count}")
    if effect.per_quantity is None:
        return told
    every = pieces(effect.per_quantity, teller.language) + ("" if effect.units == ALL else _from(teller, effect.units))
    return told + teller.say(f" za każde {every}", f" for every {every}") + _times(teller, effect.times_max)


def _multiply(teller: Teller, effect: MultiplyPoints) -> str:
    factor = times(effect.multiplier_bp, teller.language)
    of = "" if effect.units == ALL else teller.say(" za ", " for ") + named_units(teller, effect.units)
    return teller.say(f"punkty × {factor}{of}", f"points × {factor}{of}")


def _grant(teller: Teller, effect: GrantReward) -> str:
    count = f" × {effect.quantity}" if effect.quantity > 1 else ""
    return teller.say(f"nagroda {effect.reward}{count}", f"reward {effect.reward}{count}")


_TELLERS: dict[type, Callable[[Teller, Any], str]] = {
    Reduction: _reduction,
    SetPrice: _set_price,
    NthUnit: _nth_unit,
    BuyGet: _buy_get,
    Bundle: _bundle,
    Give: _give,
    MultiplyPoints: _multiply,
    GrantReward: _grant,
}
