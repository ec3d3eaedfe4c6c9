"""A test image on its way through a trained model, as the pages show it."""

from __future__ import annotations

import numpy as np

from autoenc import inspection, words
from autoenc.schema import Run
from autoenc.words import Reading, Verdict
from ui import state
from ui.components.passage import Passage


def crossing(run: Run, image: int) -> Passage:
    """One test image, its code, what the model makes of it, and that in words."""
    trained, made = state.opened(run), state.reconstructions(run)
    x = trained.data.test[image]
    x_noisy = None if made.x_noisy is None else made.x_noisy[image]
    code = inspection.code(trained, given(run, image))
    label = trained.data.class_names[trained.data.test_labels[image]]
    said = f"Test image {image}, {label}: {verdicts(run, np.array([image]))[0].sentence}"
    return Passage(x, x_noisy, code, made.x_hat[image], said)


def given(run: Run, image: int) -> np.ndarray:
    """What the model is given of a test image: uint8 (C, H, W); noisy where its training was."""
    noisy = state.reconstructions(run).x_noisy
    return state.opened(run).data.test[image] if noisy is None else noisy[image]


def verdicts(run: Run, images: np.ndarray) -> list[Verdict]:
    """What can be said of the reconstructions of these test images."""
    data, made = state.opened(run).data, state.reconstructions(run)
    x, x_hat = data.test[images], made.x_hat[images]
    readings: list[Reading | None] = [None] * len(images)
    if (reader := state.reader(data.name)).reliable:
        found = zip(data.test_labels[images], reader.read(x), reader.read(x_hat), strict=True)
        readings = [Reading(*(data.class_names[index] for index in indices)) for indices in found]
    drawn = state.is_drawn(data.name)
    return [words.describe(*three, drawn) for three in zip(x, x_hat, readings, strict=True)]
