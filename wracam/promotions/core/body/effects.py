"""Effects and filters of a promotion's body, read into what the engine does. Amounts become minor units here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from wracam.definitions.ports import Reader
from wracam.kernel.money import MoneyError, to_minor
from wracam.promotions.core.body.choices import Each, EffectKind, Per, Reduced, Split, StepBasis, Target
from wracam.promotions.core.offers import (
    ALL,
    Bundle,
    BuyGet,
    Effect,
    Filter,
    GiftOption,
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

EFFECTS_MAX = 10
PERCENT_MAX = Decimal(100)
MULTIPLIER_MAX = Decimal(100)
QUANTITY_MAX = 1_000_000
STEPS_MAX = 20
TIMES_MAX = 100
"""How often a reduction "for every so many" counts at most."""
AMOUNT_MAX = 1 << 50


@dataclass(slots=True)
class EffectsRead:
    """The effects of one body for the engine, and how many pieces of a gift's SKU there are to give."""

    effects: list[Effect] = field(default_factory=list)
    stocks: dict[str, int] = field(default_factory=dict)


def read_effects(body: Reader, currency: str) -> EffectsRead:
    """Read the list `effects`; problems go to the reader."""
    found = EffectsRead()
    parts = body.parts("effects")
    if not 1 <= len(parts) <= EFFECTS_MAX:
        body.note("effects", "effects.number", f"podaj od 1 do {EFFECTS_MAX} efektów", f"give 1 to {EFFECTS_MAX}")
    for part in parts:
        _READERS[part.choice("kind", EffectKind, EffectKind.PERCENT)](part, currency, found)
        if "kind" not in part:
            part.note("kind", "missing", "podaj rodzaj efektu", "name the kind of effect")
        part.finish()
    return found


def read_filter(body: Reader, name: str, currency: str) -> Filter:
    """Read which units are meant; absent means all."""
    if name not in body:
        return ALL
    part = body.part(name)
    found = Filter(
        skus=_texts(part, "skus"),
        categories=_texts(part, "categories"),
        attributes=_attributes(part),
        excluded_skus=_texts(part, "not_skus"),
        excluded_categories=_texts(part, "not_categories"),
        price_from_minor=optional_amount(part, "price_from", currency),
        price_to_minor=optional_amount(part, "price_to", currency),
        includes_reduced=part.choice("reduced", Reduced, Reduced.TOO) is Reduced.TOO,
    )
    part.finish()
    return found


def amount(body: Reader, name: str, currency: str, *, is_required: bool = False) -> int:
    """Read an amount as minor units; zero or more."""
    value = body.decimal(name, is_positive=False, is_required=is_required)
    try:
        minor = to_minor(value, currency)
    except MoneyError:
        minor = -1
    if minor < 0 or (is_required and minor == 0 and name in body):
        body.note(name, "not_an_amount", 'dodatnia kwota, np. "1.50"', 'a positive amount such as "1.50"')
        return 0
    return minor


def optional_amount(body: Reader, name: str, currency: str) -> int | None:
    """Read an amount that may be absent."""
    return amount(body, name, currency, is_required=True) if name in body else None


def percent_ppm(body: Reader, name: str, *, default: int | None = None) -> int:
    """Read a percentage between 0 and 100 with up to four decimals, as parts per million."""
    if default is not None and name not in body:
        return default
    value = body.decimal(name, is_required=True)
    scaled = value * 10_000
    if value > PERCENT_MAX or scaled != scaled.to_integral_value():
        body.note(name, "not_a_percentage", "do 100, najwyżej 4 miejsca po przecinku", "up to 100, at most 4 decimals")
        return 0
    return int(scaled)


def _texts(body: Reader, name: str) -> frozenset[str]:
    values = body.items(name)
    if any(not isinstance(value, str) or not 0 < len(value) <= 200 for value in values):
        body.note(name, "not_texts", "lista tekstów do 200 znaków", "a list of texts of up to 200 characters")
        return frozenset()
    return frozenset(values)


