"""Where an error stands among those of the test images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoenc.errors import ShapeError


@dataclass(frozen=True)
class Standing:
    """An error among n others."""

    mse: float
    n: int  # test images
    n_worse: int  # those of a larger error
    n_better: int  # those of a smaller one
    least: float  # of the test images
    greatest: float

    @property
    def beyond_all(self) -> bool:
        """Whether it is worse than every test image."""
        return self.n_better == self.n


def standing(mse: float, test_mse: NDArray[Any]) -> Standing:
    """Where it stands; an error that is no number counts as the greatest there can be.

    Args:
        test_mse: (n,), n at least 1.
    Raises:
        ShapeError: there is nothing to compare with.
    """
    if not len(test_mse):
        raise ShapeError("there are no errors of test images to compare with")
    test = np.nan_to_num(np.asarray(test_mse, np.float64), nan=np.inf)
    here = float(np.nan_to_num(mse, nan=np.inf))
    return Standing(
        mse=here,
        n=len(test),
        n_worse=int((test > here).sum()),
        n_better=int((test < here).sum()),
        least=float(test.min()),
        greatest=float(test.max()),
    )
