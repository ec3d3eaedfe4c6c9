"""What a page is sent: all of it, in the order in which it was drawn; a run from its first element on.

Streamlit collects messages and sends them every few milliseconds. When a fragment is drawn again before the
messages of its last run have left, Streamlit drops them, since new ones follow. But it can't see which
fragment a reference to a cached message belongs to, and keeps it: a chart then comes without its containers.
If the browser still shows something else in their place, its script ends with "'setIn' cannot be called on an
ElementNode", and the window is frozen until it is loaded again. See docs/decisions/0028.

And it says that a run of the script begins a moment before the run has drawn anything: the browser looks at
all elements of the page, and only then at the first new one. See docs/decisions/0037.
"""

from __future__ import annotations

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

# What comes before the first element of a run; it ends with another kind in any case.
_OPENING = ("new_session", "session_status_changed", "page_config_changed", "navigation")


class OrderedQueue(ForwardMsgQueue):
    """The messages to one page; a fragment that is drawn again takes none of them back."""

    def flush(self) -> list[ForwardMsg]:
        """What is to be sent now: the beginning of a run goes with its first element, which has it sent."""
        begins = any(message.WhichOneof("type") == "new_session" for message in self._queue)
        return [] if begins and all(map(_is_opening, self._queue)) else super().flush()

    def clear(
        self, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
    ) -> None:
        if fragment_ids_this_run:
            self._delta_index_map = {}  # or new messages would take the places of old ones, too early
        else:
            super().clear(retain_lifecycle_msgs)


def _is_opening(message: ForwardMsg) -> bool:
    kind = message.WhichOneof("type")
    return kind in _OPENING or (kind == "delta" and message.delta.WhichOneof("type") == "add_block")


def deliver_in_order() -> None:
    """Every page that is opened from now on has such a queue."""
    app_session.ForwardMsgQueue = OrderedQueue  # type: ignore[attr-defined]