def _attributes(body: Reader) -> frozenset[tuple[str, str]]:
    value = body.raw("attributes")
    if value is None:
        return frozenset()
    if not isinstance(value, Mapping) or any(not isinstance(text, str) for text in (*value, *value.values())):
        body.note("attributes", "not_texts", 'pary jak {"kolor": "czerwony"}', 'pairs such as {"color": "red"}')
        return frozenset()
    return frozenset((str(name), str(text)) for name, text in value.items())


def _quantity(body: Reader, name: str, *, default: int = 1, is_required: bool = False) -> int:
    return body.integer(name, default, least=1, most=QUANTITY_MAX, is_required=is_required)


def _optional_quantity(body: Reader, name: str) -> int | None:
    return _quantity(body, name) if name in body else None


def _read_percent(body: Reader, currency: str, found: EffectsRead) -> None:
    target = body.choice("on", Target, Target.PRODUCTS)
    by_value = body.choice("steps_by", StepBasis, StepBasis.QUANTITY) is StepBasis.VALUE
    steps = _steps(body, currency, by_value, lambda step: percent_ppm(step, "percent"))
    each = 0 if steps else percent_ppm(body, "percent")
    steps = steps or _every(body, currency, by_value, each, WHOLE_PPM)
    stage = {Target.PRODUCTS: Stage.PERCENT, Target.ORDER: Stage.ORDER_PERCENT}.get(target, Stage.SHIPPING_PERCENT)
    found.effects.append(
        Reduction(
            stage=stage,
            units=read_filter(body, "units", currency),
            percent_ppm=0 if steps else each,
            steps=steps,
            are_steps_by_value=by_value,
            are_steps_per_line=_are_steps_per_line(body, steps, target),
            is_every="every" in body,
            line_cap_minor=optional_amount(body, "line_cap", currency),
            cap_minor=optional_amount(body, "cap", currency),
            is_cap_gross=body.flag("is_cap_gross"),
            **_read_beside(body, target),
            **_read_limit(body),
        )
    )


def _read_beside(body: Reader, target: Target) -> dict[str, Any]:
    """Read which ways of delivery or which fees are meant; all, if none are named."""
    names = _texts(body, "names")
    if names and target not in (Target.SHIPPING, Target.FEES):
        body.note("names", "names.of", "tylko dla dostawy i opłat", "of delivery and fees only")
        names = frozenset()
    return {"names": names, "is_on_fees": target is Target.FEES}


def _read_limit(body: Reader) -> dict[str, Any]:
    """Read how many units are reduced, and which first."""
    return {
        "unit_limit": _optional_quantity(body, "limit"),
        "unit_skip": body.integer("skip", 0, least=0, most=QUANTITY_MAX),
        "is_limit_per_line": body.choice("limit_per", Per, Per.CART) is Per.LINE,
        "pick": body.choice("pick", Pick, Pick.DEAREST),
    }


def _read_amount(body: Reader, currency: str, found: EffectsRead) -> None:
    target = body.choice("on", Target, Target.ORDER)
    by_value = body.choice("steps_by", StepBasis, StepBasis.QUANTITY) is StepBasis.VALUE
    steps = _steps(body, currency, by_value, lambda step: amount(step, "amount", currency, is_required=True))
    each = 0 if steps else amount(body, "amount", currency, is_required=True)
    steps = steps or _every(body, currency, by_value, each, AMOUNT_MAX)
    stage = {Target.PRODUCTS: Stage.AMOUNT, Target.ORDER: Stage.ORDER_AMOUNT}.get(target, Stage.SHIPPING_AMOUNT)
    found.effects.append(
        Reduction(
            stage=stage,
            units=read_filter(body, "units", currency),
            amount_minor=0 if steps else each,
            steps=steps,
            are_steps_by_value=by_value,
            are_steps_per_line=_are_steps_per_line(body, steps, target),
            is_every="every" in body,
            line_cap_minor=optional_amount(body, "line_cap", currency),
            cap_minor=optional_amount(body, "cap", currency),
            is_cap_gross=body.flag("is_cap_gross"),
            **_read_beside(body, target),
            **_read_limit(body),
            is_amount_gross=body.flag("is_amount_gross"),
            is_per_line=body.choice("each", Each, Each.UNIT) is Each.LINE,
            is_split_by_quantity=body.choice("split_by", Split, Split.VALUE) is Split.QUANTITY,
        )
    )


