"""Who really calls when a proxy stands in front: `X-Forwarded-*` headers, believed from `trusted_proxies` only.

The addresses in `X-Forwarded-For` are read from the right, where the proxies we trust have written, up to the first
one that is none of them: that is the caller. What stands further left anybody may have made up.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from wracam.foundation import configuration

Network = IPv4Network | IPv6Network
FORWARDED_FOR, FORWARDED_PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"


def networks(addresses: Iterable[str]) -> tuple[Network, ...]:
    """Read addresses (`10.0.0.5`) and networks (`10.0.0.0/8`); raises `ConfigurationError` for anything else."""
    try:
        return tuple(ip_network(address.strip(), strict=False) for address in addresses)
    except ValueError as error:
        raise configuration.ConfigurationError(f"trusted_proxies: {error}.") from error


def caller(peer: str, forwarded_for: str, trusted: tuple[Network, ...]) -> str:
    """Return the address of the caller, given the *peer* of the connection and the header as it came."""
    found = peer
    for claimed in reversed(forwarded_for.split(",")):
        if not _is_trusted(found, trusted):
            break
        address = _address(claimed.strip())
        if address is None:
            break
        found = str(address)
    return found


def resolve(environ: dict[str, Any]) -> None:
    """Put the caller's address and scheme into *environ* (WSGI) and drop the headers: nobody reads them again."""
    forwarded_for, scheme = environ.pop(FORWARDED_FOR, ""), environ.pop(FORWARDED_PROTO, "")
    if not forwarded_for and not scheme:
        return
    trusted, peer = _trusted(), environ.get("REMOTE_ADDR", "")
    if not _is_trusted(peer, trusted):
        return
    environ["REMOTE_ADDR"] = caller(peer, forwarded_for, trusted)
    said = scheme.rpartition(",")[2].strip()
    if said in {"http", "https"}:
        environ["wsgi.url_scheme"] = said


@cache
def _trusted() -> tuple[Network, ...]:
    return networks(configuration.load()["trusted_proxies"])


def _is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    known = _address(address)
    return known is not None and any(known in network for network in trusted)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address; an IPv4 one that came over an IPv6 socket is itself again."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
