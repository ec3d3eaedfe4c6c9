"""A class that watches one run: all see the same moment of it; the more they are, the less often it moves."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from threading import Lock
from time import monotonic
from typing import Any, Concatenate, ParamSpec, TypeVar

from autoenc.schema import Epoch, Run, Snapshot
from ui.core.caching import once, shared
from ui.core.sessions import snapshot
from ui.core.values import Value

FRAME_SECONDS = 0.4  # a moment; a little less than the shortest interval
INTERVALS = ((6, 0.5), (14, 1.0), (24, 2.0))  # viewers up to, seconds between two looks
MAX_INTERVAL = 3.0
GONE_SECONDS = 5.0  # after the last look
_PLACE = Value("window", "")

P = ParamSpec("P")
Drawn = TypeVar("Drawn")


def frame(run_id: str) -> Snapshot | None:
    """The run at this moment, which is the same for all who look while it runs.

    Raises:
        CheckpointError: its file is damaged.
    """
    look()
    frame = _frames().setdefault(run_id, _Frame())
    with frame.lock:  # of many who ask at once one looks
        now = monotonic()
        if frame.seen is None or not frame.seen.state.active or now - frame.at > FRAME_SECONDS:
            frame.seen, frame.at = snapshot(run_id), now
        seen = frame.seen
    for old in [key for key, frame in list(_frames().items()) if now - frame.at > GONE_SECONDS]:
        _frames().pop(old, None)
    return seen


def look() -> float:
    """This window looks at something that is under way; returns when."""
    now = monotonic()
    _looks()[_place()] = now
    return now


def interval_seconds() -> float:
    """Between two looks at a run: reruns are the server's work, and its cores are the runs' too."""
    now = monotonic()
    for place in [place for place, at in list(_looks().items()) if now - at > GONE_SECONDS]:
        _looks().pop(place, None)
    return next((seconds for n, seconds in INTERVALS if len(_looks()) <= n), MAX_INTERVAL)


def own_pace() -> float:
    """A factor near 1, of this window only: those who came together need not ask together for ever."""
    return 0.85 + 0.3 * int(_place(), 16) / 16**16


def drawn_once(draw: Callable[Concatenate[Run, P], Drawn]) -> Callable[Concatenate[Run, P], Drawn]:
    """A drawing of a run is made once for all who look at the same moment of it."""

    @once(maxsize=16)
    def drawn(moment: _Moment, *arguments: P.args, **named: P.kwargs) -> Drawn:
        return draw(moment.run, *arguments, **named)

    @wraps(draw)
    def draw_or_take(run: Run, /, *arguments: P.args, **named: P.kwargs) -> Drawn:
        moment = _Moment(run.run_id, run.attempt, run.epochs[-1:], len(run.epochs), len(run.step_losses), run)
        return drawn(moment, *arguments, **named)

    return draw_or_take


@dataclass(frozen=True)
class _Moment:
    """A run with what tells its moments apart."""

    run_id: str
    attempt: int
    last: tuple[Epoch, ...]  # with its seconds: a run that is trained again is another one
    n_epochs: int
    n_steps: int
    run: Run = field(compare=False, repr=False)


@dataclass(eq=False)
class _Frame:
    """What was seen of a run, and when."""

    lock: Any = field(default_factory=Lock)
    at: float = -math.inf
    seen: Snapshot | None = None


@shared(max_entries=1)
def _frames() -> dict[str, _Frame]:
    """By run_id."""
    return {}


@shared(max_entries=1)
def _looks() -> dict[str, float]:
    """Window -> when it looked last at a run that is under way."""
    return {}


def _place() -> str:
    """This window, among all of all visitors."""
    if not _PLACE.is_set:
        _PLACE.put(secrets.token_hex(8))
    return _PLACE.get()
