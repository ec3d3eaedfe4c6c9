"""Images on their way through an example, ready to be shown: reading them needs NumPy only."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PATH = Path(__file__).parent / "passes.npz"


@dataclass(frozen=True, eq=False)
class Passes:
    """Some test images, their codes, and what comes back of them."""

    title: str  # of the run
    x: NDArray[np.uint8] = field(repr=False)  # (N, C, H, W)
    codes: NDArray[np.float32] = field(repr=False)  # (N, k)
    x_hat: NDArray[np.uint8] = field(repr=False)  # (N, C, H, W)
    captions: tuple[str, ...] = field(repr=False)  # a sentence for each image


def passes() -> Passes:
    """Those that come with the program."""
    with np.load(PATH, allow_pickle=False) as file:
        captions = tuple(map(str, file["captions"]))
        return Passes(str(file["title"]), file["x"], file["codes"], file["x_hat"], captions)


def save(passes: Passes) -> None:
    np.savez_compressed(
        PATH,
        title=np.array(passes.title),
        x=passes.x,
        codes=passes.codes,
        x_hat=passes.x_hat,
        captions=np.array(passes.captions),
    )
