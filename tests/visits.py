"""A page as a visitor sees it, under AppTest: real sessions and workers, no browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from autoenc.sessions.dask import DaskSessions
from tests.places import FOLDERS, lie_in
from ui.core import sessions

DASHBOARD = str(Path(__file__).parent.parent / "dashboard.py")
STUDENT = "198.51.100.7"
Place = Callable[[str | None], None]  # puts the visitor at an address


def settle(place: Path, patch: pytest.MonkeyPatch, folders: tuple[str, ...] = FOLDERS) -> None:
    """These folders lie there from now on, and the visitor is at this machine: AppTest has no socket."""
    lie_in(place, patch, folders)
    patch.setenv("AUTOENC_WORKERS", "1")
    patch.setattr(type(st.context), "ip_address", None)


@contextmanager
def laboratory(place: Path, folders: tuple[str, ...] = FOLDERS) -> Iterator[pytest.MonkeyPatch]:
    """A dashboard of its own, with one worker; before a test `settle` is needed once more."""
    with pytest.MonkeyPatch.context() as patch:
        settle(place, patch, folders)
        st.cache_resource.clear()
        yield patch
        sessions.background().close()
        st.cache_resource.clear()


def opened(page: str = "train", **link: str) -> AppTest:
    """A page as a new visitor sees it; the front page is `start`."""
    app = AppTest.from_file(DASHBOARD, default_timeout=60)
    if page != "start":
        app.run().switch_page(f"pages/{page}.py")
    app.query_params.update(link)
    return app.run()


def texts(app: AppTest) -> str:
    """All that is said on the page."""
    headings = (app.title, app.header, app.subheader)
    kinds = (*headings, app.markdown, app.warning, app.error, app.info, app.caption, app.success)
    return "\n".join(element.value for kind in kinds for element in kind)


def the_sessions() -> DaskSessions:
    background = sessions.background()
    assert isinstance(background, DaskSessions)
    return background


def has_button(app: AppTest, key: str) -> bool:
    return any(button.key == key for button in app.button)


def until(app: AppTest, words: str, seconds: float = 60) -> AppTest:
    return until_true(
        app, lambda: words in texts(app) + "".join(p.proto.text for p in app.get("progress")), words, seconds
    )


def until_true(app: AppTest, true: Callable[[], bool], what: str, seconds: float = 60) -> AppTest:
    """Rerun the page until it is so; `what` says what, where it does not come about."""
    end = monotonic() + seconds
    while monotonic() < end:
        app.run()
        if true():
            return app
        sleep(0.1)
    pytest.fail(f"{what!r} has not come: {texts(app)}")


def trained(**settings: str) -> AppTest:
    """The Train page with a run that has finished."""
    app = opened(**{"dataset": "digits", "epochs": "2", **settings})
    app.button(key="train").click().run()
    return until(app, "Finished: 2 of 2 epochs")


def next_opened(app: AppTest) -> AppTest:
    """The page of a run that is finished, with what can follow it unfolded."""
    app.session_state["next"] = True
    return app.run()


def swept(**link: str) -> AppTest:
    return opened("sweep", **{"dataset": "digits", "models": "mlp", "epochs": "2", **link})
