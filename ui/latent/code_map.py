"""All test codes as points in a plane, and what the decoder draws at each place."""

from __future__ import annotations

from autoenc.schema import Run
from ui.core.links import Param

PARAMS: tuple[Param, ...] = ()


def show(run: Run) -> None:
    """The tab."""
