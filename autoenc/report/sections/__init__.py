"""An experiment -> what it shows, as far as it has been done; a file for each part of the report.

Each has a function of the results for each of its experiments, which yields blocks; what is not trained yet
is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from autoenc.experiments import Experiment, ExperimentNow, Lab, Status
from autoenc.numerals import listed
from autoenc.report.blocks import Block
from autoenc.report.comparing import Comparison, comparisons
from autoenc.report.results import Results
from autoenc.report.sections import colour, conv, mlp, noise, outlook
from autoenc.schema import TrainConfig

_BLOCKS: Mapping[str, Callable[[Results], Iterator[Block]]] = {
    **mlp.SECTIONS,
    **conv.SECTIONS,
    **noise.SECTIONS,
    **colour.SECTIONS,
    **outlook.SECTIONS,
}


@dataclass(frozen=True)
class Section:
    """An experiment and what came of it."""

    experiment: Experiment
    status: Status
    conditions: tuple[str, ...]  # said with every figure: images and epochs, for each data set
    blocks: tuple[Block, ...]
    comparisons: tuple[Comparison, ...]
    missing: str = ""  # one sentence: what is not there; empty: all is


def section(now: ExperimentNow, results: Results) -> Section:
    """What an experiment shows so far."""
    experiment = now.experiment
    blocks = _BLOCKS.get(experiment.key)
    return Section(
        experiment,
        now.status,
        tuple(_conditions(now, results.lab)),
        tuple(blocks(results)) if blocks is not None and not now.missing else (),
        comparisons(experiment.key, results),
        what_is_missing(now),
    )


def what_is_missing(now: ExperimentNow) -> str:
    """One sentence; empty: all is there."""
    if now.missing:
        return f"{listed(now.missing)}: not on this machine."
    if now.status is Status.DONE:
        return ""
    failures = " ".join(f"{text.rstrip('.')}." for text in now.failures)
    return f"{now.progress}. {failures}".strip()


def _conditions(now: ExperimentNow, lab: Lab) -> Iterator[str]:
    """Of each data set: what the models of this experiment have seen of it, and for how long."""
    trained = [what for one in now.steps for what in one.step.what if isinstance(what, TrainConfig)]
    for data in now.experiment.data(lab):
        epochs = {config.epochs for config in trained if config.dataset == data.name}
        yield lab.conditions(data, sorted(epochs))
