"""What a visitor has drawn on the pad: one drawing, which all pages with a pad share."""

from __future__ import annotations

import numpy as np

from ui.components.draw_pad import Drawing
from ui.core.values import Value

LATEST = Value[Drawing | None]("drawing", None)  # the one that came last


def latest_id() -> str:
    """Of the drawing that came last; empty: none has come."""
    drawing = LATEST.get()
    return drawing.id if drawing else ""


def latest() -> Drawing | None:
    """What is drawn on the pad; None: nothing is."""
    drawing = LATEST.get()
    return drawing if drawing and any(map(np.any, drawing.pictures.values())) else None
