"""What the lines of shops, staff, keys and sign-ins in the audit log mean."""

from __future__ import annotations

from wracam.kernel.language import Words
from wracam.shops.ports import register_audit_kinds, register_audit_verbs

register_audit_verbs(
    {
        "shop.created": Words(pl="otwarto sklep", en="opened a shop"),
        "shop.changed": Words(pl="zmieniono ustawienia sklepu", en="changed a shop's settings"),
        "theme.changed": Words(pl="zmieniono wygląd stron członka", en="changed the look of member pages"),
        "member_secret.rotated": Words(
            pl="wymieniono sekret sesji członków", en="replaced the secret of member sessions"
        ),
        "staff.invited": Words(pl="zaproszono osobę do zespołu", en="invited somebody to the team"),
        "staff.invitation_withdrawn": Words(pl="wycofano zaproszenie", en="withdrew an invitation"),
        "staff.joined": Words(pl="dołączono do zespołu", en="joined the team"),
        "staff.created": Words(
            pl="utworzono konto właściciela z wiersza poleceń", en="created an owner from the command line"
        ),
        "staff.role_changed": Words(pl="zmieniono rolę", en="changed a role"),
        "staff.deactivated": Words(pl="odebrano dostęp", en="took access away"),
        "staff.reactivated": Words(pl="przywrócono dostęp", en="gave access back"),
        "staff.profile_changed": Words(pl="zmieniono swój profil", en="changed their own profile"),
        "setup.accepted": Words(pl="utworzono pierwszego właściciela", en="became the first owner"),
        "key.created": Words(pl="utworzono klucz API", en="created an API key"),
        "key.revoked": Words(pl="unieważniono klucz API", en="revoked an API key"),
        "sign_in.succeeded": Words(pl="zalogowano się", en="signed in"),
        "sign_in.failed": Words(pl="nieudane logowanie", en="failed to sign in"),
        "sign_in.code_failed": Words(pl="błędny kod drugiego składnika", en="wrong second-factor code"),
    }
)
register_audit_kinds(
    {
        "shop": Words(pl="sklep", en="shop"),
        "staff": Words(pl="osoba z zespołu", en="team member"),
        "key": Words(pl="klucz API", en="API key"),
    }
)
