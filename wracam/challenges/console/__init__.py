"""The console's part of challenges: what runs and how it goes, and the editor as a sentence."""

from __future__ import annotations

from django.urls import path

from wracam.challenges.console import pages
from wracam.faces.console.ports import Section, navigate

navigate(
    "challenges", Section.PROGRAMME, pl="Wyzwania", en="Challenges", url="challenges:index", order=17, icon="award"
)

urlpatterns = [
    path("console/programme/challenges/", pages.index, name="index"),
    path("console/programme/challenges/new/", pages.create, name="new"),
    path("console/programme/challenges/<slug:key>/", pages.edit, name="edit"),
]
