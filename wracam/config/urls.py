"""Addresses: every feature's faces, found by name. There is no central list to edit.

A feature's `console.py`, `portal.py`, `api.py` or `webhooks.py` offers `urlpatterns`; each is mounted under the
shell's prefix. `plain_urlpatterns` are mounted without a namespace, for packages that expect their own names.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from wracam.config import health
from wracam.foundation import features

FACES = {"console": "", "portal": "", "webhooks": "hooks/"}


def _face_patterns() -> list[URLPattern | URLResolver]:
    patterns: list[URLPattern | URLResolver] = []
    for feature in features.feature_modules():
        named: list[URLPattern | URLResolver] = []
        for face, prefix in FACES.items():
            if find_spec(f"{feature}.{face}"):
                module = importlib.import_module(f"{feature}.{face}")
                patterns += getattr(module, "plain_urlpatterns", [])
                named += [path(prefix, include(getattr(module, "urlpatterns", [])))]
        if named:
            patterns.append(path("", include((named, feature.rpartition(".")[2]))))
    return patterns


urlpatterns = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    *_face_patterns(),
]
