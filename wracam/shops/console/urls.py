"""Addresses of sign-in, account and settings pages."""

from __future__ import annotations

from allauth.account import urls as account_urls
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from wracam.faces.console.ports import Section, navigate
from wracam.kernel.language import Words
from wracam.shops.console import account, entrance, outbox, settings

ACCOUNT_PAGES = frozenset(
    {
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "account_change_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)
"""What we use of allauth; whatever else it can do has no address."""


def closed(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """Answer for allauth's pages that we do not offer: owners invite staff, addresses are theirs to change."""
    raise Http404


navigate("settings", Section.SETTINGS, pl="Przegląd", en="Overview", url="shops:settings", order=0)
navigate(
    "settings.shops",
    Section.SETTINGS,
    pl="Sklepy",
    en="Shops",
    url="shops:shops",
    permission="shops.edit",
    order=10,
    icon="store",
    about=Words(
        pl="Kanały sprzedaży: nazwa, waluta, język, strefa.", en="Sales channels: name, currency, language, zone."
    ),
)
navigate(
    "settings.look",
    Section.SETTINGS,
    pl="Wygląd",
    en="Look",
    url="shops:look",
    permission="shops.edit",
    order=20,
    icon="palette",
    about=Words(pl="Kolor, rogi i logo stron klienta.", en="Colour, corners and logo of the member pages."),
)
navigate(
    "settings.team",
    Section.SETTINGS,
    pl="Zespół",
    en="Team",
    url="shops:team",
    permission="staff.edit",
    order=30,
    icon="users",
    about=Words(pl="Kto tu pracuje i co może.", en="Who works here and what they may do."),
)
navigate(
    "settings.keys",
    Section.SETTINGS,
    pl="Klucze API",
    en="API keys",
    url="shops:keys",
    permission="keys.edit",
    order=40,
    icon="key-round",
    about=Words(pl="Dla programów i stron, które z nami rozmawiają.", en="For programs and pages that talk to us."),
)
navigate(
    "settings.audit",
    Section.SETTINGS,
    pl="Dziennik zmian",
    en="Audit log",
    url="shops:audit",
    permission="audit.view",
    order=90,
    icon="history",
    about=Words(pl="Kto, co i kiedy zmienił.", en="Who changed what, and when."),
)

navigate(
    "settings.outbox",
    Section.SETTINGS,
    pl="Poczta",
    en="Outbox",
    url="shops:outbox",
    permission="staff.edit",
    order=80,
    icon="inbox",
    about=Words(
        pl="Wysłane listy; bez nadawcy zostają tutaj.", en="Mail that was sent; without a sender it stays here."
    ),
)

_by_name = {pattern.name: pattern for pattern in account_urls.urlpatterns if isinstance(pattern, URLPattern)}
plain_urlpatterns: list[URLPattern | URLResolver] = [
    path("console/sign-in/", _by_name["account_login"].callback, name="account_login"),
    path("console/account/", include([pattern for name, pattern in _by_name.items() if name in ACCOUNT_PAGES])),
    path("console/account/closed/signup/", closed, name="account_signup"),
    path("console/account/closed/email/", closed, name="account_email"),
    path("console/account/closed/password/", closed, name="account_set_password"),
    path("console/account/closed/sent/", closed, name="account_email_verification_sent"),
    path("console/account/closed/confirm/<str:key>/", closed, name="account_confirm_email"),
    path("console/account/closed/code/", closed, name="account_confirm_login_code"),
    path("console/account/factors/", include("allauth.mfa.urls")),
    path("console/account/sessions/", include("allauth.usersessions.urls")),
    path("console/sign-out/", RedirectView.as_view(pattern_name="account_logout")),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("console/setup/", entrance.setup, name="setup"),
    path("console/join/<str:token>/", entrance.join, name="join"),
    path("console/account/", account.me, name="me"),
    path("console/settings/", settings.overview, name="settings"),
    path("console/settings/shops/", settings.shop_list, name="shops"),
    path("console/settings/shops/new/", settings.new_shop, name="new_shop"),
    path("console/settings/shops/<int:shop_id>/", settings.shop, name="shop"),
    path("console/settings/shops/<int:shop_id>/secret/", settings.rotate_member_secret, name="rotate_member_secret"),
    path("console/settings/look/", settings.look, name="look"),
    path("console/settings/team/", settings.team, name="team"),
    path("console/settings/team/<int:staff_id>/", settings.person, name="person"),
    path(
        "console/settings/team/invitations/<int:invitation_id>/withdraw/",
        settings.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("console/settings/keys/", settings.keys, name="keys"),
    path("console/settings/keys/<int:key_id>/revoke/", settings.revoke_key, name="revoke_key"),
    path("console/settings/outbox/", outbox.index, name="outbox"),
    path("console/settings/outbox/<int:mail_id>/", outbox.show, name="outbox_mail"),
    path("console/settings/audit/", settings.audit, name="audit"),
]
