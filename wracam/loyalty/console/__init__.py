"""The console's part of the programme: overview, earning rules as sentences, settings, members and their ledgers."""

from __future__ import annotations

from django.urls import path

from wracam.faces.console.ports import Section, navigate
from wracam.loyalty.console import (
    approvals,
    books,
    customer,
    figures,
    ladder_form,
    ladders,
    members,
    overview,
    reward_form,
    rewards,
    rules,
    settings,
)

navigate(
    "loyalty", Section.PROGRAMME, pl="Program", en="Programme", url="loyalty:overview", order=10, icon="gift",
    about=None,
)  # fmt: skip
navigate("members", Section.PROGRAMME, pl="Członkowie", en="Members", url="loyalty:members", order=20, icon="users")
navigate("rewards", Section.PROGRAMME, pl="Nagrody", en="Rewards", url="loyalty:rewards", order=15, icon="gift")
navigate("tiers", Section.PROGRAMME, pl="Poziomy", en="Tiers", url="loyalty:tiers", order=17, icon="award")
navigate(
    "approvals", Section.PROGRAMME, pl="Do zatwierdzenia", en="Approvals", url="loyalty:approvals", order=30,
    icon="badge-check", permission="points.correct",
)  # fmt: skip
navigate("books", Section.PROGRAMME, pl="Księgi", en="Books", url="loyalty:books", order=60, icon="file-text")

urlpatterns = [
    *reward_form.EDITOR.paths(),
    *ladder_form.EDITOR.paths(),
    path("console/programme/books/", books.show, name="books"),
    path("console/programme/books/rebuild/", books.rebuild, name="books_rebuild"),
    path("console/programme/books/<slug:name>.csv", books.export, name="books_export"),
    path("console/programme/rewards/", rewards.index, name="rewards"),
    path("console/programme/tiers/", ladders.index, name="tiers"),
    path("console/programme/approvals/", approvals.index, name="approvals"),
    path("console/programme/approvals/<uuid:request_id>/", approvals.decide, name="decide_correction"),
    path("console/programme/rewards/<uuid:redemption_id>/settle/", rewards.settle, name="settle"),
    path("console/programme/", overview.show, name="overview"),
    path("console/programme/start/", overview.start, name="start"),
    path("console/programme/settings/", settings.edit, name="settings"),
    path("console/programme/rules/new/", rules.create, name="new_rule"),
    path("console/programme/rules/<slug:key>/", rules.edit, name="rule"),
    path("console/programme/rules/<slug:key>/preview/", rules.preview, name="preview_rule"),
    path("console/programme/members/", members.index, name="members"),
    path("console/programme/members/<uuid:member_id>/", members.show, name="member"),
    path("console/programme/members/<uuid:member_id>/correct/", members.correct, name="correct"),
    path("console/programme/members/<uuid:member_id>/tier/", members.give_tier, name="give_tier"),
    path("console/programme/members/<uuid:member_id>/why/<int:transfer_id>/", members.why, name="why"),
]
__all__ = ["customer", "figures", "urlpatterns"]
