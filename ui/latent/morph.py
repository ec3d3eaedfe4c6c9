"""From one image to another, through the codes and beside it through the pixels."""

from __future__ import annotations

from autoenc.schema import Run
from ui.core.links import Param

PARAMS: tuple[Param, ...] = ()


def show(run: Run) -> None:
    """The tab."""
