"""Whether a code knows the class: a linear classifier on the numbers of the code.

Alain and Bengio 2016, "Understanding intermediate layers using linear classifier probes" (arXiv:1610.01644).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from autoenc import cache, noise, training
from autoenc.datasets import Dataset
from autoenc.models import Autoencoder
from autoenc.schema import Probe, TrainConfig

DEFINITION_VERSION = 1  # count up where the probe changes: all is measured again
MAX_FITTED_IMAGES = 10_000  # training images
MAX_FITTED_NUMBERS = 20_000_000  # of all their codes: a code of convolutions has thousands
MAX_ITERATIONS = 200
# By it divided by the numbers in the code: the score of a class is a sum over all of them, and must not vary
# more because there are thousands, or the classifier learns the training images by heart.
MAX_STRENGTH = 10.0
Floats = NDArray[np.float32]


def accuracy(model: Autoencoder, data: Dataset, config: TrainConfig) -> float:
    """Share of the test images whose class a linear classifier reads from their codes.

    It is a multinomial logistic regression on standardised numbers, fitted on the first training images; with
    noise in the config the images are as noisy as the model is used to.
    """
    from sklearn.linear_model import LogisticRegression  # here: a second, which every process would pay
    from sklearn.preprocessing import StandardScaler

    size = training.chunk(config, data.image_shape)
    n_latents = model.encoder(torch.zeros(1, *data.image_shape)).numel()
    n = max(100, min(MAX_FITTED_IMAGES, MAX_FITTED_NUMBERS // n_latents, len(data.train)))
    draws = training.seeded("cpu", 0, 0, "probe noise")
    codes = _codes(model, (noise.corrupt(x, config.noise, draws) for x in _batches(data.train[:n], size)))
    scaler = StandardScaler().fit(codes)
    classifier = LogisticRegression(C=min(1.0, MAX_STRENGTH / n_latents), max_iter=MAX_ITERATIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the last digits have not settled
        classifier.fit(scaler.transform(codes), data.train_labels[:n])
    n_right, n_read = 0, 0
    for _, x_in in training.test_batches(torch.from_numpy(data.test), config):
        read = classifier.predict(scaler.transform(_codes(model, iter([x_in]))))
        n_right += int((read == data.test_labels[n_read : n_read + len(read)]).sum())
        n_read += len(read)
    return n_right / n_read


def _batches(images: NDArray[np.uint8], size: int) -> Iterator[Tensor]:
    return (training.as_float(part) for part in torch.split(torch.from_numpy(np.array(images)), size))


def _codes(model: Autoencoder, batches: Iterator[Tensor]) -> Floats:
    """(B, numbers in the code)."""
    with torch.inference_mode():
        codes: Floats = torch.cat([model.encoder(x).flatten(1) for x in batches]).numpy()
    return np.nan_to_num(codes)


# ---------------------------------------------------------------- kept for the next time


def stored_probe(name: str) -> Probe | None:
    """A whole probe; None: none that can be read."""
    values = cache.load_cached(name) or {}
    try:
        accuracies = tuple((int(epoch), float(share)) for epoch, share in values["accuracies"])
        dataset, run_id = str(values["dataset"]), str(values["run_id"])
        probe = Probe(dataset, run_id, int(values["n_latents"]), accuracies, 1.0)
    except (ValueError, TypeError, LookupError):
        return None
    return probe if accuracies and all(0 <= share <= 1 for _, share in accuracies) else None


def keep_probe(name: str, probe: Probe) -> None:
    """Have it found by `stored_probe`.

    Raises:
        AutoencError: the cache folder cannot be written.
    """
    values = {"dataset": probe.dataset, "run_id": probe.run_id, "n_latents": probe.n_latents}
    cache.save(name, {**values, "accuracies": probe.accuracies})
