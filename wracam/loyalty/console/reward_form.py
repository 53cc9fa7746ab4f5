"""A reward as a form: from the controls to the body, and back. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from wracam.definitions import queries as definitions
from wracam.faces.console.ports import ConsoleRequest
from wracam.foundation import clock
from wracam.loyalty import actions, queries
from wracam.loyalty.console import typed
from wracam.loyalty.console.documents import Editor
from wracam.loyalty.core.rewards import RewardKind
from wracam.loyalty.queries.rewards import REWARD_KIND
from wracam.rules.templatetags.conditions import language_of_screen

CAMPAIGN_KIND = "code_campaign"
CONTROLS = frozenset(
    {
        "kind", "title", "about", "points", "amount", "tier_prices", "stock", "per_member", "limits", "starts_at",
        "ends_at", "if", "order", "handing", "voucher", "image", "gives",
    }
)  # fmt: skip
LIMITS_SHOWN = 2
PICTURE_READ_MAX = actions.PICTURE_BYTES_MAX + 1


def kind_title(kind: RewardKind) -> str:
    """Say what a kind of reward is."""
    return {
        RewardKind.DISCOUNT: _("discount"),
        RewardKind.CODE: _("code"),
        RewardKind.PRODUCT: _("free product"),
        RewardKind.SAMPLE: _("free sample"),
        RewardKind.FREE_DELIVERY: _("free delivery"),
        RewardKind.LONGER_RETURNS: _("longer time for returns"),
        RewardKind.WARRANTY: _("longer warranty"),
        RewardKind.EARLY_ACCESS: _("early access"),
        RewardKind.NEWS: _("news before others"),
        RewardKind.EVENT: _("invitation to an event"),
        RewardKind.VOUCHER: _("voucher"),
        RewardKind.PARTNER: _("reward of a partner"),
    }[kind]


def first() -> tuple[str, dict[str, Any]]:
    """Return the name and body of a new reward."""
    return _("New reward"), {
        "kind": "free_delivery",
        "title": {"pl": "Darmowa dostawa", "en": "Free delivery"},
        "points": 100,
    }


def read(request: ConsoleRequest, before: Mapping[str, Any], keeps_files: bool) -> dict[str, Any]:
    """Return the body that the posted controls say; what no control shows stays as it was *before*."""
    posted = request.POST
    zone = ZoneInfo(request.shop.time_zone)
    body = {name: value for name, value in before.items() if name not in CONTROLS}
    body |= {
        "kind": posted.get("kind", "voucher"),
        "title": typed.words(posted, "title"),
        "points": typed.whole(posted.get("points", "")),
    }
    optional: dict[str, Any] = {
        "about": typed.words(posted, "about"),
        "amount": typed.decimal(posted.get("amount", "")),
        "tier_prices": _tier_prices(posted),
        "stock": _number(posted, "stock"),
        "per_member": _number(posted, "per_member"),
        "limits": _limits(posted),
        "starts_at": typed.moment(posted["starts_at"], zone) if posted.get("starts_at") else "",
        "ends_at": typed.moment(posted["ends_at"], zone) if posted.get("ends_at") else "",
        "if": typed.condition(posted.get("if", "")),
        "handing": "at_once" if posted.get("handing") == "at_once" else "",
        "voucher": posted.get("voucher", "").strip(),
        "image": _picture(request, before, keeps_files),
        "gives": _gives(posted),
    }
    body |= {name: value for name, value in optional.items() if value not in ("", None, [], {})}
    order = typed.whole(posted.get("order", "100"))
    return body | ({"order": order} if order not in (100, "") else {})


def values(request: ConsoleRequest, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the controls for a body of any quality."""
    del request
    language = language_of_screen()
    limits = [*typed.parts(body, "limits"), *({} for _n in range(LIMITS_SHOWN))][:LIMITS_SHOWN]
    prices = {
        str(one.get("tier")): {
            "points": one.get("points", ""),
            "amount": typed.as_typed(one.get("amount", ""), language),
        }
        for one in typed.parts(body, "tier_prices")
    }
    tiers = _tiers()
    return {
        **{name: body.get(name, "") for name in ("kind", "points", "stock", "per_member", "voucher", "image")},
        "title": typed.part(body, "title"),
        "about": typed.part(body, "about"),
        "amount": typed.as_typed(body.get("amount", ""), language),
        "tiers": [{"key": key, "title": title, **prices.get(key, {})} for key, title in tiers],
        "limits": limits,
        "starts_at": typed.local(body.get("starts_at")),
        "ends_at": typed.local(body.get("ends_at")),
        "if": body.get("if"),
        "handing": body.get("handing", "by_hand"),
        "order": body.get("order", 100),
        "gives": typed.part(body, "gives"),
        "gives_amount": typed.as_typed(typed.part(body, "gives").get("amount", ""), language),
        "kinds": [(kind.value, kind_title(kind)) for kind in RewardKind],
        "campaigns": [(one.key, one.name) for one in definitions.listed(CAMPAIGN_KIND) if one.live],
        "periods": [
            ("day", _("a day")), ("week", _("a week")), ("month", _("a month")), ("quarter", _("a quarter")),
            ("year", _("a year")), ("ever", _("in all")),
        ],
    }  # fmt: skip


def _tiers() -> list[tuple[str, str]]:
    language = language_of_screen()
    return [
        (tier.key, ladder.text(tier.key).title.say(language))
        for ladder in queries.live_ladders(clock.now())
        for tier in ladder.steps.tiers
    ]


def _tier_prices(posted: Mapping[str, str]) -> list[dict[str, Any]]:
    prices = []
    for key, _title in _tiers():
        points = posted.get(f"tier_points_{key}", "").strip()
        amount = typed.decimal(posted.get(f"tier_amount_{key}", ""))
        if points:
            prices.append({"tier": key, "points": typed.whole(points), **({"amount": amount} if amount else {})})
    return prices


def _limits(posted: Mapping[str, str]) -> list[dict[str, Any]]:
    limits = []
    for number in range(LIMITS_SHOWN):
        count = posted.get(f"limit_count_{number}", "").strip()
        if count:
            limits.append(
                {
                    "count": typed.whole(count),
                    "per": posted.get(f"limit_per_{number}", "month"),
                    "whose": posted.get(f"limit_whose_{number}", "member"),
                }
            )
    return limits


def _gives(posted: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "amount": typed.decimal(posted.get("gives_amount", "")),
        "percent": _number(posted, "gives_percent"),
        "days": _number(posted, "gives_days"),
        "sku": posted.get("gives_sku", "").strip(),
    }
    return {name: value for name, value in found.items() if value not in ("", None)}


def _number(posted: Mapping[str, str], name: str) -> int | str | None:
    text = posted.get(name, "").strip()
    return typed.whole(text) if text else None


def _picture(request: ConsoleRequest, before: Mapping[str, Any], keeps_files: bool) -> str:
    """Keep a picture that was sent, or the one there is."""
    if request.POST.get("remove_picture"):
        return ""
    upload = request.FILES.get("picture")
    if upload is None or not keeps_files:
        return str(before.get("image") or "")
    try:
        return actions.keep_picture(content=bytes(upload.read(PICTURE_READ_MAX)), now=clock.now())
    except ValueError as error:
        raise ValueError(_("The picture must be a PNG, JPEG or WebP file of up to 500 kB.")) from error


EDITOR = Editor(
    kind=REWARD_KIND, name="reward", folder="rewards", template="loyalty/console/reward.html", back="loyalty:rewards",
    first=first, read=read, values=values,
)  # fmt: skip
