"""What a refused change says on the screen, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wracam.shops.contracts import (
    EmailTakenError,
    InvitationClosedError,
    LastOwnerError,
    SetupClosedError,
    ShopKeyTakenError,
    ShopsError,
)


def error_text(error: Exception) -> str:
    """Return one sentence with the fix for *error*."""
    texts = {
        SetupClosedError: _("The setup link is used, expired or wrong. Run “wracam init” for a new one."),
        InvitationClosedError: _("This invitation is used, withdrawn or expired. Ask an owner for a new one."),
        EmailTakenError: _("Somebody with this e-mail address already works here."),
        LastOwnerError: _("This is the last active owner. Make somebody else an owner first."),
        ShopKeyTakenError: _("Another shop has this short name. Choose a different name."),
    }
    general = _("This value cannot be used: %(reason)s") % {"reason": error}
    return texts.get(type(error), general) if isinstance(error, ShopsError) else general
