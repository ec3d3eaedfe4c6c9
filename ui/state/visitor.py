"""Who looks at the page, and what they may.

Everyone may start and watch. Stop belongs to the browser that started a run and to the teacher; delete,
import and download belong to the teacher: a browser on the same machine, or one with AUTOENC_TEACHER_KEY.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from threading import Lock
from time import sleep

import psutil
import streamlit as st

from autoenc.errors import AutoencError, ConfigError
from autoenc.schema import Snapshot

COOKIE = "autoenc-visitor"
FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")
MIN_KEY = 8  # characters
GUESS_SECONDS = 1.0  # between two guesses at the key, of all visitors together

_guessing = Lock()


def visitor() -> str:
    """This browser's name: a random one, known to it and to us alone. It outlives a refresh."""
    if "visitor" not in st.session_state:
        given = str(st.context.cookies.get(COOKIE))
        valid = re.fullmatch(r"[A-Za-z0-9_-]{22}", given)
        st.session_state["visitor"] = given if valid else secrets.token_urlsafe(16)
    name: str = st.session_state["visitor"]
    return name


def remember_visitor() -> None:
    """Let the browser keep its name for the next time it connects."""
    script = ""  # an element that is always there: the page must not move where it is not needed
    if st.context.cookies.get(COOKIE) != visitor():
        script = f"<script>document.cookie = '{COOKIE}={visitor()}; path=/; SameSite=Strict'</script>"
    st.html(f"<i hidden></i>{script}", unsafe_allow_javascript=True)


def address() -> str:
    """Where this browser is, as far as we can tell; "" on this machine. All behind a proxy have its own."""
    return st.context.ip_address or ""


def is_teacher() -> bool:
    """Whether this browser runs on the same machine, or has given the key."""
    through_proxy = any(name in st.context.headers for name in FORWARDED)  # then all come from its address
    return visitor() in _teachers() or (not through_proxy and _on_this_machine(st.context.ip_address))


def has_key() -> bool:
    """Whether a key makes a teacher.

    Raises:
        ConfigError: AUTOENC_TEACHER_KEY is too short to be one.
    """
    key = os.environ.get("AUTOENC_TEACHER_KEY", "")
    if key and len(key) < MIN_KEY:
        raise ConfigError(f"AUTOENC_TEACHER_KEY has {len(key)} characters; choose at least {MIN_KEY}")
    return bool(key)


def become_teacher(key: str) -> None:
    """Take the key for this browser, until the dashboard ends.

    Raises:
        AutoencError: it is another.
    """
    with _guessing:
        sleep(GUESS_SECONDS)
        right = os.environ.get("AUTOENC_TEACHER_KEY", "")
        if not has_key() or not hmac.compare_digest(key.encode(), right.encode()):
            raise AutoencError("this is not the teacher's key")
    _teachers().add(visitor())


def may_stop(snapshot: Snapshot) -> bool:
    """Whether this browser may stop the job; one that another process has begun is stopped there."""
    return snapshot.by != "" and (is_teacher() or snapshot.by == visitor())


@st.cache_resource
def _teachers() -> set[str]:
    """The browsers that have given the key."""
    return set()


def _on_this_machine(address: str | None) -> bool:
    """Streamlit tells None of the loopback interface; a machine's other addresses are its own too."""
    if address is None:
        return True
    own = (entry.address.partition("%")[0] for entries in psutil.net_if_addrs().values() for entry in entries)
    return address.removeprefix("::ffff:") in set(own)
