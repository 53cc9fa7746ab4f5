"""What the lines of vouchers in the audit log mean."""

from __future__ import annotations

from wracam.kernel.language import Words
from wracam.shops.ports import register_audit_kinds, register_audit_verbs

register_audit_verbs(
    {
        "code_batch.created": Words(pl="utworzono partię kodów", en="made a batch of codes"),
        "code_batch.disabled": Words(pl="wyłączono partię kodów", en="took a batch of codes out of use"),
        "code_batch.downloaded": Words(pl="pobrano partię kodów", en="downloaded a batch of codes"),
        "gift_card.issued": Words(pl="wydano kartę podarunkową", en="issued a gift card"),
        "stored_value.taken_back": Words(pl="zmniejszono saldo karty", en="took value off a card"),
        "stored_value.disabled": Words(pl="zatrzymano kartę podarunkową", en="stopped a gift card"),
        "codes.pushed": Words(pl="wysłano kody do sklepu", en="pushed codes into the shop"),
        "code.disabled": Words(pl="wyłączono kod", en="took a code out of use"),
    }
)
register_audit_kinds(
    {
        "code": Words(pl="kod", en="code"),
        "code_batch": Words(pl="partia kodów", en="code batch"),
        "stored_value": Words(pl="karta podarunkowa", en="gift card"),
    }
)
