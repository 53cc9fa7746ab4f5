"""How events of people read in their own story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from wracam.customers.ports import Telling, register_teller
from wracam.events.contracts import RecordedEvent
from wracam.kernel.language import Words

TELLINGS = {
    "customer.created": Telling(
        sentence=Words(pl="Poznaliśmy tę osobę", en="We got to know this person"), icon="sprout"
    ),
    "customer.registered": Telling(
        sentence=Words(pl="Założenie konta w sklepie", en="Opened an account in the shop"), icon="user-plus"
    ),
    "customer.merged": Telling(
        sentence=Words(pl="Połączono dwa profile tej osoby", en="Two profiles of this person became one"),
        icon="git-merge",
    ),
    "customer.erased": Telling(
        sentence=Words(pl="Usunięto dane osobowe", en="Personal data were erased"), icon="trash-2"
    ),
    "customer.joined_organisation": Telling(
        sentence=Words(pl="Kupuje teraz także dla firmy", en="Buys for a company now"), icon="building-2"
    ),
}


@register_teller(*TELLINGS)
def tell(batch: Sequence[RecordedEvent]) -> Mapping[UUID, Telling | None]:
    """Tell what happened to the profile."""
    return {one.id: TELLINGS[one.name] for one in batch}
