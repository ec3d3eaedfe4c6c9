"""Arithmetic with codes: the mean of a class less that of another, added to an image."""

from __future__ import annotations

from autoenc.schema import Run
from ui.core.links import Param

PARAMS: tuple[Param, ...] = ()


def show(run: Run) -> None:
    """The tab."""
