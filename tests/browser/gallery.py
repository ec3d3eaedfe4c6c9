"""A small app that shows the components, for their tests.

What it shows is made by functions that the tests call too. It needs neither PyTorch nor a data set; the
project's folder `static` must lie beside it before it starts.
"""

from __future__ import annotations

import numpy as np
import streamlit as st
from plotly.graph_objects import Figure

from autoenc.plots import COLOUR
from ui.components.forward_pass import ForwardPass, forward_pass
from ui.components.live_plot import live_plot
from ui.components.pictures import Film, PictureRow, pictures
from ui.components.save_picture import PngText

RUN_ID = "mnist-mlp-k32-e60-1a2b3c4d"
N_FRAMES = 12
N_IMAGES = 16
SIZE = 28


def discs(n: int, channels: int = 1, size: int = SIZE) -> np.ndarray:
    """Soft discs, each in another place: uint8 (n, channels, size, size)."""
    rng = np.random.default_rng(n)
    y, x = np.mgrid[:size, :size] / size
    centres = rng.uniform(0.25, 0.75, (2, n, channels, 1, 1))
    radius = rng.uniform(0.12, 0.3, (n, channels, 1, 1))
    distance = np.hypot(y - centres[0], x - centres[1])
    return (255 * np.clip(1.5 - distance / radius, 0, 1)).astype(np.uint8)


def film(x: np.ndarray, n_frames: int) -> np.ndarray:
    """The images come out of noise, frame by frame, and never wholly: uint8 (n_frames, *x.shape)."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, x.shape)
    share = np.linspace(0.9, 0.1, n_frames).reshape(-1, *(1,) * x.ndim)
    return ((1 - share) * x + share * noise).astype(np.uint8)


def epochs(n_frames: int) -> tuple[int, ...]:
    return tuple(range(5, 5 * n_frames + 1, 5))


def steps(n_frames: int) -> tuple[int, ...]:
    return tuple(100 * epoch for epoch in epochs(n_frames))


def losses(n_epochs: int) -> np.ndarray:
    return 0.2 / np.arange(1, n_epochs + 1)


def chart(n_epochs: int) -> str:
    at = np.arange(1, n_epochs + 1)
    style = {"mode": "lines+markers", "line": {"color": COLOUR["test"], "width": 3}, "marker": {"size": 10}}
    points = {"x": 100 * at, "y": losses(n_epochs), "customdata": at}
    sentence = "the loss falls from 0.2 to almost 0"
    meta = {"film": "film", "name": "run 7: loss", "caption": sentence}
    layout = {
        "template": {},
        "title": {"text": "Loss"},
        "xaxis": {"range": [0, 100 * n_epochs + 50], "title": {"text": "training step"}},
        "font": {"size": 16},
        "margin": {"l": 70, "r": 20, "t": 44, "b": 56},
        "showlegend": True,
        "meta": meta,
    }
    return Figure([{"type": "scatter", "name": "test & train", **points, **style}], layout).to_json()


def passes(n: int, code_shape: tuple[int, ...], noisy: bool = False, channels: int = 1) -> list[ForwardPass]:
    x = discs(n, channels)
    noise, x_hat = film(x, 2)
    codes = np.random.default_rng(1).normal(size=(n, *code_shape))
    return [
        ForwardPass(
            x[i], noise[i] if noisy else None, codes[i], x_hat[i], f"image {i} came back, all but a little"
        )
        for i in range(n)
    ]


def png(part: str) -> PngText:
    settings = "MNIST, MLP, 32 numbers, 60 epochs, batch 1,024, gaussian noise up to 0.5, seed 2026"
    return PngText(f"What is saved of the {part}", settings, (RUN_ID,), part)


def show_film(n_images: int, channels: int, n_frames: int, change: int) -> None:
    x = discs(n_images, channels)
    marks = tuple(f"epoch {epoch}: test MSE {0.1 / epoch:.4f}" for epoch in epochs(n_frames))
    notes = tuple(f"{20 + change + 0.1 * i:.1f} dB" for i in range(n_images))
    rows = [
        PictureRow("Original", x, COLOUR["original"]),
        PictureRow("Reconstruction", film(x, n_frames), COLOUR["reconstruction"], notes=notes),
    ]
    pictures(rows, key="film", difference=COLOUR["error"], film=Film(marks, steps(n_frames)), png=png("film"))


def show_loop() -> None:
    row = PictureRow("By itself", film(discs(2), 3), COLOUR["mlp"])
    pictures([row], key="loop", film=Film(("a", "b", "c"), (1, 2, 3), autoplay=True))


def show_levels() -> None:
    """All 256 levels of error."""
    black = PictureRow("Black", np.zeros((1, 1, 16, 16), np.uint8), COLOUR["original"])
    levels = PictureRow("Levels", np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16), COLOUR["conv"])
    pictures([black, levels], key="levels", difference=COLOUR["error"])


def speckles() -> np.ndarray:
    """Colours that no file makes small: uint8 (8, 3, SIZE, SIZE)."""
    return np.random.default_rng(1).integers(0, 256, (8, 3, SIZE, SIZE), np.uint8)


def show_steady(change: int) -> None:
    """Large pictures that never change above small ones that do."""
    x = speckles()
    steady = PictureRow("Original", x, COLOUR["original"], steady=True)
    pictures([steady, PictureRow("Level", np.full_like(x, change), COLOUR["conv"])], key="steady")


def show_choice() -> None:
    x = discs(20, 3)
    notes = tuple(f"{i + 0.2:.1f} dB\nclass {i % 10}" for i in range(20))
    hints = tuple(f"{i + 0.2:.1f} dB" for i in range(20))
    marked = tuple(i in (2, 11) for i in range(20))
    x_hat = PictureRow("Reconstruction", x, COLOUR["reconstruction"], notes, hints, marked)
    rows = [PictureRow("Original", x, COLOUR["original"]), x_hat]
    clicked = pictures(rows, key="choice", choose=True, columns=10, png=png("choice"))
    if clicked is not None:
        st.session_state.clicked = [*st.session_state.get("clicked", []), clicked]
    st.text(f"clicked: {st.session_state.get('clicked')}")


def main() -> None:
    st.set_page_config("Gallery", layout="wide")
    change = st.number_input("Change", 0, 9, key="change")
    if st.toggle("Presenter", key="presenter"):
        st.html("<style>:root { --presenter-scale: 1.5 }</style>")
    params = st.query_params
    n_frames = int(params.get("frames", N_FRAMES))
    show_film(int(params.get("images", N_IMAGES)), int(params.get("channels", 1)), n_frames, int(change))
    clicked = live_plot(chart(5 * n_frames), key="loss", height=300, downloads=True)
    st.text(f"clicked: {clicked and clicked['customdata']}")
    live_plot(chart(5 * n_frames), key="saved", height=300, png=png("chart"))
    show_choice()
    forward_pass(passes(4, (32,)), key="bars", playing=True, difference=COLOUR["error"])
    forward_pass(
        passes(1, (16, 7, 7), noisy=True, channels=3),
        key="maps",
        caption="A picture of its own",
        png=png("pass"),
    )
    show_steady(int(change))
    left, right = st.columns(2)
    with left:
        show_levels()
    with right:
        show_loop()


if __name__ == "__main__":
    main()