def _steps(body: Reader, currency: str, by_value: bool, read: Callable[[Reader], int]) -> tuple[tuple[int, int], ...]:
    parts = body.parts("steps")
    if len(parts) > STEPS_MAX:
        body.note("steps", "steps.number", f"najwyżej {STEPS_MAX} progów", f"at most {STEPS_MAX} steps")
    steps = []
    for part in parts:
        start = amount(part, "from", currency) if by_value else _quantity(part, "from", is_required=True)
        steps.append((start, read(part)))
        part.finish()
    if len({start for start, _ in steps}) < len(steps):
        body.note("steps", "steps.twice", "ten sam próg dwa razy", "the same step twice")
    return tuple(sorted(steps))


def _every(body: Reader, currency: str, by_value: bool, each: int, most: int) -> tuple[tuple[int, int], ...]:
    """Read "for every so many": steps at the multiples, each with as many times the value, at most *most*."""
    if "every" not in body:
        return ()
    every = amount(body, "every", currency, is_required=True) if by_value else _quantity(body, "every")
    times = body.integer("times", TIMES_MAX, least=1, most=TIMES_MAX)
    return tuple((max(1, every) * count, min(most, each * count)) for count in range(1, times + 1))


def _are_steps_per_line(body: Reader, steps: tuple[tuple[int, int], ...], target: Target) -> bool:
    """Read whether each line reaches its own step; only of products, and only where there are steps."""
    is_per_line = body.choice("steps_per", Per, Per.CART) is Per.LINE
    if is_per_line and target is not Target.PRODUCTS:
        body.note("steps_per", "steps.per", "tylko dla produktów", "of products only")
    return is_per_line and bool(steps) and target is Target.PRODUCTS


def _read_set_price(body: Reader, currency: str, found: EffectsRead) -> None:
    target = body.choice("on", Target, Target.PRODUCTS)
    by_value = body.choice("steps_by", StepBasis, StepBasis.QUANTITY) is StepBasis.VALUE
    steps = _steps(body, currency, by_value, lambda step: amount(step, "price", currency, is_required=True))
    price = 0 if steps else amount(body, "price", currency, is_required=True)
    units = read_filter(body, "units", currency)
    if target is Target.PRODUCTS:
        if by_value:
            body.note("steps_by", "steps.by", "cenę sztuki wyznacza liczba sztuk", "units decide the price of one")
        per_line = _are_steps_per_line(body, steps, target)
        found.effects.append(
            SetPrice(units=units, price_minor=price, steps=steps, are_steps_per_line=per_line, **_read_limit(body))
        )
        return
    _are_steps_per_line(body, steps, target)
    stage = Stage.ORDER_PRICE if target is Target.ORDER else Stage.SHIPPING_PRICE
    found.effects.append(
        Reduction(
            stage=stage,
            units=units,
            amount_minor=price,
            steps=steps,
            are_steps_by_value=by_value,
            **_read_beside(body, target),
        )
    )


def _read_nth_unit(body: Reader, currency: str, found: EffectsRead) -> None:
    size = body.integer("group", 2, least=1, most=QUANTITY_MAX)
    reduced = _quantity(body, "reduced")
    if reduced > size:
        body.note("reduced", "too_many", "nie więcej niż sztuk w grupie", "no more than the group has units")
    found.effects.append(
        NthUnit(
            units=read_filter(body, "units", currency),
            group_size=size,
            reduced=min(reduced, size),
            percent_ppm=percent_ppm(body, "percent", default=WHOLE_PPM),
            price_minor=optional_amount(body, "price", currency),
            amount_minor=optional_amount(body, "amount", currency),
            pick=body.choice("pick", Pick, Pick.DEAREST),
            is_same_product=body.flag("same_product"),
            times_max=_optional_quantity(body, "times"),
        )
    )


