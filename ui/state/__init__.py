"""All that outlives a rerun; `st.session_state`, `st.query_params` and caches are used here and nowhere else.

visitor.py    who looks at the page, and what they may
shared.py     what all visitors share: the background sessions, the runs
audience.py   a class that watches one run
settings.py   one visitor's settings of the controls, and the run they look at
link.py       the address, which carries both
"""

from ui.state.audience import drawn_once, frame, interval_seconds, own_pace
from ui.state.link import class_address, keep_link, open_link, with_view
from ui.state.settings import (
    catalogue,
    config_of,
    data_title,
    dataset_changed,
    is_present,
    loss_axes,
    settings,
    show_nothing,
    show_run,
    shown_run,
)
from ui.state.shared import (
    delete_run,
    is_active,
    newest_finished,
    runs_on_disk,
    sessions,
    snapshot,
    start,
    stop,
)
from ui.state.visitor import become_teacher, has_key, is_teacher, may_stop, remember_visitor

__all__ = [
    "become_teacher",
    "catalogue",
    "class_address",
    "config_of",
    "data_title",
    "dataset_changed",
    "delete_run",
    "drawn_once",
    "frame",
    "has_key",
    "interval_seconds",
    "is_active",
    "is_present",
    "is_teacher",
    "keep_link",
    "loss_axes",
    "may_stop",
    "newest_finished",
    "open_link",
    "own_pace",
    "remember_visitor",
    "runs_on_disk",
    "sessions",
    "settings",
    "show_nothing",
    "show_run",
    "shown_run",
    "snapshot",
    "start",
    "stop",
    "with_view",
]
