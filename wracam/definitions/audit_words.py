"""What the lines of definitions in the audit log mean."""

from __future__ import annotations

from wracam.kernel.language import Words
from wracam.shops.ports import register_audit_verbs

register_audit_verbs(
    {
        "definition.submitted": Words(pl="przekazano do sprawdzenia", en="submitted for review"),
        "definition.published": Words(pl="opublikowano", en="published"),
        "definition.rolled_back": Words(pl="przywrócono wcześniejszą wersję", en="rolled back"),
        "definition.archived": Words(pl="zarchiwizowano", en="archived"),
    }
)
