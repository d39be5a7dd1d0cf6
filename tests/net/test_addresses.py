"""Which addresses may be spoken to: FAULTS, trap 2."""

import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.net.addresses import RefusedAddressError, guarded_socket, is_allowed

NEVER = (
    "0.0.0.0", "0.1.2.3", "169.254.169.254", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "fe80::1", "fe80::1%eth0", "ff02::1", "fec0::1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:808:808::1", "2001::1", "::7f00:1", "::ffff:0.0.0.0", "::ffff:169.254.169.254", "100::1",
    "2001:db8::1", "", "localhost", "1.2.3", "0x7f.1",
)  # fmt: skip
PRIVATE = (
    "127.0.0.1", "127.255.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "::1",
    "fc00::1", "fd12:3456::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "1.1.1.1", "202.120.0.1", "2400:3200::1", "2606:4700::1111", "::ffff:8.8.8.8")


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


@given(st.ip_addresses(v=4), st.sampled_from(["64:ff9b::", "2002:", "::"]))
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
