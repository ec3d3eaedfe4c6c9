"""What of a code a hand can change: its most important values one by one, all others in a few groups."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from autoenc import training
from autoenc.inspection import Trained, one_thread
from autoenc.inspection.opening import affordable
from autoenc.latent.codes import Codes
from autoenc.latent.decoding import check_drawn
from autoenc.latent.gaussian import fit

MAX_HANDLES = 32  # a larger code has N_SINGLE values, and the others in N_GROUPS groups
N_SINGLE, N_GROUPS = 16, 16
N_IMAGES = 16  # over which importance is a mean, where a model is small
USUAL = (0.5, 99.5)  # percent of the codes of training images: the ends of a handle
MIN_WIDTH = 1e-3  # of the widest range: a value that never changes can still be moved

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Handles:
    """Ways to move a code: along one of its values, or along a principal direction of the others."""

    values: NDArray[np.intp]  # (S,) which numbers of the code, those first that change the picture most
    importance: Floats = field(repr=False)  # (S,) as `importance` says
    axes: Floats = field(repr=False)  # (G, K) one standard deviation of training codes; zero at `values`
    mean: Floats = field(repr=False)  # (K,) of training codes
    units: Floats = field(repr=False)  # (S + G,) one standard deviation of each
    usual: Floats = field(repr=False)  # (S + G, 2) the ends of the range in which training codes lie
    rest_share: float  # of the variance of the values that are not in `values`: what the groups hold

    def __len__(self) -> int:
        return len(self.values) + len(self.axes)

    @property
    def n_rest(self) -> int:
        """Values that no handle moves alone."""
        return len(self.mean) - len(self.values)

    @property
    def directions(self) -> Floats:
        """(S + G, K): what each handle adds to a code when it moves by one."""
        return np.concatenate([np.eye(len(self.mean), dtype=np.float32)[self.values], self.axes])

    def positions(self, z: Floats) -> Floats:
        """Where each handle stands for a code: (K,) -> (S + G,); of a group in standard deviations."""
        at: Floats = _positions(z[None], self.values, self.axes, self.mean)[0]
        return at


def handles_of(trained: Trained, codes: Codes) -> Handles:
    """Of a code that is a row of numbers.

    Args:
        codes: of training images.
    Raises:
        CodeError: what is drawn is not all finite.
    """
    z = codes.z
    spread = z.std(0, dtype=np.float64).astype(np.float32)
    matters = importance(trained, z[:N_IMAGES], spread)
    order: NDArray[np.intp] = np.argsort(-matters, kind="stable")
    n_single = len(order) if len(order) <= MAX_HANDLES else N_SINGLE
    values, rest = order[:n_single], np.sort(order[n_single:])
    mean = z.mean(0, dtype=np.float64).astype(np.float32)
    axes, share = _groups(z, rest)
    low, high = np.percentile(_positions(z, values, axes, mean), USUAL, axis=0)
    least_width = MIN_WIDTH * max(float((high - low).max()), 1e-6)
    half = np.maximum(0, least_width - (high - low)) / 2
    usual = np.stack([low - half, high + half], 1).astype(np.float32)
    units = np.concatenate([spread[values], np.ones(len(axes), np.float32)])
    return Handles(values, matters[values], axes, mean, units, usual, share)


def importance(trained: Trained, z: Floats, spread: Floats) -> Floats:
    """How much each value of the code matters: (K,).

    The mean squared change of a pixel when the value rises by its standard deviation, over these codes; over
    fewer of them where the model is so large that it would take long.

    Args:
        z: (N, K), at least one.
        spread: (K,) the standard deviation of each value.
    Raises:
        CodeError: what is drawn is not all finite.
    """
    info, n_values = trained.run.model, len(spread)
    n = min(len(z), max(1, affordable(info) // n_values))
    at_once = training.chunk(trained.run.config, info.image_shape)
    steps = torch.diag(torch.from_numpy(spread))
    changes = torch.zeros(n_values)
    with one_thread(), torch.inference_mode():
        for code in torch.from_numpy(np.array(z[:n])):
            before = trained.model.draw(code.reshape(1, *info.code_shape))
            moved = (code + steps).reshape(-1, *info.code_shape)
            after = [trained.model.draw(batch) for batch in torch.split(moved, at_once)]
            changes += (torch.cat(after) - before).square().flatten(1).mean(1)
    check_drawn(trained, changes)
    matters: Floats = (changes / n).numpy()
    return matters


def _groups(z: Floats, rest: NDArray[np.intp]) -> tuple[Floats, float]:
    """Principal directions of these values, as long as the standard deviation, and the share they hold."""
    n_values = z.shape[1]
    if not len(rest):
        return np.zeros((0, n_values), np.float32), 0.0
    of_rest = fit(z[:, rest])
    axes = np.zeros((min(N_GROUPS, len(of_rest.axes)), n_values), np.float32)
    axes[:, rest] = of_rest.axes[:N_GROUPS] * np.sqrt(of_rest.variances[:N_GROUPS, None])
    total = float(z[:, rest].var(0, dtype=np.float64).sum())
    return axes, float(of_rest.variances[:N_GROUPS].sum()) / total if total else 0.0


def _positions(z: Floats, values: NDArray[np.intp], axes: Floats, mean: Floats) -> Floats:
    along = (z - mean) @ axes.T / np.maximum((axes**2).sum(1), np.finfo(np.float32).tiny)
    return np.concatenate([z[:, values], along], 1).astype(np.float32)
