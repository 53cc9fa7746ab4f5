"""Addresses: every feature's faces, found by name. There is no central list to edit.

A feature's `console.py`, `portal.py`, `api.py` or `webhooks.py` offers `urlpatterns`; each is mounted under the
shell's prefix.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from wracam.foundation import features

FACES = {"console": "", "portal": "", "webhooks": "hooks/"}


def _face_patterns() -> list[URLPattern | URLResolver]:
    patterns: list[URLPattern | URLResolver] = []
    for feature in features.feature_modules():
        for face, prefix in FACES.items():
            if find_spec(f"{feature}.{face}"):
                module = importlib.import_module(f"{feature}.{face}")
                if hasattr(module, "urlpatterns"):
                    patterns.append(path(prefix, include((module.urlpatterns, feature.rpartition(".")[2]))))
    return patterns


urlpatterns = _face_patterns()
