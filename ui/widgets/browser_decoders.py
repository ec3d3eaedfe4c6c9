"""The decoder of a run for the browser: handed over once, unseen."""

from __future__ import annotations

from autoenc import inspection
from autoenc.schema import Run
from ui.components.preload import preload_network
from ui.core import codecs

LARGE_MODEL = "Large model: drawn on the server when the slider rests."


def hand_over(run: Run) -> str | None:
    """The id under which the browser has it; None: it is too large for that, and the server draws.

    Once a run of the script, in a container that is not seen.

    Raises:
        AutoencError: the run's file or its data cannot be used.
    """
    if not inspection.runs_in_browser(run.model):
        return None
    decoder, network = codecs.decoder(run)
    preload_network(decoder, network)
    return decoder
