"""The console's part of promotions: the list, the sentence editor, and the test bench for carts."""

from __future__ import annotations

from django.urls import path

from wracam.faces.console.ports import Section, navigate
from wracam.promotions.console import bench, editor, index, prices

navigate(
    "promotions", Section.PROMOTIONS, pl="Promocje", en="Promotions", url="promotions:index", order=10,
    icon="ticket-percent",
)  # fmt: skip
navigate(
    "promotions.bench", Section.PROMOTIONS, pl="Stół próbny", en="Test bench", url="promotions:bench", order=40,
    icon="shopping-cart",
)  # fmt: skip
navigate(
    "promotions.prices", Section.PROMOTIONS, pl="Ceny w koszyku", en="Prices in the cart", url="promotions:prices",
    order=50, icon="sliders-horizontal",
)  # fmt: skip

urlpatterns = [
    path("console/promotions/", index.show, name="index"),
    path("console/promotions/new/", editor.create, name="create"),
    path("console/promotions/bench/", bench.show, name="bench"),
    path("console/promotions/bench/found/", bench.found, name="found"),
    path("console/promotions/prices/", prices.show, name="prices"),
    path("console/promotions/<slug:key>/", editor.edit, name="edit"),
    path("console/promotions/<slug:key>/preview/", editor.preview, name="preview"),
    path("console/promotions/<slug:key>/duplicate/", editor.duplicate, name="duplicate"),
]
