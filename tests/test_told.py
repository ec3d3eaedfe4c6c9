"""Runs in words."""

from dataclasses import replace

import pytest

from autoenc.schema import Images, Noise, Preview, TrainConfig
from tests.test_plots import run_of
from ui import told


def test_what_tells_runs_apart_is_what_differs() -> None:
    usual = TrainConfig()
    wide = replace(usual, latent_size=64)
    assert told.differences([usual, wide]) == ("MLP 32", "MLP 64")
    seed, noisy = replace(usual, seed=3), replace(usual, noise=Noise("gaussian", 0.3))
    assert told.differences([usual, seed, noisy]) == (
        "MLP 32, no noise, seed 0",
        "MLP 32, no noise, seed 3",
        "MLP 32, gaussian noise 0.3, seed 0",
    )
    assert told.differences([usual, replace(usual, layers=2, model="conv")]) == (
        "MLP 32, 1 layer",
        "Conv 32, 2 layers",
    )


def test_several_seeds_are_told_as_mean_and_standard_deviation() -> None:
    assert told.over_seeds([None], 4) == ""
    assert told.over_seeds([0.0123], 4) == "0.0123"
    assert told.over_seeds([0.010, 0.012, 0.014], 4) == "0.0120 ± 0.0020"
    assert told.over_seeds([20.10, 20.14, 20.18], 1) == "20.14 ± 0.04"
    assert told.over_seeds([20.1, 20.1], 1) == "20.1 ± 0.0"


@pytest.mark.parametrize(
    ("n_latents", "said"),
    [(1, "1** number for"), (32, "24.5 times smaller"), (784, "the same size"), (3136, "4 times larger")],
)
def test_the_size_of_the_code_beside_the_pixels(n_latents: int, said: str) -> None:
    assert said in told.code_size(n_latents, 784)


def test_a_frame_tells_its_own_error() -> None:
    run = replace(run_of(4, []), x=Images((1, 1, 1, 2), bytes([0, 255])))
    off = Images((1, 1, 1, 2), bytes([0, 204]))  # 0.2 off in one of two pixels: 0.04 / 2 = 0.02, 17.0 dB
    assert told.frame(run, Preview(3, off)) == "after epoch 3 of 4: 17.0 dB"
    assert told.frame(run, Preview(0, off)).startswith("before any training")
