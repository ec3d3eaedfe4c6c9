"""A model beside PCA of equally many numbers, in words; empty where there is not enough yet."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from autoenc.captions.ratios import amount
from autoenc.numerals import counted
from autoenc.pareto import usable
from autoenc.schema import Pca, Point

EXACT = 1e-7  # PCA's loss where its code is as large as the image
ALIKE = 0.95, 1.05  # times PCA's loss: between them both are as good


def pca_words(line: Sequence[Point], pca: Pca | None) -> str:
    """Where a model is better than PCA of as many numbers, and where worse."""
    compared = _compared(line, pca)
    if not compared:
        return ""
    low, high = ALIKE
    kinds = [
        "as good as" if low <= r <= high else "better than" if r < 1 else "worse than" for _, r in compared
    ]
    codes = [p.n_latents for p, _ in compared]
    at_all = f"at {counted(codes[0], 'number')}" if len(codes) == 1 else "at every size"
    if len(set(kinds)) == 1:
        return f"{kinds[0]} PCA {at_all}"
    turns = [i for i, (one, other) in enumerate(pairwise(kinds), 1) if one != other]
    if len(turns) == 1:
        before, after = codes[turns[0] - 1], codes[turns[0]]
        until = "at" if turns[0] == 1 else "up to"
        return f"{kinds[0]} PCA {until} {counted(before, 'number')}, {kinds[-1]} it from {after:,} on"
    worst, ratio = max(compared, key=lambda one: one[1])
    if ratio <= high:
        return "nowhere worse than PCA"
    return f"furthest behind PCA at {counted(worst.n_latents, 'number')} ({amount(ratio, 'loss')})"


def sigmoid_words(line: Sequence[Point], pca: Pca | None) -> str:
    """From which size on the MLP of one layer beats PCA, and why: nothing but its sigmoid is not linear."""
    config = line[0].config
    compared = _compared(line, pca)
    if config.model != "mlp" or config.layers != 1 or not compared or compared[-1][1] >= ALIKE[0]:
        return ""
    behind = [i for i, (_, ratio) in enumerate(compared) if ratio >= ALIKE[0]]
    first = compared[behind[-1] + 1 if behind else 0][0]
    return (
        f"From {counted(first.n_latents, 'number')} on it beats PCA although its encoder is as linear as "
        "PCA's: the sigmoid at the end of its decoder does that."
    )


def _compared(line: Sequence[Point], pca: Pca | None) -> list[tuple[Point, float]]:
    """The runs of whose size there is a PCA, and their loss as a multiple of PCA's; not where it is exact."""
    known = {} if pca is None else dict(zip(pca.sizes, pca.test_mse, strict=True))
    found = ((p, known.get(p.n_latents)) for p in line)
    return [
        (p, (p.test_mse or 0) / mse) for p, mse in found if mse is not None and usable(mse) and mse > EXACT
    ]
