"""What the lines of customers in the audit log mean."""

from __future__ import annotations

from wracam.kernel.language import Words
from wracam.shops.ports import register_audit_kinds, register_audit_verbs

register_audit_verbs(
    {
        "customer.merged": Words(pl="połączono klientów", en="merged customers"),
        "customer.erased": Words(pl="usunięto dane klienta", en="erased a customer"),
        "note.removed": Words(pl="usunięto notatkę", en="removed a note"),
    }
)
register_audit_kinds(
    {
        "customer": Words(pl="klient", en="customer"),
    }
)
