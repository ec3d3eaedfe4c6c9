"""One number of the report beside ours."""

from __future__ import annotations

from dataclasses import dataclass

ALIKE = 1.2  # a ratio up to this, or its inverse, is no difference to explain


@dataclass(frozen=True)
class Comparison:
    """One number that the report prints."""

    experiment: str  # the key of the one that it belongs to
    what: str  # `Training loss of MLP 128`
    reported: float
    printed: str  # as the report has it: `0.070`, `4 minutes`
    ours: float | None  # None: not trained, or no number
    unit: str  # `MSE per pixel`, `seconds`, `times`
    reason: str = ""  # a few sentences; empty: they agree, or ours is not there yet

    @property
    def ratio(self) -> float | None:
        """The report's over ours."""
        return self.reported / self.ours if self.ours else None

    @property
    def agree(self) -> bool | None:
        """Whether they are within a fifth of each other; None: nothing can be said."""
        ratio = self.ratio
        return None if ratio is None else 1 / ALIKE <= ratio <= ALIKE
