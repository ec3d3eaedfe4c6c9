"""What the tests of a page get: a machine with nothing on it, and a browser there or elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from tests.runs import first_run
from tests.visits import Place, laboratory, settle

OWN = ("data", "checkpoint")  # folders; the cache is that of all tests


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A machine with no data set but the embedded ones, no internet, and one small run.

    A file of tests with `NEW = True` has a machine without any.
    """
    place = tmp_path_factory.mktemp("place")
    if not getattr(request.module, "NEW", False):
        first_run(place / "checkpoint")
    with laboratory(place, OWN) as patch:
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
        yield place


@pytest.fixture(autouse=True)
def visitor_at(monkeypatch: pytest.MonkeyPatch) -> Place:
    """Puts the browser at an address, for AppTest has no socket; None: on this machine, as the teacher's."""

    def visitor_at(address: str | None) -> None:
        monkeypatch.setattr(type(st.context), "ip_address", address)

    visitor_at(None)
    return visitor_at


@pytest.fixture(autouse=True)
def _settled(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(place, monkeypatch, OWN)
