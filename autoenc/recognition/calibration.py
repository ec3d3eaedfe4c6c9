"""How sure a recogniser may be: its confidence fitted, and compared with how often it is right."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from autoenc.schema import Reliability, ReliabilityBin

MIN_TEMPERATURE, MAX_TEMPERATURE = 0.05, 20.0
MAX_BINS = 10


def fitted_temperature(scores: Tensor, labels: Tensor) -> float:
    """What scores (N, classes) are divided by so that the cross-entropy with the labels (N,) is least.

    It changes no reading, only how sure it is (Guo et al. 2017, arXiv:1706.04599). At an accuracy of 1 there
    is no best one: the scores stay as they are.
    """
    from scipy.optimize import (
        minimize_scalar,  # here: half a second, which every process would pay at its start
    )

    scores = scores.double()
    if bool((scores.argmax(1) == labels).all()) or not bool(torch.isfinite(scores).all()):
        return 1.0

    def loss(log_temperature: float) -> float:
        return float(cross_entropy(scores / math.exp(log_temperature), labels))

    bounds = math.log(MIN_TEMPERATURE), math.log(MAX_TEMPERATURE)
    return math.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x)


def reliability(
    confidences: NDArray[np.floating], is_right: NDArray[np.bool_], temperature: float
) -> Reliability:
    """Images (N,) in bins of equal width by confidence, each beside how often it is right.

    Most images lie in the last bin of a good recogniser; a bin of no image is left out.
    """
    places = np.minimum((confidences * MAX_BINS).astype(int), MAX_BINS - 1)
    bins = [
        ReliabilityBin(float(confidences[mine].mean()), float(is_right[mine].mean()), int(mine.sum()))
        for place in range(MAX_BINS)
        if (mine := places == place).any()
    ]
    return Reliability(tuple(bins), temperature)
