"""Everything that changes what we know of people."""

from wracam.customers.actions.erasing import erase
from wracam.customers.actions.identifying import identify, identify_many, verify_identity
from wracam.customers.actions.merging import merge
from wracam.customers.actions.notes import add_note, remove_note
from wracam.customers.actions.organisations import join_organisation, leave_organisation, save_organisation

__all__ = [
    "add_note",
    "erase",
    "identify",
    "identify_many",
    "join_organisation",
    "leave_organisation",
    "merge",
    "remove_note",
    "save_organisation",
    "verify_identity",
]
