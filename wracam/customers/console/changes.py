"""What colleagues change about a customer: notes, merges, erasure."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from wracam.customers import actions, queries
from wracam.customers.console.person import own
from wracam.customers.contracts import Refused
from wracam.customers.queries import CustomerFilter
from wracam.faces.console.ports import ConsoleRequest, console_page
from wracam.foundation import clock
from wracam.shops.contracts import Actor


@console_page(permission="customers.edit", methods=("POST",))
def add_note(request: ConsoleRequest, customer_id: UUID) -> HttpResponse:
    """Write a note."""
    customer = own(request, customer_id)
    text = request.POST.get("text", "")
    done = actions.add_note(customer_id=customer.id, text=text, actor=_actor(request), now=clock.now())
    if isinstance(done, Refused):
        messages.error(request, _("Write something first."))
    else:
        messages.success(request, _("The note is saved."))
    return redirect("customers:customer", customer.id)


@console_page(permission="customers.edit", methods=("POST",))
def remove_note(request: ConsoleRequest, customer_id: UUID, note_id: UUID) -> HttpResponse:
    """Remove a note of this customer."""
    customer = own(request, customer_id)
    if note_id in {note.id for note in queries.notes(customer.id)}:
        actions.remove_note(note_id=note_id, actor=_actor(request), now=clock.now())
        messages.success(request, _("The note is removed."))
    return redirect("customers:customer", customer.id)


@console_page(permission="customers.edit", methods=("POST",))
def merge(request: ConsoleRequest, customer_id: UUID) -> HttpResponse:
    """Merge with the one other customer that the text finds."""
    customer = own(request, customer_id)
    text = request.POST.get("other", "").replace("\x00", "").strip()[:200]
    page = queries.search(shop_id=request.shop.id, wanted=CustomerFilter(text=text), limit=3)
    found = [one for one in page.customers if one.id != customer.id] if text else []
    if len(found) != 1:
        problem = _("Nobody else is found by this.") if not found else _("Several are found by this; be more exact.")
        messages.error(request, problem)
        return redirect("customers:customer", customer.id)
    kept = actions.merge(
        shop_id=request.shop.id, left_id=customer.id, right_id=found[0].id, actor=_actor(request), now=clock.now()
    )
    if not isinstance(kept, UUID):
        messages.error(request, _("One of the profiles is gone; nothing was merged."))
        return redirect("customers:customer", customer.id)
    messages.success(request, _("The profiles are one now; nothing was lost."))
    return redirect("customers:customer", kept)


@console_page(permission="customers.erase", methods=("POST",))
def erase(request: ConsoleRequest, customer_id: UUID) -> HttpResponse:
    """Erase everything personal."""
    customer = own(request, customer_id)
    actions.erase(customer_id=customer.id, actor=_actor(request), now=clock.now())
    messages.success(request, _("Everything personal is erased."))
    return redirect("customers:customer", customer.id)


def _actor(request: ConsoleRequest) -> Actor:
    actor: Actor = request.user.as_actor  # type: ignore[union-attr]  # staff, by console_page
    return actor
