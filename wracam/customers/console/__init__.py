"""The console's pages about people."""

from __future__ import annotations

from django.urls import path

from wracam.customers.console import changes, lists, person
from wracam.faces.console.ports import Section, navigate

navigate("customers", Section.CUSTOMERS, pl="Klienci", en="Customers", url="customers:index", order=10)

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
