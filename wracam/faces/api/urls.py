"""The addresses under `/v1`, resolved by the dispatcher alone."""

from __future__ import annotations

from django.urls import path

from wracam.faces.api.openapi import api

urlpatterns = [path("v1/", api().urls)]
