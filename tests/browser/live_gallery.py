"""A small app that shows the live component, for its tests; it needs no data set.

The project's folder `static` must lie beside it before it starts. With `?late` in the address what is handed
over comes after what shows it.
"""

from __future__ import annotations

import numpy as np
import streamlit as st
import torch

from autoenc import metrics, noise
from autoenc.inspection import Network
from autoenc.plots import COLOUR
from tests.browser.gallery import discs
from ui.components.live_model import LiveRow, Scene, live_model, preload
from ui.components.preload import preload_network

FIRST = {"gaussian": 0.333, "shot": 0.5, "blur": 1.5, "block": 0.25}  # kind -> level
GENTLE = np.outer([1, 2, 1], [1, 2, 1]) / 16  # a kernel that takes the mean of neighbours
SHARP = np.outer([0, 1, 0], [0, 1, 0])  # one that leaves all as it is


def scene(n: int, channels: int) -> Scene:
    x = discs(n, channels)
    return Scene(x, np.random.default_rng(0).standard_normal(x.shape).astype(np.float32))


def network(channels: int, kernel: np.ndarray, contrast: float = 8) -> Network:
    """Each channel through the kernel twice, then more contrast."""
    shape = [channels, 28, 28]
    size = channels * channels * 9
    filters = np.einsum("oi,yx->oiyx", np.eye(channels), kernel)
    sides = {"input": shape, "output": shape, "kernel": [3, 3], "stride": [1, 1], "padding": [1, 1]}
    end = {"input": shape, "output": shape}
    layers = (
        {"kind": "conv", **sides, "weight": 0, "bias": size},
        {"kind": "relu", **end},
        {"kind": "conv_transpose", **sides, "weight": size + channels, "bias": 2 * size + channels},
        {"kind": "sigmoid", **end},
    )
    numbers = [filters, np.zeros(channels), contrast * filters, np.full(channels, -contrast / 2)]
    return Network(layers, np.concatenate([part.ravel() for part in numbers]).astype(np.float32))


def median(scene: Scene, kind: str, level: float) -> np.ndarray:
    """What only the server can say: uint8, as the images."""
    x = torch.from_numpy(scene.x).float() / 255
    noisy = noise.apply(kind, x, level, torch.from_numpy(scene.unit)) if level else x
    patches = torch.nn.functional.pad(noisy, (1, 1, 1, 1), mode="replicate").unfold(2, 3, 1).unfold(3, 3, 1)
    pixels: np.ndarray = (255 * patches.flatten(4).median(-1).values).round().byte().numpy()
    return pixels


def rows(scene: Scene, kind: str, level: float) -> list[LiveRow]:
    pictures = median(scene, kind, level)
    x, x_hat = (torch.from_numpy(images).double() / 255 for images in (scene.x, pictures))
    psnr, ssim = metrics.psnr_db(x, x_hat), metrics.ssim(x, x_hat)
    mean = f"{psnr.mean():.1f} dB, {ssim.mean():.2f}"
    server = {"psnr": tuple(psnr.tolist()), "ssim": tuple(ssim.tolist()), "mean": mean}
    filler = tuple(np.linspace(0.1, 1, len(x)))
    return [
        LiveRow("Original", COLOUR["original"], "original"),
        LiveRow("Noisy", COLOUR["noisy"], "noisy", ssim=filler, mean="13.3 dB, 0.52"),
        LiveRow("Plain", COLOUR["mlp"], "sharp", ssim=filler, mean="12.1 dB, 0.48", says="never saw noise"),
        LiveRow("Denoising", COLOUR["conv"], "gentle", ssim=filler, mean="21.4 dB, 0.83"),
        LiveRow(
            "Median 3x3",
            COLOUR["test"],
            pictures=pictures,
            says="computed on the server, after the drag",
            **server,
        ),
    ]


@st.fragment
def lab(scene: Scene, kind: str) -> None:
    levels, told = (st.session_state.setdefault(name, made) for name, made in (("levels", {}), ("told", [])))
    level = levels.get(kind, FIRST[kind])
    rested = live_model(scene.id, kind, level, rows(scene, kind, level), key="live")
    if rested != level:
        told.append(rested)
        levels[kind] = rested
        st.rerun(scope="fragment")
    st.text(f"told: {told}")


def hand_all_over(scene: Scene) -> None:
    preload(scene)
    channels = scene.x.shape[1]
    preload_network("sharp", network(channels, SHARP))
    preload_network("gentle", network(channels, GENTLE))


def main() -> None:
    st.set_page_config("Live gallery", layout="wide")
    params = st.query_params
    shown = scene(int(params.get("images", 16)), int(params.get("channels", 1)))
    if "presenter" in params:
        st.html("<style>:root { --presenter-scale: 1.5 }</style>")
    kind = st.radio("Noise", list(FIRST), horizontal=True)
    if "late" not in params:
        hand_all_over(shown)
    lab(shown, kind)
    if "late" in params:
        hand_all_over(shown)


if __name__ == "__main__":
    main()
