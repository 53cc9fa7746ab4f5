"""Everything that can be asked about people."""

from wracam.customers.queries.details import (
    conflicts,
    consents,
    export_everything,
    identities,
    merges,
    notes,
    organisation,
    organisations_of,
)
from wracam.customers.queries.people import (
    LIVING,
    all_ids,
    all_ids_of,
    canonical,
    contacts_of,
    customer,
    customers,
    find,
    find_many,
    living,
    living_question,
    normal_contact,
)
from wracam.customers.queries.searching import PAGE_SIZE_MAX, CustomerFilter, SortBy, count, search
from wracam.customers.queries.timelines import timeline

__all__ = [
    "LIVING",
    "PAGE_SIZE_MAX",
    "CustomerFilter",
    "SortBy",
    "all_ids",
    "all_ids_of",
    "canonical",
    "conflicts",
    "consents",
    "contacts_of",
    "count",
    "customer",
    "customers",
    "export_everything",
    "find",
    "find_many",
    "identities",
    "living",
    "living_question",
    "merges",
    "normal_contact",
    "notes",
    "organisation",
    "organisations_of",
    "search",
    "timeline",
]