def _read_buy_get(body: Reader, currency: str, found: EffectsRead) -> None:
    buy = read_filter(body, "buy", currency)
    found.effects.append(
        BuyGet(
            buy=buy,
            buy_quantity=_quantity(body, "buy_quantity"),
            get=read_filter(body, "get", currency) if "get" in body else buy,
            get_quantity=_quantity(body, "get_quantity"),
            percent_ppm=percent_ppm(body, "percent", default=WHOLE_PPM),
            price_minor=optional_amount(body, "price", currency),
            amount_minor=optional_amount(body, "amount", currency),
            pick=body.choice("pick", Pick, Pick.CHEAPEST),
            times_max=_optional_quantity(body, "times"),
        )
    )


def _read_bundle(body: Reader, currency: str, found: EffectsRead) -> None:
    parts = []
    for part in body.parts("parts"):
        parts.append((read_filter(part, "units", currency), _quantity(part, "quantity")))
        part.finish()
    if not parts:
        body.note("parts", "missing", "podaj, co należy do zestawu", "say what belongs to the set")
    if sum(name in body for name in ("price", "percent", "amount")) != 1:
        body.note(
            "price",
            "price_or_percent",
            "podaj cenę, procent albo kwotę, jedno z nich",
            "give a price, a percentage or an amount, one of them",
        )
    found.effects.append(
        Bundle(
            parts=tuple(parts) or ((ALL, 1),),
            price_minor=optional_amount(body, "price", currency),
            percent_ppm=percent_ppm(body, "percent", default=0),
            amount_minor=optional_amount(body, "amount", currency),
            pick=body.choice("pick", Pick, Pick.DEAREST),
            times_max=_optional_quantity(body, "times"),
        )
    )


def _read_gift(body: Reader, currency: str, found: EffectsRead) -> None:
    options = []
    for part in body.parts("options"):
        sku = part.text("sku", is_required=True)
        options.append(GiftOption(sku=sku, value_minor=amount(part, "value", currency)))
        if "stock" in part:
            found.stocks[sku] = part.integer("stock", 0)
        part.finish()
    if not options:
        body.note("options", "missing", "podaj, co jest gratisem", "say what is given")
    found.effects.append(
        Give(
            options=tuple(options),
            quantity=_quantity(body, "quantity"),
            is_picked=body.flag("picked"),
            per_quantity=_optional_quantity(body, "per"),
            units=read_filter(body, "units", currency),
            times_max=_optional_quantity(body, "times"),
        )
    )


def _read_points(body: Reader, currency: str, found: EffectsRead) -> None:
    multiplier = body.decimal("multiplier", is_required=True)
    scaled = multiplier * 10_000
    if multiplier > MULTIPLIER_MAX or scaled != scaled.to_integral_value():
        body.note("multiplier", "not_a_multiplier", "od 0.0001 do 100", "from 0.0001 to 100")
        scaled = Decimal(10_000)
    found.effects.append(MultiplyPoints(multiplier_bp=int(scaled), units=read_filter(body, "units", currency)))


def _read_reward(body: Reader, currency: str, found: EffectsRead) -> None:
    found.effects.append(
        GrantReward(
            reward=body.text("reward", length_max=64, is_required=True),
            quantity=_quantity(body, "quantity"),
            value_minor=amount(body, "value", currency),
        )
    )


_READERS: dict[EffectKind, Callable[[Reader, str, EffectsRead], None]] = {
    EffectKind.PERCENT: _read_percent,
    EffectKind.AMOUNT: _read_amount,
    EffectKind.SET_PRICE: _read_set_price,
    EffectKind.NTH_UNIT: _read_nth_unit,
    EffectKind.BUY_GET: _read_buy_get,
    EffectKind.BUNDLE: _read_bundle,
    EffectKind.GIFT: _read_gift,
    EffectKind.POINTS: _read_points,
    EffectKind.REWARD: _read_reward,
}
