"""Which addresses may be spoken to: FAULTS, trap 2."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.net.addresses import RefusedAddressError, guarded_socket, is_allowed

NEVER = (
    # unspecified and "this network", broadcast, reserved, multicast, link-local
    "0.0.0.0", "0.1.2.3", "255.255.255.255", "240.0.0.1", "224.0.0.1", "239.255.255.250", "169.254.1.1", "::", "ff02::1",
    "ff0e::1", "fe80::1", "fe80::1%eth0", "fec0::1", "feff::1",
    # where clouds keep secrets
    "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254",
    "fd20:ce::254", "::ffff:169.254.169.254", "::ffff:100.100.100.200",
    # documentation, benchmarks, protocol assignments, discard, segment routing
    "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "198.19.255.255", "192.0.0.8", "192.88.99.1",
    "2001:db8::1", "3fff::1", "2001:2::1", "2001:10::1", "2001:20::1", "100::1", "5f00::1",
    # forms that carry an IPv4 address: NAT64, 6to4, Teredo, compatible, translated, mapped
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "64:ff9b:1:ffff::a00:1", "2002:7f00:1::", "2002:808:808::1",
    "2001::1", "2001:0:7f00:1::", "::7f00:1", "::808:808", "::ffff:0:7f00:1", "::ffff:0:808:808", "::ffff:0.0.0.0",
    "::ffff:224.0.0.1", "::ffff:255.255.255.255",
    # no address
    "", "localhost", "1.2.3", "0x7f.1", "2130706433", "017700000001", "①②⑦.0.0.1",
)  # fmt: skip
PRIVATE = (
    "127.0.0.1", "127.255.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "::1",
    "fc00::1", "fd12:3456::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::ffff:100.64.0.1",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "1.1.1.1", "202.120.0.1", "2001:da8::1", "2400:3200::1", "2606:4700::1111", "::ffff:8.8.8.8")


@pytest.mark.parametrize("address", NEVER)
def test_special_addresses_are_never_allowed(address: str) -> None:
    assert not is_allowed(address)
    assert not is_allowed(address, allow_private=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_need_leave(address: str) -> None:
    assert not is_allowed(address)
    assert is_allowed(address, allow_private=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed(address)
    assert is_allowed(address, allow_private=True)


@given(st.ip_addresses(v=4).map(str))
def test_no_address_that_python_calls_private_passes(address: str) -> None:
    if is_allowed(address):
        ip = IPv4Address(address)
        assert ip.is_global
        assert not any((ip.is_private, ip.is_loopback, ip.is_multicast, ip.is_link_local, ip.is_reserved))


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_as_what_it_maps(address: object) -> None:
    assert isinstance(address, IPv4Address)
    assert is_allowed(f"::ffff:{address}") == is_allowed(str(address))


@given(st.ip_addresses(v=6).map(str))
def test_leave_never_makes_more_of_ipv6_than_it_says(address: str) -> None:
    if is_allowed(address, allow_private=True) and not is_allowed(address):
        ip = IPv6Address(address)
        assert ip.is_loopback or ip in IPv6Network("fc00::/7") or ip.ipv4_mapped is not None


@given(st.ip_addresses(v=4), st.sampled_from(["64:ff9b::", "2002:", "::", "::ffff:0:"]))
def test_no_ipv6_form_carries_an_ipv4_address_past_the_guard(address: object, prefix: str) -> None:
    assert isinstance(address, IPv4Address)
    number = int(address)
    high, low = number >> 16, number & 0xFFFF
    text = f"2002:{high:x}:{low:x}::1" if prefix == "2002:" else f"{prefix}{high:x}:{low:x}"
    if IPv6Address(text) not in (IPv6Address("::1"), IPv6Address("::")):
        assert not is_allowed(text, allow_private=True)


def test_the_socket_is_where_it_is_refused() -> None:
    make = guarded_socket(allow_private=False)
    with pytest.raises(RefusedAddressError, match=r"127\.0\.0\.1"):
        make((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))
    with pytest.raises(RefusedAddressError):
        make((socket.AF_UNIX, socket.SOCK_STREAM, 0, "", ("/run/x.sock",)))
    made = guarded_socket(allow_private=True)((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))
    made.close()
