"""Filters for money, numbers, points and dates, and the tags of our components; loaded in every template."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wracam.faces.console.ports.parts import FilterChip
from wracam.foundation import assets
from wracam.kernel import language as words
from wracam.kernel.language import CountedNoun, Language, Words
from wracam.kernel.money import Money

register = template.Library()
DASH = "–"


def screen_language() -> Language:
    """Return the language of the screen being rendered."""
    return "pl" if (translation.get_language() or "en").startswith("pl") else "en"


@register.filter
def number(value: int | Decimal | None) -> str:
    """Write a number with the language's separators; None is a dash."""
    return DASH if value is None else words.number_text(value, screen_language())


@register.filter
def points(value: int | Decimal | None) -> str:
    """Write a number of points: `1 240 punktów`."""
    return DASH if value is None else words.POINTS.say(value, screen_language())


@register.filter
def counted(value: int, noun: CountedNoun) -> str:
    """Write a number and its noun: `{{ 5|counted:noun }}` is `5 klientów`."""
    return noun.say(value, screen_language())


@register.filter
def money(value: Money | int | None, currency: str = "") -> str:
    """Write money: a `Money`, or minor units with a currency."""
    if value is None:
        return DASH
    amount = value if isinstance(value, Money) else Money(value, currency)
    return words.money_text(amount.amount_minor, amount.currency, screen_language())


@register.filter
def percent(value: float | Decimal | None, digits: int = 1) -> str:
    """Write a share of one as percent: `12,5 %` in Polish, `12.5%` in English."""
    if value is None:
        return DASH
    shown = words.number_text(round(Decimal(str(value)) * 100, int(digits)).normalize(), screen_language())
    return f"{shown}\u00a0%" if screen_language() == "pl" else f"{shown}%"


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment in the shop's time zone: `22 lis 2026, 14:05`."""
    return DASH if value is None else words.moment_text(timezone.localtime(value), screen_language())


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a day; of a moment, the day it was in the shop's time zone."""
    if value is None:
        return DASH
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return words.date_text(local, screen_language())


@register.filter
def clock(value: datetime | None) -> str:
    """Write the time of day in the shop's time zone: `14:05`."""
    return DASH if value is None else f"{timezone.localtime(value):%H:%M}"


@register.filter
def say(value: Words | str) -> str:
    """Say `Words` in the language of the screen; other texts stay."""
    return value.say(screen_language()) if isinstance(value, Words) else str(value)


@register.simple_tag
def icon(name: str, title: str = "", size: int = 18) -> SafeString:
    """Draw an icon; without a title it is decoration that nobody hears."""
    href = f"{static('console/vendor/lucide/icons.svg')}#{name}"
    if title:
        return format_html(
            '<svg class="icon" width="{0}" height="{0}" role="img" aria-label="{1}"><use href="{2}"/></svg>',
            size,
            title,
            href,
        )
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" aria-hidden="true"><use href="{1}"/></svg>', size, href
    )


@register.simple_tag
def bundle(name: str) -> str:
    """Return the address of a bundle of styles or scripts."""
    return assets.url(name)


@register.simple_tag(takes_context=True)
def sorted_by(context: dict[str, Any], current: str, name: str) -> str:
    """Return the query of the same page sorted by *name*, or the other way round if it already is."""
    query = context["request"].GET.copy()
    query["sort"] = f"-{name}" if current == name else name
    query.pop("after", None)
    query.pop("before", None)
    return f"?{query.urlencode()}"


@register.filter
def widget_kind(field: BoundField) -> str:
    """Return what kind of control a form field has: `input`, `select`, `textarea`, `checkbox`, `choices`."""
    name = type(field.field.widget).__name__
    kinds = {
        "CheckboxInput": "checkbox",
        "CheckboxSelectMultiple": "choices",
        "RadioSelect": "choices",
        "Select": "select",
        "Textarea": "textarea",
    }
    return kinds.get(name, "input")


@register.simple_tag
def control(field: BoundField, placeholder: str = "") -> SafeString:
    """Render a form field's control with what assistive technology needs: invalid, described by, required."""
    described = [f"{field.auto_id}-help"] if field.help_text else []
    described += [f"{field.auto_id}-error"] if field.errors else []
    attributes: dict[str, Any] = {"aria-describedby": " ".join(described) or None}
    if field.errors:
        attributes["aria-invalid"] = "true"
    if placeholder:
        attributes["placeholder"] = placeholder
    shown = {name: value for name, value in attributes.items() if value}
    return field.as_widget(attrs=shown)


@register.filter
def cell_is_blank(value: object) -> bool:
    """Say whether a cell has nothing to show."""
    return value is None or value == ""


@register.simple_tag(takes_context=True)
def chip_query(context: dict[str, Any], chip: FilterChip) -> str:
    """Return the query of the page with this chip's filter set, or taken away if it is on."""
    query = context["request"].GET.copy()
    query.pop("after", None)
    query.pop("before", None)
    if chip.is_on or not chip.value:
        query.pop(chip.name, None)
    else:
        query[chip.name] = chip.value
    return f"?{query.urlencode()}"


@register.simple_tag
def sort_state(current: str, name: str) -> SafeString | str:
    """Return the `aria-sort` attribute of a column that is sorted by."""
    if current.lstrip("-") != name:
        return ""
    return format_html(' aria-sort="{}"', "descending" if current.startswith("-") else "ascending")


@register.simple_tag
def sort_icon(current: str, name: str) -> SafeString:
    """Draw which way a column is sorted."""
    if current.lstrip("-") != name:
        return icon("arrow-up-down", size=14)
    return icon("arrow-down" if current.startswith("-") else "arrow-up", size=14)
