"""The report's numbers beside ours, and where they differ the reason, as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass

from autoenc.report.results import Results


@dataclass(frozen=True)
class Comparison:
    """One number that the report prints."""

    experiment: str  # the key of the one that it belongs to
    what: str  # `Training loss of MLP 128 after 10 epochs`
    reported: float
    printed: str  # as the report has it: `0.070`, `4 minutes`
    ours: float | None  # None: not trained yet
    unit: str  # `MSE per pixel`, `seconds`
    reason: str = ""  # one or two sentences; empty: they agree

    @property
    def ratio(self) -> float | None:
        """The report's over ours."""
        return self.reported / self.ours if self.ours else None


def comparisons(experiment: str, results: Results) -> tuple[Comparison, ...]:
    """Those of an experiment, in the report's order; none where other images stand in for the report's."""
    return ()
