"""Forms of sign-in and settings: what people type, turned into what actions take."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from wracam.faces.console.ports import say
from wracam.foundation import features
from wracam.kernel.language import Words
from wracam.shops.contracts import KeyKind, Role
from wracam.shops.models import Staff
from wracam.shops.ports import SCOPES

LANGUAGE_CHOICES = [("pl", "Polski"), ("en", "English")]
CURRENCIES = "PLN EUR USD GBP CZK HUF RON SEK NOK DKK CHF UAH"
CURRENCY_CHOICES = [(code, code) for code in CURRENCIES.split()]
TIME_ZONE_FIRST = ("Europe/Warsaw", "Europe/Berlin", "Europe/Prague", "Europe/London", "Europe/Kyiv", "UTC")
ROLE_TITLES = {
    Role.OWNER: Words(pl="właściciel: wszystko, także zespół i klucze", en="owner: everything, team and keys too"),
    Role.MARKETER: Words(
        pl="marketing: program, wiadomości, importy; bez zespołu i kluczy",
        en="marketer: programme, messages, imports; no team, no keys",
    ),
    Role.AGENT: Words(
        pl="obsługa: klienci i korekty punktów; niczego nie publikuje",
        en="agent: customers and point corrections; publishes nothing",
    ),
    Role.ANALYST: Words(pl="analityk: widzi wszystko, nic nie zmienia", en="analyst: sees everything, changes nothing"),
}


def time_zone_choices() -> list[tuple[str, str]]:
    """Return all time zones, the likely ones first."""
    others = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name) for name in (*TIME_ZONE_FIRST, *(name for name in others if name not in TIME_ZONE_FIRST))]


def role_choices() -> list[tuple[str, Any]]:
    """Return the roles with what each may do, in the language of the screen."""
    return [(role.value, say(title)) for role, title in ROLE_TITLES.items()]


def scope_choices() -> list[tuple[str, str]]:
    """Return every scope that the features' APIs know, in the language of the screen."""
    for feature in features.feature_modules():
        features.import_if_present(f"{feature}.api")
    return [(scope.name, f"{say(scope.title)} ({scope.name})") for scope in SCOPES]


class PasswordMixin(forms.Form):
    """A new password, checked against common ones and the person's own name and address."""

    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        help_text=_("At least 12 characters; a few plain words make a good one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Check the password together with who chooses it."""
        values = super().clean() or {}
        if values.get("password"):
            person = Staff(email=values.get("email", ""), name=values.get("name", ""))
            try:
                password_validation.validate_password(values["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class SetupForm(PasswordMixin):
    """The first owner and the first shop."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("Your e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    shop_name = forms.CharField(label=_("Name of your shop"), max_length=120, required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCY_CHOICES)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_CHOICES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)
    field_order = ("name", "email", "password", "shop_name", "currency", "language", "time_zone")


class JoinForm(PasswordMixin):
    """Somebody invited, joining."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_CHOICES)
    field_order = ("name", "password", "language")


class ProfileForm(forms.Form):
    """One's own name and language."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_CHOICES)


class ShopForm(forms.Form):
    """A shop: what it is called, how it counts and speaks."""

    name = forms.CharField(label=_("Name"), max_length=120)
    url = forms.URLField(label=_("Address of the shop"), max_length=200, required=False, assume_scheme="https")
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCY_CHOICES)
    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGE_CHOICES, help_text=_("Of member pages and messages.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zone_choices, help_text=_("When a day of this shop begins and ends.")
    )


class LookForm(forms.Form):
    """How member pages look."""

    accent = forms.RegexField(
        r"^#[0-9A-Fa-f]{6}$",
        label=_("Colour"),
        help_text=_("Text on it is kept readable by itself, in light and dark."),
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    radius_px = forms.IntegerField(
        label=_("Roundness of corners"),
        min_value=0,
        max_value=32,
        widget=forms.NumberInput(attrs={"type": "range", "min": 0, "max": 32}),
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG or WebP, at most 200 kB."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    remove_logo = forms.BooleanField(label=_("Show the name instead of a logo"), required=False)


class InviteForm(forms.Form):
    """An invitation by e-mail."""

    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("Role"), choices=role_choices, initial=Role.MARKETER.value)


class KeyForm(forms.Form):
    """A new API key."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Who uses it, for example: ERP, till, website."))
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (KeyKind.SERVER.value, _("Server key: secret, for programs")),
            (KeyKind.PUBLISHABLE.value, _("Publishable key: for pages in the browser")),
        ],
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), required=False, choices=list, widget=forms.CheckboxSelectMultiple
    )
    origins = forms.CharField(
        label=_("Addresses of pages"),
        required=False,
        help_text=_("For a publishable key, one per line: https://shop.example.com"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = scope_choices()  # type: ignore[attr-defined] # a choice field

    def clean_origins(self) -> list[str]:
        """Return one origin per line."""
        return [line.strip() for line in self.cleaned_data["origins"].splitlines() if line.strip()]
