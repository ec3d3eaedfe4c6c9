"""What a page says to the server, and what of it comes to Streamlit."""

from __future__ import annotations

from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests

from tests.loops import visit
from ui.server.messages import STALE_SECONDS, Latecomers, sifted


def heard(*sentence: BackMsg) -> list[BackMsg]:
    """What of it comes to Streamlit."""

    async def received() -> list[BackMsg]:
        messages = [{"type": "websocket.receive", "bytes": one.SerializeToString()} for one in sentence]
        coming = iter([*messages, {"type": "websocket.disconnect"}])

        async def receive() -> Message:
            return next(coming)

        hear, let_through = sifted(receive), []
        while (message := await hear())["type"] != "websocket.disconnect":
            let_through.append(BackMsg.FromString(message["bytes"]))
        return let_through

    return visit(received())


def test_no_visitor_clears_what_all_share() -> None:
    clear, stop = BackMsg(clear_cache=True), BackMsg(stop_script=True)
    assert heard(clear, stop, clear) == [stop]


def test_what_is_no_message_is_left_to_streamlit() -> None:
    async def receive() -> Message:
        return {"type": "websocket.receive", "bytes": b"\xff"}

    assert visit(sifted(receive)())["bytes"] == b"\xff"


def asks_for(page: str) -> BackMsg:
    return BackMsg(rerun_script=ClientState(page_script_hash=page))


def part(page: str) -> BackMsg:
    """A part of the page asks to be drawn."""
    return BackMsg(rerun_script=ClientState(page_script_hash=page, fragment_id="f"))


def test_a_page_that_was_asked_for_is_not_lost_to_a_part_of_the_page_before() -> None:
    sentences = [asks_for("train"), part("train"), asks_for("start"), part("train"), part("train")]
    assert heard(*sentences) == [asks_for("train"), part("train"), asks_for("start")]
    requests = ScriptRequests()  # of Streamlit, before it has begun with any of them
    for message in heard(*sentences):
        request = message.rerun_script
        data = RerunData(
            page_script_hash=request.page_script_hash,
            fragment_id=request.fragment_id or None,
        )
        requests.request_rerun(data)
    begun = requests.on_scriptrunner_ready().rerun_data
    assert (begun.page_script_hash, begun.fragment_id_queue) == ("start", [])


def test_whoever_goes_on_quickly_hears_nothing_of_all_pages_before() -> None:
    there = [asks_for("train"), asks_for("sweep"), asks_for("runs")]
    assert heard(*there, part("train"), part("sweep"), part("runs")) == [*there, part("runs")]


def test_a_part_of_the_page_that_is_open_is_always_drawn() -> None:
    there_and_back = [asks_for("train"), asks_for("start"), asks_for("train"), part("train")]
    assert heard(*there_and_back) == there_and_back
    a_press_on_start_leads_back = [asks_for("train"), asks_for("start"), asks_for("start"), part("train")]
    assert heard(*a_press_on_start_leads_back) == a_press_on_start_leads_back
    sent_on_by_the_server = [asks_for("start"), part("train"), asks_for("train"), part("train")]
    assert heard(*sent_on_by_the_server) == sent_on_by_the_server


def test_what_is_said_of_a_page_that_was_left_long_ago_is_heard_again() -> None:
    now = 0.0
    is_late = Latecomers(lambda: now)
    for page in ("train", "start"):
        assert not is_late(asks_for(page).rerun_script)
    assert is_late(part("train").rerun_script)
    now = STALE_SECONDS  # the start page has sent its visitor back
    assert not is_late(part("train").rerun_script)
