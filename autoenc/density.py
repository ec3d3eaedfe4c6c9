"""What a code costs in bits, learned together with it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid


class LogisticDensity(nn.Module):
    """A logistic distribution for each number of a code, the numbers being independent of each other.

    It stands for the tables of a range coder while a model is trained: rounding has no gradient, so that the
    code gets uniform noise of half a step to either side instead (Balle, Laparra and Simoncelli 2017,
    arXiv:1611.01704). The step is 1.
    """

    def __init__(self, n_latents: int) -> None:
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(n_latents))
        self.log_scale = nn.Parameter(torch.zeros(n_latents))

    def bits(self, z: Tensor) -> Tensor:
        """What codes of whole numbers, or of numbers with noise, cost.

        Args:
            z: (B, n_latents), in steps.
        Returns:
            (B,) bits.
        """
        scale = self.log_scale.exp()
        above, below = (z - self.mean + 0.5) / scale, (z - self.mean - 0.5) / scale
        # log(sigmoid(above) - sigmoid(below)), without a difference of numbers that are nearly equal.
        logs = logsigmoid(above) + logsigmoid(-below) + torch.log(-torch.expm1(-1 / scale))
        return -logs.sum(1) / math.log(2)
