"""What has been done, shown once the page is drawn again, and long enough to be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import Literal

from ui.core.values import Value

Kind = Literal["done", "error"]
SHOWN_SECONDS = 5.0  # a page may be drawn again at any moment, and would then take away what nobody has read


@dataclass(frozen=True)
class _Message:
    kind: Kind
    sentence: str
    first_shown: float | None = None  # by the clock of this machine


_MESSAGES = Value[tuple[_Message, ...]]("messages", ())
_N_MESSAGES = Value("n messages", 0)


def leave_message(kind: Kind, sentence: str) -> None:
    """Have this shown the next time that the page is drawn."""
    _MESSAGES.put((*_MESSAGES.get(), _Message(kind, sentence)))
    _N_MESSAGES.put(n_messages() + 1)


def messages_to_show() -> tuple[tuple[Kind, str], ...]:
    """What is new, and what was shown for the first time a moment ago."""
    now = monotonic()
    shown = (replace(m, first_shown=now) if m.first_shown is None else m for m in _MESSAGES.get())
    recent = tuple(m for m in shown if m.first_shown is not None and now - m.first_shown <= SHOWN_SECONDS)
    _MESSAGES.put(recent)
    return tuple((m.kind, m.sentence) for m in recent)


def n_messages() -> int:
    """How many there have been."""
    return _N_MESSAGES.get()
