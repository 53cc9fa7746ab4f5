"""Shops: create, change, their look and the secret of their member sessions."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction

from wracam.foundation import secrets, transactions
from wracam.kernel.language import LANGUAGES
from wracam.kernel.money import currency_code
from wracam.kernel.text import clean_text
from wracam.shops import models
from wracam.shops.actions.audit import audit
from wracam.shops.contracts import SYSTEM, Actor, Shop, ShopKeyTakenError, ShopsError, Theme
from wracam.shops.core import rules
from wracam.shops.queries import member_secret_aad, shop_contract


def create_shop(
    *,
    name: str,
    currency: str,
    now: datetime,
    key: str = "",
    language: str = "pl",
    time_zone: str = "Europe/Warsaw",
    url: str = "",
    actor: Actor = SYSTEM,
) -> Shop:
    """Open a sales channel. Without *key* one is made from the name; raises `ShopKeyTakenError` or `ShopsError`."""
    values = _checked(name=name, currency=currency, language=language, time_zone=time_zone, url=url)
    short_name = key or rules.suggested_key(name)
    if not rules.SHOP_KEY.fullmatch(short_name):
        raise ShopsError(f"{short_name!r} is no short name; use a-z, 0-9 and -, at most 40")
    with transactions.action():
        try:
            with transaction.atomic():
                row = models.Shop.objects.create(key=short_name, created_at=now, **values)
        except IntegrityError as error:
            raise ShopKeyTakenError(ShopKeyTakenError.__doc__) from error
        audit(
            actor=actor,
            verb="shop.created",
            object_kind="shop",
            object_id=row.id,
            summary=f"{row.name} ({row.currency})",
            now=now,
        )
    return shop_contract(row)


def change_shop(
    *,
    shop_id: int,
    name: str,
    currency: str,
    language: str,
    time_zone: str,
    url: str,
    actor: Actor,
    now: datetime,
) -> Shop:
    """Change what a shop is called and how it counts and speaks; its short name stays for ever."""
    values = _checked(name=name, currency=currency, language=language, time_zone=time_zone, url=url)
    with transactions.action():
        row = models.Shop.objects.select_for_update().get(id=shop_id)
        changed = [field for field, value in values.items() if getattr(row, field) != value]
        for field in changed:
            setattr(row, field, values[field])
        if changed:
            row.save(update_fields=changed)
            audit(
                actor=actor,
                verb="shop.changed",
                object_kind="shop",
                object_id=shop_id,
                summary=", ".join(f"{field}: {values[field]}" for field in changed),
                now=now,
            )
    return shop_contract(row)


def change_theme(
    *,
    shop_id: int,
    accent: str,
    radius_px: int,
    actor: Actor,
    now: datetime,
    logo: bytes | None = None,
) -> Theme:
    """Change the look of member pages; *logo* None keeps the logo, empty bytes remove it."""
    if not rules.ACCENT.fullmatch(accent.lower()) or not 0 <= radius_px <= rules.RADIUS_PX_MAX:
        raise ShopsError("the colour must look like #1f5c42 and the radius be 0 to 32")
    fields: dict[str, object] = {"accent": accent.lower(), "radius_px": radius_px}
    if logo is not None:
        try:
            fields |= _logo_fields(logo)
        except ValueError as error:
            raise ShopsError(str(error)) from error
    with transactions.action():
        row, _ = models.ShopTheme.objects.update_or_create(shop_id=shop_id, defaults=fields)
        summary = f"{row.accent}, {row.radius_px} px" + (", logo" if logo is not None else "")
        audit(actor=actor, verb="theme.changed", object_kind="shop", object_id=shop_id, summary=summary, now=now)
    return Theme(accent=row.accent, radius_px=row.radius_px, logo_type=row.logo_type, logo_version=row.logo_version)


def _logo_fields(logo: bytes) -> dict[str, object]:
    if not logo:
        return {"logo": b"", "logo_type": "", "logo_version": ""}
    picture = rules.clean_logo(logo)
    version = hashlib.sha256(picture.content).hexdigest()[:16]
    return {"logo": picture.content, "logo_type": picture.media_type, "logo_version": version}


def rotate_member_secret(*, shop_id: int, actor: Actor, now: datetime) -> str:
    """Make a new secret for the shop's member session tokens and return it; tokens of the old one stop working."""
    secret = secrets.new_token(prefix="wr_member_")
    sealed = secrets.seal(secret, aad=member_secret_aad(shop_id))
    with transactions.action():
        models.Shop.objects.filter(id=shop_id).update(member_secret_sealed=sealed)
        audit(
            actor=actor,
            verb="member_secret.rotated",
            object_kind="shop",
            object_id=shop_id,
            summary="",
            now=now,
        )
    return secret


def _checked(*, name: str, currency: str, language: str, time_zone: str, url: str) -> dict[str, str]:
    clean_name = clean_text(name, length_max=120)
    try:
        zone, code = rules.known_time_zone(time_zone), currency_code(currency)
        if not clean_name:
            raise ValueError("a shop needs a name")
        if language not in LANGUAGES:
            raise ValueError(f"{language!r} is no language we speak; choose pl or en")
        if url and not url.startswith(("http://", "https://")):
            raise ValueError(f"{url!r} is no address such as https://shop.example.com")
    except ValueError as error:
        raise ShopsError(str(error)) from error
    return {"name": clean_name, "currency": code, "language": language, "time_zone": zone, "url": url[:200]}
