"""Refusal of private addresses: a page of the web must not make us ask a machine of our own network (SSRF)."""

import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddressError(Exception):
    """The host is, or resolves to, an address that is not of the public Internet."""


def is_public(address: str) -> bool:
    """Whether an IPv4 or IPv6 address belongs to the public Internet, looking through the wrappings of IPv4 in IPv6."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


class Guard(AbstractResolver):
    """A resolver for aiohttp that hands out public addresses only.

    The address that was checked is the address that is connected to, so a name that resolves differently the second
    time (DNS rebinding) gains nothing. Addresses written into a URL never reach a resolver; `check` sees to them.
    `allowed`: hosts, or host:port, that may be private.
    """

    def __init__(self, allowed: tuple[str, ...]):
        self._allowed = frozenset(allowed)
        self._resolver = ThreadedResolver()

    def check(self, host: str, port: int) -> None:
        """Raise `PrivateAddressError` if `host` is a literal address that is not public."""
        try:
            public = is_public(host.strip("[]"))
        except ValueError:
            return  # a name: its addresses are checked when it is resolved
        if not public and not self._exempt(host, port):
            raise PrivateAddressError(f"{host} is a private address; add it to allow_private if you mean it")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Addresses of `host`; raises `PrivateAddressError` when any of them is not public."""
        found = await self._resolver.resolve(host, port, family)
        private = [entry["host"] for entry in found if not is_public(entry["host"])]
        if private and not self._exempt(host, port):
            message = f"{host} resolves to {private[0]}, a private address; add {host} to allow_private if you mean it"
            raise PrivateAddressError(message)
        return found

    async def close(self) -> None:
        """Nothing to close."""

    def _exempt(self, host: str, port: int) -> bool:
        return host in self._allowed or f"{host}:{port}" in self._allowed
