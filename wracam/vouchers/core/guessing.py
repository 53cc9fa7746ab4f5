"""Who is held to have guessed, and how often anybody may be wrong. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

WINDOW_SECONDS = 600
CUSTOMER_MAX = 20
"""Different wrong codes of one signed-in customer in one window."""
GUEST_MAX = 20
"""Of all guests behind one address."""
GUEST_MAX_UNDER_ATTACK = 5
ADDRESS_MAX = 200
"""Of everybody behind one address, customers too: a shop's till, a company's network."""
SHOP_MAX = 500
"""Of a whole shop: from here on it is under attack, and guests get fewer tries. Nobody is blocked by it."""
IPV6_PREFIX = 64
IPV4_SHOWN, IPV6_SHOWN = 24, 48
NETWORKS_KEPT = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Somebody whose wrong codes are counted, up to `limit` different ones."""

    name: str
    limit: int


def subjects(customer_id: UUID | None, address: str | None, *, is_attacked: bool) -> list[Subject]:
    """Return everybody a try is counted for; none when neither is known (the shop's own server asks).

    A customer is judged by their own tries and, far more generously, by those of their address, so that a guesser in
    the same network blocks nobody who is signed in.
    """
    found = []
    if customer_id is not None:
        found.append(Subject(name=f"customer:{customer_id}", limit=CUSTOMER_MAX))
    if address:
        network = network_of(address)
        if customer_id is None:
            limit = GUEST_MAX_UNDER_ATTACK if is_attacked else GUEST_MAX
            found.append(Subject(name=f"guest:{network}", limit=limit))
        found.append(Subject(name=f"address:{network}", limit=ADDRESS_MAX))
    return found


@lru_cache(maxsize=NETWORKS_KEPT)
def network_of(address: str) -> str:
    """Return what counts as one address: an IPv4 address, or the /64 that one IPv6 connection gets."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if parsed.version == 6 and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return _network(parsed, IPV6_PREFIX) if parsed.version == 6 else str(parsed)


def shown(address: str) -> str:
    """Return an address cut short for the console: enough to see that it is one, too little to know whose."""
    try:
        parsed = ipaddress.ip_address(network_of(address).partition("/")[0])
    except ValueError:
        return "?"
    return _network(parsed, IPV6_SHOWN if parsed.version == 6 else IPV4_SHOWN)


def _network(address: ipaddress.IPv4Address | ipaddress.IPv6Address, prefix: int) -> str:
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))
