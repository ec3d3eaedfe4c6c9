"""Colour images are a workspace of their own: their page has its own settings, run and sweep."""

from __future__ import annotations

from typing import Any, Literal

from ui.core.values import Value

Workspace = Literal["all", "colour"]

_OPEN = Value[Workspace]("workspace", "all")
_PUT_AWAY = Value[dict[Workspace, dict[str, Any]]]("put away", {})
_SEPARATE: dict[str, Value[Any]] = {}  # of which each workspace has its own


def in_colour() -> bool:
    """Whether the page that is drawn shows colour images only."""
    return _OPEN.get() == "colour"


def separate(*values: Value[Any]) -> None:
    """Each workspace has these for itself."""
    _SEPARATE.update((value.key, value) for value in values)


def enter(workspace: Workspace) -> None:
    """Put away what belongs to the workspace that is left, and take out what the visitor left in this one."""
    left = _OPEN.get()
    _OPEN.put(workspace)
    if left == workspace:
        return
    held = {key: now for key, value in _SEPARATE.items() if (now := value.take()) is not None}
    put_away = _PUT_AWAY.get() | {left: held}
    _PUT_AWAY.put(put_away)
    for key, value in put_away.get(workspace, {}).items():
        _SEPARATE[key].put(value)
