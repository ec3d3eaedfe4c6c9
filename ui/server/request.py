"""Who sends a request, as far as its connection and its headers tell."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

import psutil
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope
from streamlit import config

COOKIE = "autoenc-visitor"
NAME = re.compile(r"[A-Za-z0-9_-]{22}")  # of a visitor
PROXY = re.compile(r"via|forwarded|x-forwarded-.*|x-real-ip|x-client-ip|x-original-.*|true-client-ip|cf-.*")
PORT = re.compile(r"^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$")  # behind an address, as some proxies write it
PORTS = {"http": 80, "https": 443}

TEACHERS: set[str] = set()  # the visitors who have given the key

Address = IPv4Address | IPv6Address
Pairs = Iterable[tuple[str, str]]  # of headers


def address_of(headers: Pairs, client: str | None) -> str:
    """The address a request comes from; "" for this machine.

    Only a proxy on this machine is believed, and only the last address that it names: the ones before it are
    the client's own words.
    """
    peer = _parsed(client or "127.0.0.1")
    if peer is None:
        return str(client)
    named = [value for name, value in headers if name.lower() == "x-forwarded-for"]
    if peer.is_loopback and named:
        last = named[-1].rpartition(",")[2].strip()
        peer = _parsed(PORT.sub(r"\1\2", last))
        if peer is None:
            return last
    return "" if peer.is_loopback else str(peer)


def is_on_this_machine(headers: Pairs, client: str | None, port: int) -> bool:
    """Whether a browser on this machine sends the request, to the very address that its address bar shows.

    A proxy, a tunnel and a page of another site reach the dashboard from this machine too. But the site has
    another name, and browsers do not lie about it in Host and Origin; proxies say so or change one of them;
    tunnels have another port at their far end.

    Args:
        client: the address of the other end; None: the loopback interface.
        port: at which the dashboard listens.
    """
    headers = [(name.lower(), value) for name, value in headers]
    if any(PROXY.fullmatch(name) for name, _ in headers):
        return False
    hosts = [value for name, value in headers if name == "host"]
    origins = [value for name, value in headers if name == "origin"]
    peer = _parsed(client or "127.0.0.1")
    if len(hosts) != 1 or len(origins) != 1 or peer is None:
        return False
    try:
        origin = urlsplit(origins[0])
        name, *ports = _place(urlsplit(f"{origin.scheme}://{hosts[0]}"))
        return [name, *ports] == _place(origin) and ports == [port] and _leads_here(name, peer)
    except (ValueError, KeyError):  # no port, no address, no web page
        return False


def is_teacher(scope: Scope) -> bool:
    """The same as `ui.core.visitor.is_teacher`, of a request.

    With a request for a page browsers send no Origin. There it is taken for the page's own: a page does
    nothing before it has a websocket, which comes with an Origin.
    """
    connection = HTTPConnection(scope)
    headers, client = connection.headers.items(), connection.client
    if scope["type"] == "http" and scope["method"] == "GET" and "origin" not in connection.headers:
        headers = [*headers, ("origin", f"{scope['scheme']}://{connection.headers.get('host', '')}")]
    return connection.cookies.get(COOKIE) in TEACHERS or is_on_this_machine(
        headers, client.host if client else None, config.get_option("server.port")
    )


def sender(scope: Scope) -> str:
    """The address that a request comes from; "" for this machine."""
    client = scope.get("client")
    return address_of(Headers(scope=scope).items(), client[0] if client else None)


def _place(url: SplitResult) -> list[object]:
    """Host and port."""
    name = (url.hostname or "").rstrip(".")
    usual = PORTS[url.scheme]
    return [_parsed(name) or name, url.port or usual]


def _leads_here(name: object, peer: Address) -> bool:
    """Whether this name in the address bar makes a connection that comes from this address of the machine."""
    if peer.is_loopback:
        return is_loopback(str(name))
    own = _own_addresses()
    host = socket.gethostname().lower()
    return peer in own and (name in own or name in (host, f"{host}.local"))


def is_loopback(host: str) -> bool:
    """Whether this name or address leads no further than this machine."""
    address = _parsed(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _own_addresses() -> Sequence[Address]:
    entries = (entry.address for entries in psutil.net_if_addrs().values() for entry in entries)
    return [address for address in map(_parsed, entries) if address is not None]


def _parsed(text: str) -> Address | None:
    """An IPv4 address inside an IPv6 one is itself; None: it is none."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
