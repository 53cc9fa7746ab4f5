"""How staff sign in: our rules for allauth, which does the work."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types
    """Nobody signs up by themselves; the address of a caller is the one our front has checked."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: owners invite staff."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the peer's address; forwarded addresses are resolved before Django, from trusted proxies only."""
        return str(request.META["REMOTE_ADDR"])
