"""Reads of vouchers: keyword-only, typed, returning contracts."""

from wracam.vouchers.queries.allowances import hold_of, left
from wracam.vouchers.queries.batches import CampaignFigures, CodeLine, batch, batches_of, codes_of_batch, figures_of
from wracam.vouchers.queries.campaigns import live_campaign, live_campaigns
from wracam.vouchers.queries.codes import code_record, code_texts, codes_of_customer, issued_codes, look_up

__all__ = [
    "CampaignFigures",
    "CodeLine",
    "batch",
    "batches_of",
    "code_record",
    "code_texts",
    "codes_of_batch",
    "codes_of_customer",
    "figures_of",
    "hold_of",
    "issued_codes",
    "left",
    "live_campaign",
    "live_campaigns",
    "look_up",
]
