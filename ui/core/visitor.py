"""Who looks at the page, and what they may.

Everyone may start and watch. Stop belongs to the browser that started a run and to the teacher; delete,
import and download belong to the teacher: a browser on the same machine that asked for it by its own address
(docs/decisions/0023), or one with AUTOENC_TEACHER_KEY.
"""

from __future__ import annotations

import hmac
import os
import secrets
from threading import Lock
from time import sleep

import streamlit as st
from streamlit.web.server.starlette.starlette_app_utils import validate_xsrf_token

from autoenc.errors import AutoencError, ConfigError
from autoenc.schema import Snapshot
from ui.core.values import Value
from ui.server.request import COOKIE, NAME, TEACHERS, address_of, is_on_this_machine

DASHBOARD = "the dashboard"  # instead of a visitor, where it starts something by itself
XSRF_COOKIE = "_streamlit_xsrf"
MIN_KEY = 8  # characters
GUESS_SECONDS = 1.0  # between two guesses at the key, of all visitors together

_NAME = Value("visitor", "")
_guessing = Lock()


def name() -> str:
    """This browser's name: a random one, known only to it and to us. It outlives a refresh."""
    if not _NAME.is_set:
        given = str(st.context.cookies.get(COOKIE))
        _NAME.put(given if NAME.fullmatch(given) else secrets.token_urlsafe(16))
    return _NAME.get()


def remember_visitor() -> None:
    """Let the browser keep its name for the next time it connects."""
    script = ""  # an element that is always there: the page must not move where it is not needed
    if st.context.cookies.get(COOKIE) != name():
        script = f"<script>document.cookie = '{COOKIE}={name()}; path=/; SameSite=Strict'</script>"
    st.html(f"<i hidden></i>{script}", unsafe_allow_javascript=True)


def is_teacher() -> bool:
    """Whether this browser runs on the same machine, or has given the key."""
    if name() in TEACHERS:
        return True
    headers, client = _headers(), st.context.ip_address
    if not headers:  # a page that runs without a server, as in the tests
        return address() == ""
    return is_on_this_machine(headers, client, st.get_option("server.port"))


def address() -> str:
    """The address this browser comes from; "" for this machine."""
    return address_of(_headers(), st.context.ip_address)


def uploads_arrive() -> bool:
    """Whether the browser's cookie against forged uploads comes back as it was set; some proxies change it.

    Streamlit's page sends its value in the websocket's protocols too, as it does with an upload.
    """
    sent = dict(_headers()).get("sec-websocket-protocol", "").split(",")
    if len(sent) < 2 or not st.get_option("server.enableXsrfProtection"):
        return True
    return bool(validate_xsrf_token(sent[1].strip(), st.context.cookies.get(XSRF_COOKIE)))


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
    TEACHERS.add(name())


def may_stop(snapshot: Snapshot) -> bool:
    """Whether this browser may stop the job; one that another process has begun is stopped there."""
    return snapshot.owner != "" and (is_teacher() or snapshot.owner == name())


def _headers() -> list[tuple[str, str]]:
    """Of the request that opened the websocket, each as often as it was sent."""
    headers = st.context.headers
    return [(name.lower(), value) for name in headers for value in headers.get_all(name)]
