"""The sample shop's pages: a small garden shop that uses Wracam as any shop would, through the public API."""

from __future__ import annotations

from django.urls import path

from wracam.demo.portal import basket_pages, checkout, shelves

urlpatterns = [
    path("demo/shop/", shelves.home, name="shop"),
    path("demo/shop/category/<slug:slug>/", shelves.category, name="category"),
    path("demo/shop/product/<str:sku>/", shelves.product, name="product"),
    path("demo/shop/set/", shelves.build_set, name="build_set"),
    path("demo/shop/cart/", basket_pages.show, name="cart"),
    path("demo/shop/cart/change/", basket_pages.change, name="change_cart"),
    path("demo/shop/checkout/", checkout.show, name="checkout"),
    path("demo/shop/thanks/<str:number>/", checkout.thanks, name="thanks"),
    path("demo/shop/club/", checkout.club, name="to_club"),
    path("demo/shop/who/", shelves.who, name="who"),
]
