"""Everything that changes shops, staff and keys, and the audit log that says who did what."""

from wracam.shops.actions.audit import audit
from wracam.shops.actions.keys import create_key, note_key_use, revoke_key
from wracam.shops.actions.outbox import hand_over_mail, remove_old_mail, store_mail
from wracam.shops.actions.setup import accept_setup, create_owner, issue_setup_token
from wracam.shops.actions.shops import change_shop, change_theme, create_shop, rotate_member_secret
from wracam.shops.actions.sign_ins import note_failed_code, note_failed_sign_in, note_sign_in
from wracam.shops.actions.staff import (
    accept_invitation,
    change_own_profile,
    change_role,
    deactivate_staff,
    invite_staff,
    reactivate_staff,
    withdraw_invitation,
)

__all__ = [
    "accept_invitation",
    "accept_setup",
    "audit",
    "change_own_profile",
    "change_role",
    "change_shop",
    "change_theme",
    "create_key",
    "create_owner",
    "create_shop",
    "deactivate_staff",
    "hand_over_mail",
    "invite_staff",
    "issue_setup_token",
    "note_failed_code",
    "note_failed_sign_in",
    "note_key_use",
    "note_sign_in",
    "reactivate_staff",
    "remove_old_mail",
    "revoke_key",
    "rotate_member_secret",
    "store_mail",
    "withdraw_invitation",
]
