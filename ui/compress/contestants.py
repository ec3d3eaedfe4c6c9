"""Which models enter the contest, on which images, and whether the visitor has started it."""

from __future__ import annotations

from collections.abc import Sequence

from autoenc.errors import ConfigError
from autoenc.schema import RunSummary
from ui.components.draw_pad import MAX_SIDE
from ui.core.links import held, one_of, parts
from ui.core.sessions import runs_to_show
from ui.core.values import Value

MAX_MODELS = 6
MAX_AGAINST = MAX_MODELS - 1
SOURCES = {"tests": "Test images", "draw": "Your drawing"}

AGAINST = Value[list[str] | None]("contest_against", None)  # run_ids, besides the run of the page
STARTED = Value[tuple[str, ...]]("contest_started", ())  # who took part when the button was pressed
SOURCE = Value("contest_source", next(iter(SOURCES)))


def can_draw(run: RunSummary) -> bool:
    """Whether a drawing is such an image; test images are chosen where it is not."""
    channels, height, width = run.image_shape
    if can := channels == 1 and max(height, width) <= MAX_SIDE:
        SOURCE.limit(SOURCES)
    else:
        SOURCE.put(SOURCE.usual)
    return can


def others(run: RunSummary, listed: Sequence[RunSummary]) -> dict[str, RunSummary]:
    """Before its widget is drawn: those that may compete with a run, by run_id.

    Where nobody has chosen one of them, the best two are chosen: one trained for few bytes and one not.

    Args:
        listed: finished runs, those to prefer first.
    """
    alike = {
        one.run_id: one for one in listed if one.fingerprint == run.fingerprint and one.run_id != run.run_id
    }
    best = {one.config.rate_weight is None: one.run_id for one in reversed(alike.values())}
    chosen = AGAINST.get()
    here = [run_id for run_id in chosen or [] if run_id in alike]
    AGAINST.put(here or ([] if chosen == [] else [best[is_plain] for is_plain in sorted(best)]))
    return alike


def _run_ids(text: str) -> list[str]:
    run_ids = parts(text)[:MAX_AGAINST]
    here = {run.run_id for run in runs_to_show() if run.finished}
    if unknown := [run_id for run_id in run_ids if run_id not in here]:
        raise ConfigError(f"run {unknown[0][:80]!r} is not on this machine, or is not finished")
    return run_ids


AGAINST_PARAM = held("against", AGAINST, _run_ids, lambda run_ids: ",".join(run_ids or ()) or None)
SOURCE_PARAM = one_of("from", SOURCE, list(SOURCES))
