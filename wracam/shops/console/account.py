"""One's own account: name, language, password, second factor, sessions."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from wracam.faces.console.ports import ConsoleRequest, console_page
from wracam.foundation.clock import now
from wracam.shops import actions
from wracam.shops.console.forms import ProfileForm


@console_page(methods=("GET", "POST"), needs_shop=False, needs_factor=False)
def me(request: ConsoleRequest) -> HttpResponse:
    """Name and language, and the ways to password, second factor and sessions."""
    person = request.user
    assert person.is_authenticated
    form = ProfileForm(request.POST or None, initial={"name": person.name, "language": person.language})
    if request.method == "POST" and form.is_valid():
        changed = actions.change_own_profile(staff_id=person.pk, now=now(), **form.cleaned_data)
        translation.activate(changed.language)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("shops:me"))
    return render(request, "shops/me.html", {"form": form, "has_factor": is_mfa_enabled(person)})
