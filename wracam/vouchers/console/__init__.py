"""The console's part of vouchers: code campaigns and batches, finding a code, gift cards, and who guesses."""

from __future__ import annotations

from django.urls import path

from wracam.faces.console.ports import Section, navigate
from wracam.vouchers.console import batches, campaigns, cards, find, guessing, pushing

navigate(
    "codes", Section.PROMOTIONS, pl="Kody", en="Codes", url="vouchers:campaigns", order=40, icon="ticket-percent"
)  # fmt: skip
navigate("find_code", Section.PROMOTIONS, pl="Znajdź kod", en="Find a code", url="vouchers:find", order=45)
navigate("gift_cards", Section.PROMOTIONS, pl="Karty podarunkowe", en="Gift cards", url="vouchers:cards", order=50)
navigate("guessing", Section.PROMOTIONS, pl="Zgadywanie", en="Guessing", url="vouchers:guessing", order=60)

urlpatterns = [
    path("console/codes/", campaigns.index, name="campaigns"),
    path("console/codes/new/", campaigns.create, name="new_campaign"),
    path("console/codes/find/", find.show, name="find"),
    path("console/codes/find/disable/", find.disable, name="disable_code"),
    path("console/codes/guessing/", guessing.show, name="guessing"),
    path("console/codes/batches/<uuid:batch_id>/", batches.show, name="batch"),
    path("console/codes/batches/<uuid:batch_id>/progress/", batches.progress, name="batch_progress"),
    path("console/codes/batches/<uuid:batch_id>/codes.csv", batches.download, name="batch_codes"),
    path("console/codes/batches/<uuid:batch_id>/disable/", batches.disable, name="disable_batch"),
    path("console/codes/campaigns/<slug:key>/", campaigns.edit, name="campaign"),
    path("console/codes/campaigns/<slug:key>/batches/", batches.start, name="start_batch"),
    path("console/codes/campaigns/<slug:key>/import/", batches.take_file, name="import_codes"),
    path("console/codes/campaigns/<slug:key>/push/", pushing.start, name="start_push"),
    path("console/codes/pushes/<uuid:push_id>/", pushing.show, name="push"),
    path("console/codes/pushes/<uuid:push_id>/progress/", pushing.progress, name="push_progress"),
    path("console/codes/pushes/<uuid:push_id>/retry/", pushing.retry, name="retry_push"),
    path("console/gift-cards/", cards.index, name="cards"),
    path("console/gift-cards/issue/", cards.issue, name="issue_card"),
    path("console/gift-cards/<uuid:account_id>/", cards.show, name="card"),
    path("console/gift-cards/<uuid:account_id>/move/", cards.move, name="move_value"),
    path("console/gift-cards/<uuid:account_id>/disable/", cards.disable, name="disable_card"),
]
__all__ = ["urlpatterns"]
