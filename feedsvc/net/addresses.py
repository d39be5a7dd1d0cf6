"""Which network addresses may be spoken to, checked where it cannot be passed by: at the socket.

A resolver that filters is not enough: IP literals never reach it, and a name may answer differently a second later. A
socket is made for the very address that will be connected, at every hop.
"""

import errno
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

AddrInfo = tuple[int, int, int, str, tuple[Any, ...]]

REFUSED = "private or special address"
REFUSED_ALWAYS = f"{REFUSED} that no source may have"
_PRIVATE = tuple(
    map(
        ip_network,
        (
            "127.0.0.0/8",
            "10.0.0.0/8",  # RFC 1918
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",  # shared, behind a carrier's or a campus's NAT (RFC 6598)
            "::1/128",
            "fc00::/7",  # unique local (RFC 4193)
        ),
    )
)
# What Python's `is_global` lets pass, or lets pass in some versions. IPv6 beyond 2000::/3 needs no line here.
_SPECIAL = tuple(
    map(
        ip_network,
        (
            "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
            "192.0.0.0/24",  # protocol assignments (RFC 6890)
            "198.18.0.0/15",  # benchmarks (RFC 2544)
            "2001::/23",  # protocol assignments: Teredo (RFC 4380), benchmarks, ORCHID
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4 (RFC 3056): any IPv4 address can be written in it
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)
_UNICAST_6 = IPv6Network("2000::/3")
# Where clouds keep a machine's secrets, other than link-local: Alibaba, Azure, Amazon, Google.
_METADATA = tuple(map(ip_network, ("100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::/32", "fd20:ce::/32")))


class RefusedAddressError(OSError):
    """A connection to an address that is not allowed was about to be made; `always`, where no source may have it."""

    def __init__(self, address: str, *, always: bool) -> None:
        super().__init__(errno.EACCES, f"{address} is a {REFUSED_ALWAYS if always else REFUSED}")


def is_allowed(address: str, *, allow_private: bool = False) -> bool:
    """May a socket be opened to this IP address?

    Public unicast addresses always; with `allow_private` also loopback, RFC 1918, unique local (fc00::/7) and shared
    (100.64.0.0/10) ones. Never: link-local addresses and others where clouds keep machine secrets, multicast, broadcast,
    unspecified, reserved, documentation and benchmark ones, and IPv6 forms that carry an IPv4 address (NAT64, 6to4,
    Teredo, compatible, translated); the mapped form is judged by the address within.
    """
    try:
        ip = ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if _within(ip, _METADATA):
        return False
    if _within(ip, _PRIVATE):
        return allow_private
    return _is_public(ip) and not _within(ip, _SPECIAL)


def _within(ip: IPv4Address | IPv6Address, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(ip.version == network.version and ip in network for network in networks)


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address) and ip not in _UNICAST_6:
        return False
    # `is_global` alone passes multicast.
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_link_local or ip.is_unspecified)


def guarded_socket(*, allow_private: bool) -> Callable[[AddrInfo], socket.socket]:
    """A socket factory for aiohttp's connector that raises RefusedAddressError instead of opening a forbidden one."""

    def make(info: AddrInfo) -> socket.socket:
        """A socket for one resolved address. Raises RefusedAddressError."""
        family, kind, proto, _name, address = info
        if family not in (socket.AF_INET, socket.AF_INET6) or not is_allowed(
            str(address[0]), allow_private=allow_private
        ):
            raise RefusedAddressError(str(address[0]), always=not is_allowed(str(address[0]), allow_private=True))
        return socket.socket(family, kind, proto)

    return make
