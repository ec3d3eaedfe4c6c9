"""Where work will be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autoenc.runs import Workload
from autoenc.schema import RunSummary
from autoenc.speed import Speed

Timings = Mapping[Workload, tuple[RunSummary, ...]]


@dataclass(frozen=True)
class Machine:
    """What a forecast has to know of it."""

    n_cores: int
    memory_share: int = 0  # bytes that one run may take
    speed: Speed | None = None  # None: not measured yet
    n_workers: int = 1  # jobs that can run at the same time
    device: str = "cpu"  # what a run that is trained here will say it was trained on
    timings: Timings = field(default_factory=dict, repr=False)  # the runs that were timed, as `runs.timings`
    n_running: int = 0  # jobs that run now
    busy_cores: float = 0.0  # that other programs keep busy now
