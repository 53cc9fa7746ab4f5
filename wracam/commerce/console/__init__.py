"""The console's pages about trade, and what trade adds to the pages about people."""

from __future__ import annotations

from django.urls import path

from wracam.commerce.console import home, lists, order, person
from wracam.faces.console.ports import Section, navigate

navigate("orders", Section.CUSTOMERS, pl="Zamówienia", en="Orders", url="commerce:orders", order=20)
navigate("products", Section.CUSTOMERS, pl="Produkty", en="Products", url="commerce:products", order=30)

__all__ = ["home", "person", "urlpatterns"]

urlpatterns = [
    path("console/orders/", lists.orders, name="orders"),
    path("console/orders.csv", lists.orders_csv, name="orders_csv"),
    path("console/orders/<uuid:order_id>/", order.show, name="order"),
    path("console/products/", lists.products, name="products"),
]
