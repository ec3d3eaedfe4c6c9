"""What the benchmarks of pages print: one thing measured a row, beside what it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from autoenc.jobs import TrainJob
from autoenc.schema import Run, TrainConfig

MS, KB = "ms", "kB"


@dataclass(frozen=True)
class Row:
    """One thing measured."""

    name: str
    unit: str
    target: float  # of the ratio, or of the values where there is nothing to compare with
    ours: tuple[float, ...]
    plain: tuple[float, ...] = ()

    @property
    def ratio(self) -> float | None:
        return median(self.ours) / median(self.plain) if self.plain else None

    def __str__(self) -> str:
        if self.ratio is None:
            most = f"most {max(self.ours):.1f}"
            return f"{self.name:38}{_spread(self.ours, self.unit)}, {most}; target {self.target:g}"
        both = f"{_spread(self.ours, self.unit)}, plain {_spread(self.plain, self.unit)}"
        return f"{self.name:38}{both}: {self.ratio:.2f} times; target {self.target:g}"


def _spread(values: Sequence[float], unit: str) -> str:
    """Median and 95th percentile."""
    p95 = quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]
    return f"{median(values):7.1f} /{p95:7.1f} {unit}"


def trained(config: TrainConfig) -> str:
    """The run_id of a run that is in the checkpoint folder now."""
    *_, run = (record for record in TrainJob(config, "cpu").run() if isinstance(record, Run))
    return run.run_id
