"""What the lines of file imports in the audit log mean."""

from __future__ import annotations

from wracam.kernel.language import Words
from wracam.shops.ports import register_audit_kinds, register_audit_verbs

register_audit_verbs(
    {
        "import.started": Words(pl="rozpoczęto import", en="started an import"),
        "import.undone": Words(pl="cofnięto import", en="undid an import"),
    }
)
register_audit_kinds(
    {
        "import": Words(pl="import", en="import"),
    }
)
