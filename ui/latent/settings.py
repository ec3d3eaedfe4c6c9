"""What the visitor looks at on the page Latent, and its address."""

from __future__ import annotations

from autoenc.errors import ConfigError
from autoenc.runs import for_a_picture
from autoenc.schema import RunSummary
from ui.core.catalogue import fingerprint_of
from ui.core.links import Address, held, one_of
from ui.core.sessions import runs_to_show
from ui.core.values import Value
from ui.latent import arithmetic, bars, code_map, morph, samples

# The tabs, as they stand in a link and on the page.
VIEWS = {
    "bars": "Change the code",
    "morph": "Morph",
    "arithmetic": "Arithmetic",
    "map": "Map",
    "samples": "Invent images",
}

RUN = Value[str | None]("latent_run", None)  # run_id; None: the best there is
VIEW = Value("latent_view", VIEWS["bars"])


def runs() -> tuple[RunSummary, ...]:
    """Finished runs whose images are here; those first whose code is a few numbers."""
    listed = runs_to_show()
    here = {name: fingerprint_of(name) for name in {run.config.dataset for run in listed if run.finished}}
    return tuple(sorted(for_a_picture(listed, here), key=_rank))


def _rank(run: RunSummary) -> tuple[bool, bool]:
    return run.config.noise is not None, run.config.kind.code_unit != "number"


def chosen(listed: tuple[RunSummary, ...]) -> RunSummary | None:
    """Before its widget is drawn: the run that is looked at; None: there is none."""
    by_id = {run.run_id: run for run in listed}
    if not by_id:
        return None
    RUN.limit(list(by_id), next(iter(by_id)))
    return by_id[RUN.get() or ""]


def _run(run_id: str) -> str:
    if run_id not in {run.run_id for run in runs()}:
        raise ConfigError(f"run {run_id[:80]!r} is not on this machine, or is not finished")
    return run_id


LATENT = Address(
    (
        held("run", RUN, _run, lambda run_id: run_id),
        one_of("view", VIEW, VIEWS),
        *bars.PARAMS,
        *morph.PARAMS,
        *arithmetic.PARAMS,
        *code_map.PARAMS,
        *samples.PARAMS,
    )
)
