"""A plane in which neighbours stay neighbours: t-SNE (van der Maaten and Hinton 2008) by openTSNE."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from autoenc.latent.gaussian import fit

DEFINITION_VERSION = 1  # count up where a setting changes: all is computed again
PERPLEXITY = 30
MAX_NUMBERS = 50  # of longer codes the first principal components, as the authors did
# Clusters are pulled together first, then they find their places. More steps change no neighbours
# (docs/decisions/0041).
EARLY_STEPS, STEPS = 150, 250
EARLY_EXAGGERATION = 12
EARLY_MOMENTUM, MOMENTUM = 0.5, 0.8
STEPS_BETWEEN_REPORTS = 25
MIN_POINTS = 100  # fewer may end as a heap
MAX_BARNES_HUT = 1000  # points up to which Barnes-Hut is faster than interpolated forces


def points(
    z: NDArray[np.float32], n_threads: Callable[[], int]
) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """The share of the work that is done, and the points so far, (N, 2); equal for equal codes and threads.

    Args:
        z: (N, K), finite, at least MIN_POINTS codes.
        n_threads: that may be used at this moment.
    """
    import openTSNE  # it takes a second to load, and few processes need it
    from openTSNE import affinity, initialization

    reduced = _reduced(z)
    start = initialization.pca(reduced, random_state=0)
    yield 0.0, np.asarray(start, np.float32)
    perplexity = min(PERPLEXITY, (len(z) - 1) / 3)
    near = affinity.PerplexityBasedNN(reduced, perplexity, method="exact", n_jobs=1, random_state=0)
    embedding = openTSNE.TSNEEmbedding(
        start, near, negative_gradient_method="bh" if len(z) < MAX_BARNES_HUT else "fft", random_state=0
    )
    for done in range(0, EARLY_STEPS + STEPS, STEPS_BETWEEN_REPORTS):
        is_early = done < EARLY_STEPS
        embedding = embedding.optimize(
            STEPS_BETWEEN_REPORTS,
            exaggeration=EARLY_EXAGGERATION if is_early else None,
            momentum=EARLY_MOMENTUM if is_early else MOMENTUM,
            n_jobs=n_threads(),
        )
        yield (done + STEPS_BETWEEN_REPORTS) / (EARLY_STEPS + STEPS), np.array(embedding, np.float32)


def _reduced(z: NDArray[np.float32]) -> NDArray[np.float32]:
    if z.shape[1] <= MAX_NUMBERS:
        return z
    gaussian = fit(z)
    return np.asarray((z - gaussian.mean) @ gaussian.axes[:MAX_NUMBERS].T, np.float32)
