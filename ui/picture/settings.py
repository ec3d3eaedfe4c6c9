"""The page Your picture: which picture, through which models, how it is made to fit."""

from __future__ import annotations

from autoenc.errors import ConfigError
from autoenc.out_of_distribution import EXAMPLES
from autoenc.runs import first_for_a_picture, for_a_picture
from autoenc.schema import RunSummary
from ui.core.catalogue import fingerprint_of
from ui.core.links import Address, Param, one_of, parts
from ui.core.sessions import runs_to_show
from ui.core.values import Value

SOURCES = {"example": "Example", "upload": "Upload", "camera": "Camera", "draw": "Draw"}
FITS = {"shrink": "Shrink to the model's size", "tile": "Cut into tiles"}
INVERTS = {"auto": "Automatic", "yes": "Yes", "no": "No"}
SOURCE, EXAMPLE = Value("picture_source", next(iter(SOURCES))), Value("picture_example", next(iter(EXAMPLES)))
FIT, INVERT = Value("fit", next(iter(FITS))), Value("invert", next(iter(INVERTS)))
RUNS = Value[list[str] | None]("picture_runs", None)  # run_ids
MAX_MODELS = 4
MAX_AT_FIRST = 2
MAX_LISTED = 200  # runs to choose from


# ---------------------------------------------------------------- which models


def picture_runs() -> tuple[RunSummary, ...]:
    """Finished runs whose images are here, those on clean images first, else those to prefer first."""
    listed = runs_to_show()
    here = {name: fingerprint_of(name) for name in {run.config.dataset for run in listed if run.finished}}
    return for_a_picture(listed, here)


def usual_runs(runs: tuple[RunSummary, ...]) -> list[str]:
    """A good one for grey images and one for colour, where both are here."""
    return [run.run_id for run in first_for_a_picture(runs, MAX_AT_FIRST)]


def limit_runs(runs: tuple[RunSummary, ...]) -> str:
    """Before the widgets are drawn: they show what was chosen, or what is usual.

    Returns:
        One sentence on a run that is not there any more, or nothing.
    """
    listed = {run.run_id for run in runs}
    run_ids = RUNS.get()
    present = [run_id for run_id in run_ids or [] if run_id in listed]
    gone = [run_id for run_id in run_ids or [] if run_id not in listed]
    RUNS.put(present or ([] if run_ids == [] else usual_runs(runs)))
    return f"run {gone[0][:80]} is not on this machine any more" if gone else ""


# ---------------------------------------------------------------- the address


def _runs(text: str) -> list[str]:
    """Those of them that are here."""
    listed = {run.run_id for run in picture_runs()}
    run_ids = parts(text, most=2000)
    if len(run_ids) > MAX_MODELS:
        raise ConfigError(f"the link asks for {len(run_ids):,} runs; allowed: {MAX_MODELS}")
    for run_id in run_ids:
        if run_id not in listed:
            raise ConfigError(f"run {run_id[:80]!r} is not on this machine, or is not finished")
    return run_ids


def _runs_text() -> str | None:
    """Empty: none is chosen, though there are some."""
    run_ids = RUNS.get()
    return None if run_ids is None or not (run_ids or picture_runs()) else ",".join(run_ids)


PICTURE = Address(
    (
        one_of("from", SOURCE, list(SOURCES)),
        one_of("example", EXAMPLE, list(EXAMPLES)),
        one_of("fit", FIT, list(FITS)),
        one_of("invert", INVERT, list(INVERTS)),
        Param("runs", (RUNS,), lambda text: RUNS.put(_runs(text)), _runs_text),
    )
)
