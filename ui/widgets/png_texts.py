"""What is written on the pictures that a reader saves: of a run, of several, of a sweep."""

from __future__ import annotations

from autoenc.captions import configs
from autoenc.schema import Run, RunSummary
from autoenc.sweeps import SavedSweep
from ui.components.save_picture import PngText


def of_run(run: Run | RunSummary, part: str, title: str) -> PngText:
    """Of what shows one run.

    Args:
        part: what of it is seen, in the file's name: `loss`.
    """
    return PngText(title, configs.every_setting(run.config), (run.run_id,), part)


def of_sweep(saved: SavedSweep, part: str, title: str) -> PngText:
    """Of what shows all runs of a sweep; as `of_run`."""
    return PngText(title, configs.every_setting_of_sweep(saved.sweep), (saved.sweep_id,), part)
