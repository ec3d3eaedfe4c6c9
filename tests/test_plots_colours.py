"""Colours that are seen together differ, also for eyes without one of the three kinds of cones."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from autoenc import plots
from autoenc.plots.references import GREY
from autoenc.schema import MODELS

# What is left of linear RGB without one of the three kinds of cones: Machado, Oliveira and Fernandes 2009.
COLOUR_VISION = {
    "usual": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
SEEN_TOGETHER = {
    "a run's curves": [plots.COLOUR[name] for name in ("train", "test", "speed")],
    "pictures": [plots.COLOUR[name] for name in ("original", "noisy", "reconstruction", "error")],
    "models": [plots.COLOUR[name] for name in MODELS],
    "several runs": plots.SEVERAL_COLOURS,
    "a sweep": [*(plots.COLOUR[name] for name in MODELS), GREY],
}


def seen(colour: str, vision: str) -> np.ndarray:
    """CIE L*a*b* of #rrggbb."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(COLOUR_VISION[vision]) @ linear, 0, 1)
    to_xyz = [[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]]
    x, y, z = np.array(to_xyz) @ linear / [0.9505, 1, 1.0888]
    fx, fy, fz = (np.cbrt(t) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


@pytest.mark.parametrize("vision", COLOUR_VISION)
@pytest.mark.parametrize("colours", SEEN_TOGETHER.values(), ids=SEEN_TOGETHER.keys())
def test_colours_that_are_seen_together_differ_for_every_eye(colours: list[str], vision: str) -> None:
    """A difference of 2 can just be seen side by side; 15 cannot be missed."""
    for one, other in combinations(colours, 2):
        assert np.linalg.norm(seen(one, vision) - seen(other, vision)) > 15, (one, other)


def test_every_colour_is_written_in_full_and_those_of_one_chart_differ() -> None:
    for colour in plots.COLOUR.values():
        int(colour.removeprefix("#"), 16)
        assert len(colour) == 7
    for chart in (("train", "test", "speed"), ("mlp", "conv"), ("original", "noisy", "reconstruction")):
        assert len({plots.COLOUR[name] for name in chart}) == len(chart)
