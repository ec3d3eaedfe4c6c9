"""Codes that no image has: drawn from distributions, decoded."""

from __future__ import annotations

from autoenc.schema import Run
from ui.core.links import Param

PARAMS: tuple[Param, ...] = ()


def show(run: Run) -> None:
    """The tab."""
