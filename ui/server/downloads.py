"""An export outlives the reruns after its button was pressed.

Streamlit makes the file of a download when its button is pressed, and answers with its address. It forgets
the file at the second rerun of any page, also another visitor's, and the button itself at the first: while a
class watches a run, that is sooner than a browser asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileKind

MIN_AGE_SECONDS = 60.0


def keep_downloads(manager: MediaFileManager, now: Callable[[], float] = monotonic) -> None:
    """Have the manager keep downloads, and the buttons' functions, a while after no page shows them any more.

    Streamlit has no setting for this: a test fails when its insides change.
    """
    insides: Any = manager
    inactive = insides._get_inactive_file_ids
    files: dict[str, float] = {}  # id -> since when no page shows it
    buttons: dict[str, float] = {}

    def to_delete() -> set[str]:
        unused = inactive()
        for file_id in files.keys() - unused:
            del files[file_id]
        for file_id in unused:
            files.setdefault(file_id, now())
        return {file_id for file_id in unused if not is_download(file_id) or passed(files[file_id])}

    def drop_buttons() -> None:
        shown = {file_id for of in insides._files_by_session_and_coord.values() for file_id in of.values()}
        for file_id in insides._deferred_callables.keys() - shown:
            if passed(buttons.setdefault(file_id, now())):
                insides._drop_deferred_id(file_id)
        for file_id in buttons.keys() - insides._deferred_callables.keys():
            del buttons[file_id]

    def is_download(file_id: str) -> bool:
        return bool(insides._file_metadata[file_id].kind == MediaFileKind.DOWNLOADABLE)

    def passed(since: float) -> bool:
        return now() >= since + MIN_AGE_SECONDS

    insides._get_inactive_file_ids, insides._remove_orphaned_deferred_callables = to_delete, drop_buttons
