"""What has been done, shown once the page is drawn again."""

from __future__ import annotations

from typing import Literal

from ui.core.values import Value

Kind = Literal["done", "error"]

_MESSAGES = Value[tuple[tuple[Kind, str], ...]]("messages", ())
_N_MESSAGES = Value("n messages", 0)


def leave_message(kind: Kind, sentence: str) -> None:
    """Have this shown the next time that the page is drawn."""
    _MESSAGES.put((*_MESSAGES.get(), (kind, sentence)))
    _N_MESSAGES.put(n_messages() + 1)


def take_messages() -> tuple[tuple[Kind, str], ...]:
    """What is to be shown now."""
    return _MESSAGES.take()


def n_messages() -> int:
    """How many there have been."""
    return _N_MESSAGES.get()
