"""What is written on the pictures that a reader saves: of a run, of several, of a sweep."""

from __future__ import annotations

from autoenc import datasets
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


def of_one_model(run: Run, part: str, title: str) -> PngText:
    """As `of_run`, with the model in the title: for pages that show several."""
    model = f"{configs.short(run.config)}, {datasets.short_title(run.config.dataset)}"
    return of_run(run, part, f"{title}: {model}")


def of_sweep(saved: SavedSweep, part: str, title: str) -> PngText:
    """Of what shows all runs of a sweep; as `of_run`."""
    return PngText(title, configs.every_setting_of_sweep(saved.sweep), (saved.sweep_id,), part)
