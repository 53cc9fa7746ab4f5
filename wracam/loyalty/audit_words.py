"""What the lines of loyalty in the audit log mean."""

from __future__ import annotations

from wracam.kernel.language import Words
from wracam.shops.ports import register_audit_kinds, register_audit_verbs

register_audit_verbs(
    {
        "points.corrected": Words(pl="skorygowano punkty", en="corrected points"),
        "points.correction_asked": Words(pl="poproszono o korektę punktów", en="asked for a correction of points"),
        "points.correction_approved": Words(pl="zatwierdzono korektę punktów", en="approved a correction of points"),
        "points.correction_declined": Words(pl="odrzucono korektę punktów", en="declined a correction of points"),
        "tier.granted": Words(pl="nadano poziom ręcznie", en="gave a tier by hand"),
    }
)
register_audit_kinds(
    {
        "member": Words(pl="członek", en="member"),
    }
)
