"""Who sends a request, as its connection and its headers tell: the teacher, or an address of the class."""

from __future__ import annotations

import socket

import psutil
import pytest
from streamlit import config

from ui.server.request import address_of, is_on_this_machine, is_teacher

PORT = 8501


def from_here(client: str | None = "127.0.0.1", port: int = PORT, **headers: str) -> bool:
    sent = {"Host": f"localhost:{PORT}", "Origin": f"http://localhost:{PORT}"} | headers
    return is_on_this_machine([(k, v) for k, v in sent.items() if v], client, port)


@pytest.mark.parametrize(
    ("client", "name"),
    [
        ("127.0.0.1", "localhost"),
        (None, "localhost"),
        ("::1", "localhost"),
        ("::ffff:127.0.0.1", "localhost"),
        ("127.0.0.1", "LocalHost"),
        ("127.0.0.1", "localhost."),
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "127.8.9.10"),
        ("::1", "[::1]"),
    ],
)
def test_a_browser_on_this_machine_is_the_teachers(client: str | None, name: str) -> None:
    assert from_here(client, Host=f"{name}:{PORT}", Origin=f"http://{name}:{PORT}")
    assert from_here(client, port=80, Host=name, Origin=f"http://{name}")
    assert from_here(client, port=443, Host=name, Origin=f"https://{name}")


def own_address() -> str:
    addresses = [a.address for of in psutil.net_if_addrs().values() for a in of if a.family == socket.AF_INET]
    return next((address for address in addresses if not address.startswith("127.")), "127.0.0.1")


def test_so_is_one_that_opens_this_machines_own_address_or_name() -> None:
    own = own_address()
    for name in {own, socket.gethostname() if own != "127.0.0.1" else own}:
        assert from_here(own, Host=f"{name}:{PORT}", Origin=f"http://{name}:{PORT}")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example", "Origin": "http://evil.example"},  # a rebound name
        {"Host": f"evil.example:{PORT}", "Origin": f"http://evil.example:{PORT}"},
        {"Host": f"localhost.evil.example:{PORT}", "Origin": f"http://localhost.evil.example:{PORT}"},
        {"Host": f"127.0.0.1:{PORT}", "Origin": "http://lab.school.example"},  # nginx, a plain proxy_pass
        {"Host": f"127.0.0.1:{PORT}", "Origin": "http://192.168.1.5"},
        {"Host": f"127.0.0.1:{PORT}", "Origin": "http://localhost"},  # the same, on port 80 of this machine
        {"Host": "teacher-laptop.school:9000", "Origin": "http://teacher-laptop.school:9000"},  # socat
        {"Host": f"teacher-laptop.school:{PORT}", "Origin": f"http://teacher-laptop.school:{PORT}"},
        {"Host": "localhost:9000", "Origin": "http://localhost:9000"},  # ssh -R, at its far end
        {"Host": f"{own_address()}1:{PORT}", "Origin": f"http://{own_address()}1:{PORT}"},
        {"Origin": ""},  # no browser
        {"Origin": "null"},
        {"Origin": f"file://localhost:{PORT}"},
        {"Host": "", "Origin": ""},
        {"Host": f"localhost:{PORT}x", "Origin": f"http://localhost:{PORT}x"},
        {"Host": f"user@localhost:{PORT}", "Origin": "http://evil.example"},
        *(
            {name: value}
            for name, value in {
                "X-Forwarded-For": "127.0.0.1",
                "x-forwarded-host": "localhost",
                "X-Forwarded-Proto": "https",
                "X-Real-IP": "127.0.0.1",
                "Forwarded": "for=127.0.0.1",
                "Via": "1.1 proxy",
                "CF-Connecting-IP": "127.0.0.1",
                "CF-Ray": "1",
            }.items()
        ),
    ],
)
def test_whoever_comes_another_way_is_not(headers: dict[str, str]) -> None:
    assert not from_here(**headers)


def test_a_proxy_that_listens_where_the_class_comes_in_makes_nobody_the_teacher() -> None:
    """The class opens the machine's own address and our port, but the connection comes over the loopback."""
    here = f"192.0.2.7:{PORT}" if own_address() == "127.0.0.1" else f"{own_address()}:{PORT}"
    assert not from_here("127.0.0.1", Host=here, Origin=f"http://{here}")
    assert not from_here("198.51.100.7")


def test_a_header_that_is_sent_twice_proves_nothing() -> None:
    honest = [("Host", f"localhost:{PORT}"), ("Origin", f"http://localhost:{PORT}")]
    assert is_on_this_machine(honest, None, PORT)
    assert not is_on_this_machine([*honest, ("Origin", f"http://localhost:{PORT}")], None, PORT)


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        (None, None, ""),
        ("::ffff:127.0.0.1", None, ""),
        ("198.51.100.7", None, "198.51.100.7"),
        ("::ffff:198.51.100.7", None, "198.51.100.7"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.1, 198.51.100.7", "198.51.100.7"),  # the first is the client's own word
        ("198.51.100.7", "203.0.113.1", "198.51.100.7"),  # no proxy of ours says so
        ("127.0.0.1", "198.51.100.7:5678", "198.51.100.7"),  # as some proxies write it
        ("127.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        ("127.0.0.1", "unknown", "unknown"),
    ],
)
def test_only_a_proxy_on_this_machine_is_believed(
    client: str | None, forwarded: str | None, address: str
) -> None:
    headers = [("X-Forwarded-For", forwarded)] if forwarded else []
    assert address_of(headers, client) == address


@pytest.mark.parametrize(
    ("headers", "is_teachers"),
    [
        ({"Host": f"localhost:{PORT}"}, True),  # as a browser asks for a page
        ({"Host": f"localhost:{PORT}", "Origin": "http://evil.example"}, False),
        ({"Host": f"evil.example:{PORT}"}, False),
        ({"Host": f"localhost:{PORT}", "Via": "1.1 proxy"}, False),
    ],
)
def test_a_page_that_the_teacher_opens_finds_the_teachers_room(
    headers: dict[str, str], is_teachers: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "get_option", {"server.port": PORT}.__getitem__)
    sent = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "scheme": "http", "path": "/train", "headers": sent}
    assert is_teacher({**scope, "client": ("127.0.0.1", 5678)}) == is_teachers
    assert not is_teacher({**scope, "method": "PUT", "client": ("127.0.0.1", 5678)})  # which says who asks
