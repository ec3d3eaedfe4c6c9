"""What a page is sent: all of it, in the order in which it was drawn.

Streamlit collects messages and sends them every few milliseconds. When a fragment is drawn again before the
messages of its last run have left, Streamlit drops them, since new ones follow. But it can't see which
fragment a reference to a cached message belongs to, and keeps it: a chart then comes without its containers.
If the browser still shows something else in their place, its script ends with "'setIn' cannot be called on an
ElementNode", and the window is frozen until it is loaded again. See docs/decisions/0028.
"""

from __future__ import annotations

from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue


class OrderedQueue(ForwardMsgQueue):
    """The messages to one page; a fragment that is drawn again takes none of them back."""

    def clear(
        self, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
    ) -> None:
        if fragment_ids_this_run:
            self._delta_index_map = {}  # or new messages would take the places of old ones, too early
        else:
            super().clear(retain_lifecycle_msgs)


def deliver_in_order() -> None:
    """Every page that is opened from now on has such a queue."""
    app_session.ForwardMsgQueue = OrderedQueue  # type: ignore[attr-defined]
