"""Which network addresses we may call on somebody's wish: public ones, and private ones that the operator allowed.

Cloud metadata services and link-local addresses are never called, allowed or not: they hand out credentials.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


NEVER = _networks(
    "169.254.0.0/16",  # link-local; metadata of AWS, Azure, Google, DigitalOcean, Oracle
    "fe80::/10",
    "fd00:ec2::254/128",  # AWS over IPv6
    "fd20:ce::254/128",  # Google over IPv6
    "100.100.100.200/32",  # Alibaba
    "192.0.0.192/32",  # Oracle, older
    "168.63.129.16/32",  # Azure wire server, a public address that only its machines reach
    "0.0.0.0/8",
    "::/128",
)
NOT_PUBLIC = _networks(
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
    "::/8", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    "5f00::/16", "fc00::/7", "fec0::/10", "ff00::/8",
)  # fmt: skip
"""The special-purpose registries of IANA; the standard library's `is_global` differs between Python versions."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")


def refusal(host: str, address: str, allowed: Sequence[str]) -> str | None:
    """Return why *address*, to which *host* resolved, must not be called; None when it may.

    *allowed* lists host names, addresses and networks (`10.1.0.0/16`) that the operator opened.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    forms = [parsed, *_embedded(parsed)]
    if any(_is_in(form, NEVER) for form in forms):
        return f"{host} leads to {address}, an address that is never called"
    if is_allowed(host, parsed, allowed):
        return None
    if any(_is_in(form, NOT_PUBLIC) or not form.is_global for form in forms):
        return f"{host} leads to {address}, which is not a public address; the operator may allow it (outgoing_allow)"
    return None


def is_allowed(host: str, address: Address | None, allowed: Sequence[str]) -> bool:
    """Say whether the operator opened this host by name, or its address by network."""
    name = host.lower().rstrip(".")
    return any(name == entry.lower().rstrip(".") or _matches(address, entry) for entry in allowed)


def _matches(address: Address | None, entry: str) -> bool:
    try:
        network = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False
    return address is not None and address.version == network.version and address in network


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _embedded(address: Address) -> list[Address]:
    """Return the IPv4 addresses that an IPv6 address stands for: mapped, compatible, NAT64, 6to4 and Teredo."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address] = []
    if address.ipv4_mapped:
        found.append(address.ipv4_mapped)
    if address.sixtofour:
        found.append(address.sixtofour)
    if address.teredo:
        found += address.teredo
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return found
