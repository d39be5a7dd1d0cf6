"""Which network addresses may be spoken to, checked where it cannot be passed by: at the socket.

A resolver that filters is not enough: IP literals never reach it, and a name may answer differently a second later. A
socket is made for the very address that will be connected, at every hop.
"""

import errno
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

AddrInfo = tuple[int, int, int, str, tuple[Any, ...]]

REFUSED = "private or special address"
_SPECIAL_6 = tuple(
    IPv6Network(network)
    for network in (
        "64:ff9b::/96",  # NAT64 (RFC 6052): any IPv4 address can be written in it
        "64:ff9b:1::/48",  # NAT64, local use (RFC 8215)
        "2002::/16",  # 6to4 (RFC 3056): likewise
        "2001::/32",  # Teredo (RFC 4380): likewise
        "fec0::/10",  # site-local, deprecated (RFC 3879)
        "::/96",  # IPv4-compatible, deprecated (RFC 4291)
        "100::/64",  # discard-only (RFC 6666)
        "2001:db8::/32",  # documentation
        "5f00::/16",  # segment routing (RFC 9602)
    )
)


class RefusedAddressError(OSError):
    """A connection to an address that is not allowed was about to be made."""

    def __init__(self, address: str) -> None:
        super().__init__(errno.EACCES, f"{address} is a {REFUSED}")


def is_allowed(address: str, *, allow_private: bool = False) -> bool:
    """May a socket be opened to this IP address?

    Public unicast addresses always; with `allow_private` also loopback, RFC 1918, unique local (fc00::/7) and shared
    (100.64.0.0/10) ones. Link-local addresses (where clouds keep machine secrets), multicast, unspecified and reserved
    ones, and IPv6 forms that carry an IPv4 address, never: the mapped form is judged by the address within.
    """
    try:
        ip = ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return _allowed(ip.ipv4_mapped, allow_private)
        if not ip.is_loopback and any(ip in network for network in _SPECIAL_6):
            return False
    return _allowed(ip, allow_private)


def _allowed(ip: IPv4Address | IPv6Address, allow_private: bool) -> bool:
    if ip.is_multicast or ip.is_unspecified or ip.is_link_local:
        return False
    if ip.is_loopback:
        return allow_private
    if ip.is_reserved or int(ip) >> 24 == 0:
        return False
    return ip.is_global or allow_private


def guarded_socket(*, allow_private: bool) -> Callable[[AddrInfo], socket.socket]:
    """A socket factory for aiohttp's connector that raises RefusedAddressError instead of opening a forbidden one."""

    def make(info: AddrInfo) -> socket.socket:
        """A socket for one resolved address. Raises RefusedAddressError."""
        family, kind, proto, _name, address = info
        if family not in (socket.AF_INET, socket.AF_INET6) or not is_allowed(
            str(address[0]), allow_private=allow_private
        ):
            raise RefusedAddressError(str(address[0]))
        return socket.socket(family, kind, proto)

    return make
