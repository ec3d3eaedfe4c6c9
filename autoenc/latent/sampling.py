"""Codes that no image has: drawn at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from autoenc.errors import ConfigError
from autoenc.latent.codes import Codes
from autoenc.latent.gaussian import fit
from autoenc.schema import TrainConfig

SOURCES: Mapping[str, str] = {  # what codes are drawn from, besides the Gaussian of one class
    "gaussian": "Gaussian of all codes",
    "uniform": "Uniform in the box of the codes",
    "normal": "N(0, I)",
}
PERCENTILES = (1, 99)  # of each number of the code: from here to there reaches the box
MAX_SAMPLES = 10_000

Floats = NDArray[np.float32]


class Distribution(Protocol):
    """Of codes."""

    def draw(self, n: int, seed: int) -> Floats:
        """Codes drawn from it: (n, K); equal for equal seeds."""


@dataclass(frozen=True, eq=False)
class Box:
    """Each number of the code by itself, all values between two equally likely."""

    low: Floats = field(repr=False)  # (K,)
    high: Floats = field(repr=False)  # (K,)

    def draw(self, n: int, seed: int) -> Floats:
        share = np.random.default_rng(seed).random((n, len(self.low)), np.float32)
        return np.asarray(self.low + share * (self.high - self.low), np.float32)


@dataclass(frozen=True)
class StandardNormal:
    """Mean 0 and variance 1 in each of K numbers: what a model with a prior asks its codes to be."""

    n_latents: int

    def draw(self, n: int, seed: int) -> Floats:
        return np.random.default_rng(seed).standard_normal((n, self.n_latents), np.float32)


def usual_source(config: TrainConfig) -> str:
    """What a new code of this model is drawn from: its prior, or else what describes its codes best."""
    return "normal" if config.kind.has_prior else "gaussian"


def box(z: Floats) -> Box:
    """From the 1st to the 99th percentile of each number of the codes (N, K)."""
    low, high = np.percentile(z, PERCENTILES, axis=0)
    return Box(low.astype(np.float32), high.astype(np.float32))


def distribution(source: str, codes: Codes, class_names: Sequence[str]) -> Distribution:
    """What these codes say of a source: one of SOURCES, or the name of a class for the Gaussian of its codes.

    Raises:
        ConfigError: there is no such source, or no image of the class.
    """
    match source:
        case "gaussian":
            return fit(codes.z)
        case "uniform":
            return box(codes.z)
        case "normal":
            return StandardNormal(codes.z.shape[1])
    if source not in class_names:
        raise ConfigError(
            f"unknown source {source[:40]!r}; known: {', '.join(SOURCES)}, "
            f"or a class: {', '.join(class_names[:10])}{', ...' if len(class_names) > 10 else ''}"
        )
    of_class = codes.z[codes.labels == list(class_names).index(source)]
    if not len(of_class):
        raise ConfigError(f"there is no training image of class {source[:40]!r}")
    return fit(of_class)
