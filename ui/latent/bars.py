"""Touch: each number of a code as a bar; the decoder draws while a bar is dragged."""

from __future__ import annotations

from autoenc.schema import Run
from ui.core.links import Param

PARAMS: tuple[Param, ...] = ()


def show(run: Run) -> None:
    """The tab."""
