"""The console's pages about people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.urls import path

from wracam.customers import queries
from wracam.customers.console import changes, lists, person
from wracam.events.ports import name_people
from wracam.faces.console.ports import Section, navigate

navigate("customers", Section.CUSTOMERS, pl="Klienci", en="Customers", url="customers:index", order=10)


@name_people
def names(customer_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Name the customers of events."""
    return {one.id: one.display_name for one in queries.customers(list(customer_ids))}


urlpatterns = [
    path("console/customers/", lists.index, name="index"),
    path("console/customers.csv", lists.as_csv, name="csv"),
    path("console/customers/<uuid:customer_id>/", person.show, name="customer"),
    path("console/customers/<uuid:customer_id>/export.json", person.export, name="export"),
    path("console/customers/<uuid:customer_id>/notes/", changes.add_note, name="add_note"),
    path("console/customers/<uuid:customer_id>/notes/<uuid:note_id>/remove/", changes.remove_note, name="remove_note"),
    path("console/customers/<uuid:customer_id>/merge/", changes.merge, name="merge"),
    path("console/customers/<uuid:customer_id>/erase/", changes.erase, name="erase"),
]
