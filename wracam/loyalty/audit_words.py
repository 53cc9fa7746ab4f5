"""What the lines of loyalty in the audit log mean."""

from __future__ import annotations

from wracam.kernel.language import Words
from wracam.shops.ports import register_audit_verbs

register_audit_verbs(
    {
        "points.corrected": Words(pl="skorygowano punkty", en="corrected points"),
        "tier.granted": Words(pl="nadano poziom ręcznie", en="gave a tier by hand"),
    }
)
