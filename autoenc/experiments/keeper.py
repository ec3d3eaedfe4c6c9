"""Labs go on whether a page shows them or not, also after a restart."""

from __future__ import annotations

import logging
from threading import Thread

from autoenc.errors import AutoencError
from autoenc.experiments.running import go_on
from autoenc.experiments.saved import SavedLab, wanted
from autoenc.sessions.protocol import Sessions

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # between two looks at the labs that are wanted


class Keeper:
    """A thread that has the labs done that are wanted; it ends with the sessions."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._problems: dict[str, str] = {}  # lab_id -> what was logged last
        Thread(target=self._keep, name="labs", daemon=True).start()

    def _keep(self) -> None:
        while not self._sessions.closing.wait(LOOK_SECONDS):
            labs = wanted()
            for saved in labs:
                self._go_on(saved)
            self._problems = {lab.lab_id: text for lab in labs if (text := self._problems.get(lab.lab_id))}

    def _go_on(self, saved: SavedLab) -> None:
        try:
            go_on(saved, self._sessions)
        except (AutoencError, OSError) as error:  # a full queue or disk: it may have room in a moment
            if self._is_new(saved, str(error)):
                log.warning("the lab %s waits: %s", saved.lab_id, error)
        except Exception as error:  # a lab that cannot go on must not keep the others from it
            if not self._sessions.closing.is_set() and self._is_new(saved, repr(error)):
                log.exception("the lab %s cannot go on", saved.lab_id)
        else:
            self._problems.pop(saved.lab_id, None)

    def _is_new(self, saved: SavedLab, problem: str) -> bool:
        """Whether this is not what was wrong a second ago."""
        before = self._problems.get(saved.lab_id)
        self._problems[saved.lab_id] = problem
        return problem != before
