"""How staff sign in: our rules for allauth, which does the work, and what the audit log keeps of it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from wracam.foundation.clock import now
from wracam.shops import actions
from wracam.shops.models import Staff


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types
    """Nobody signs up by themselves; the address of a caller is the one our front has checked."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: owners invite staff."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the peer's address; forwarded addresses are resolved before Django, from trusted proxies only."""
        return str(request.META["REMOTE_ADDR"])

    def is_safe_url(self, url: str | None) -> bool:
        """Say whether a page to go on to is of the host that was asked; allauth would also lead to `localhost`."""
        host = context.request.get_host()
        return url_has_allowed_host_and_scheme(url, allowed_hosts={host}, require_https=context.request.is_secure())

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note a wrong address or password; allauth lets an address or a peer come here only so often."""
        actions.note_failed_sign_in(
            email=str(credentials.get("email", "")), peer=self.get_client_ip(request), now=now()
        )

    def post_login(self, request: HttpRequest, user: Staff, **kwargs: Any) -> HttpResponse:
        """Note who came in, from where."""
        actions.note_sign_in(staff_id=user.pk, peer=self.get_client_ip(request), now=now())
        return super().post_login(request, user, **kwargs)  # type: ignore[no-any-return] # allauth ships no types


class SecondFactorForm(AuthenticateForm):  # type: ignore[misc] # allauth ships no types
    """The code of an app, or a recovery code, after the password; a wrong one is noted."""

    def _emit_authentication_failed(self, authenticator: Any) -> None:
        actions.note_failed_code(staff_id=self.user.pk, now=now())
        super()._emit_authentication_failed(authenticator)
