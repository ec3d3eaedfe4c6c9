"""A test image on its way through a trained model, as the pages show it."""

from __future__ import annotations

import numpy as np

from autoenc import captions, inspection
from autoenc.captions.images import Verdict
from autoenc.schema import Run
from ui.components.forward_pass import ForwardPass
from ui.core import model_cache, recognisers


def test_image_pass(run: Run, image: int) -> ForwardPass:
    """One test image, its code, what the model makes of it, and that in words."""
    trained, made = model_cache.opened(run), model_cache.reconstructions(run)
    x = trained.data.test[image]
    x_noisy = None if made.x_noisy is None else made.x_noisy[image]
    code = inspection.code(trained, given(run, image))
    label = trained.data.class_names[trained.data.test_labels[image]]
    caption = f"Test image {image}, {label}: {verdicts(run, np.array([image]))[0].sentence}"
    return ForwardPass(x, x_noisy, code, made.x_hat[image], caption)


def given(run: Run, image: int) -> np.ndarray:
    """What the model is given of a test image: uint8 (C, H, W); noisy where its training was."""
    noisy = model_cache.reconstructions(run).x_noisy
    x: np.ndarray = (model_cache.opened(run).data.test if noisy is None else noisy)[image]
    return x


def verdicts(run: Run, images: np.ndarray) -> list[Verdict]:
    """What can be said of the reconstructions of these test images."""
    data, x_hat = model_cache.opened(run).data, model_cache.reconstructions(run).x_hat[images]
    recogniser = recognisers.for_run(run)
    if recogniser is None:
        readings = captions.images.compared(data, model_cache.reader(data.name), images, x_hat)
    else:
        before, after = (recognisers.read(recogniser, few) for few in (data.test[images], x_hat))
        read = ((one.classes, one.confidences) for one in (before, after))
        readings = captions.images.recognised(data, images, *read)
    return captions.images.verdicts(data, readings, images, x_hat)
