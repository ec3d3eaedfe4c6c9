"""What a page is sent when a fragment is drawn again before its last messages have left."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner.script_cache import ScriptCache

from ui.server.delivery import OrderedQueue, deliver_in_order

FRAGMENT = "run-view"
COLUMN = (0, 2, 1)
CONTAINER = (*COLUMN, 0)  # of the fragment
TABS, CHART = (*CONTAINER, 2), (*CONTAINER, 2, 0)
BUTTON = (*COLUMN, 1)  # beside the fragment


# ---------------------------------------------------------------- messages


def began(run: str, *fragments: str) -> ForwardMsg:
    message = ForwardMsg()
    message.new_session.name = "lab"
    message.metadata.run.script_run_id = run
    message.metadata.run.fragment_ids.extend(fragments)
    return message


def block(*path: int) -> ForwardMsg:
    message = ForwardMsg()
    message.delta.add_block.allow_empty = True
    message.delta.fragment_id = FRAGMENT
    message.metadata.delta_path.extend(path)
    return message


def text(words: str, *path: int, fragment: str = "") -> ForwardMsg:
    message = ForwardMsg()
    message.delta.new_element.text.body = words
    message.delta.fragment_id = fragment
    message.metadata.delta_path.extend(path)
    return message


def cached(*path: int) -> ForwardMsg:
    """A chart that the browser has already: only its hash is sent."""
    message = ForwardMsg(ref_hash="chart")
    message.metadata.delta_path.extend(path)
    return message


def begin_fragment(queue: ForwardMsgQueue, run: str) -> None:
    """As an AppSession does when a fragment is drawn again."""
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=[FRAGMENT])
    queue.enqueue(began(run, FRAGMENT))


# ---------------------------------------------------------------- what is sent


def test_no_message_comes_before_the_container_it_stands_in() -> None:
    assert without_container(a_fragment_drawn_twice(OrderedQueue())) == []


def test_streamlit_itself_sends_a_chart_before_its_container() -> None:
    """When this fails, Streamlit has mended it: `ui/server/delivery.py` can go."""
    assert without_container(a_fragment_drawn_twice(ForwardMsgQueue())) == [CHART]


def a_fragment_drawn_twice(queue: ForwardMsgQueue) -> list[ForwardMsg]:
    for run in ("first", "second"):
        begin_fragment(queue, run)
        for message in (block(*CONTAINER), block(*TABS), cached(*CHART)):
            queue.enqueue(message)
    return queue.flush()


def without_container(sent: list[ForwardMsg]) -> list[tuple[int, ...]]:
    """The places of messages that come before the container they stand in."""
    containers = {COLUMN}  # the page drew it
    lost = []
    for message in sent:
        path = tuple(message.metadata.delta_path)
        if path and path[:-1] not in containers:
            lost.append(path)
        if message.delta.HasField("add_block"):
            containers.add(path)
    return lost


def test_a_page_that_has_ended_has_all_it_drew() -> None:
    """Or the browser would remove the fragment, and what stands below would move to its place."""
    queue = OrderedQueue()
    page = (
        began("page"),
        block(*CONTAINER),
        text("Train", *BUTTON),
        ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY),
    )
    for message in page:
        queue.enqueue(message)
    begin_fragment(queue, "again")
    assert queue.flush() == [*page, began("again", FRAGMENT)]


def test_what_is_drawn_again_comes_after_the_beginning_of_its_run() -> None:
    """Or the browser would take it for a part of the run before, and remove it at the end of this one."""
    queue = OrderedQueue()
    for run in ("first", "second"):
        begin_fragment(queue, run)
        queue.enqueue(text(run, *CONTAINER, fragment=FRAGMENT))
    words = [message.delta.new_element.text.body for message in queue.flush()]
    assert words == ["", "first", "", "second"]


def test_a_page_that_is_drawn_again_takes_back_what_has_not_left() -> None:
    queue = OrderedQueue()
    queue.enqueue(text("old", *BUTTON))
    queue.clear(retain_lifecycle_msgs=True)
    assert queue.is_empty()


def test_every_page_has_such_a_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_session, "ForwardMsgQueue", ForwardMsgQueue)  # put back at the end
    deliver_in_order()

    async def queue() -> object:
        script = ScriptData(str(Path(__file__).parents[1] / "dashboard.py"), is_hello=False)
        session = AppSession(script, MemoryUploadedFileManager(""), ScriptCache(), None, {})
        return session._browser_queue

    with ThreadPoolExecutor(1) as thread:  # a browser of other tests may have this one
        assert type(thread.submit(asyncio.run, queue()).result()) is OrderedQueue


# ---------------------------------------------------------------- the beginning of a run


def test_the_beginning_of_a_run_goes_with_its_first_element() -> None:
    queue = OrderedQueue()
    for message in (began("1", FRAGMENT), block(*CONTAINER)):
        queue.enqueue(message)
        assert queue.flush() == []
    queue.enqueue(text("words", *CONTAINER, 0))
    assert [message.WhichOneof("type") for message in queue.flush()] == ["new_session", "delta", "delta"]
    queue.enqueue(block(*TABS))
    assert len(queue.flush()) == 1, "the run has begun: each message goes as it comes"


def test_a_run_without_an_element_goes_with_its_end_and_what_is_no_beginning_at_once() -> None:
    queue, ended = OrderedQueue(), ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
    queue.enqueue(began("1"))
    assert queue.flush() == []
    queue.enqueue(ended)
    assert len(queue.flush()) == 2
    at_rest = ForwardMsg()
    at_rest.session_status_changed.script_is_running = False
    queue.enqueue(at_rest)
    assert queue.flush() == [at_rest]
