"""How many random codes draw something legible: `python -m benchmarks.samples [--epochs N]`.

Of MNIST, a model with a prior and the plain one of the same layers are trained (once; their runs stay in the
checkpoint folder). A thousand codes are drawn, for the one from N(0, I), for the other from the normal
distribution that fits the codes of its training images, and the best recogniser that is there reads what they
draw: how often is it surer than CONFIDENCES of some digit?
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from tabulate import tabulate

from autoenc import datasets, inspection, latent, recipes, recognition
from autoenc.datasets import Dataset
from autoenc.inspection import Trained
from autoenc.jobs import RecogniserJob, TrainJob
from autoenc.recognition import ImageReader
from autoenc.schema import TrainConfig

N_SAMPLES = 1000
CONFIDENCES = (0.9, 0.99)
BETAS = (0.3, 1.0, 3.0)


def trained(config: TrainConfig) -> Trained:
    """The run and its model, from its file where there is one."""
    job = TrainJob(config)
    for _ in job.run():
        pass
    return inspection.open_run(job.job_id)


def reader_of(data: Dataset) -> ImageReader:
    """The recogniser to prefer, trained where there is none."""
    if not recipes.recognisers_by_preference(recognition.summaries(), data.fingerprint):
        for _ in RecogniserJob(recipes.recogniser_config(datasets.info(data.name))).run():
            pass
    first, *_ = recipes.recognisers_by_preference(recognition.summaries(), data.fingerprint)
    return recognition.open_reader(first.recogniser_id, data)


@torch.inference_mode()
def samples(model: Trained) -> NDArray[np.uint8]:
    """What random codes draw, (N_SAMPLES, C, H, W): from the prior, or as the training codes are spread."""
    z = np.random.default_rng(0).standard_normal((N_SAMPLES, model.run.model.n_latents), np.float32)
    if not model.run.config.kind.has_prior:
        z = latent.fit(latent.training_codes(model).z).draw(N_SAMPLES, seed=0)
    x_hat: NDArray[np.uint8] = model.model.draw(torch.from_numpy(z)).mul(255).round().to(torch.uint8).numpy()
    return x_hat


def row(config: TrainConfig, reader: ImageReader) -> Iterator[str]:
    model = trained(config)
    run, last = model.run, model.run.epochs[-1]
    yield run.run_id
    yield f"{config.beta:g}" if config.kind.has_prior else ""
    yield f"{run.seconds:.0f}"
    yield f"{run.test_mse:.4f}"
    yield "" if run.kl is None else f"{run.kl:.1f}"
    yield "" if last.n_active is None else f"{last.n_active}"
    confidences = reader.read(samples(model)).confidences
    for level in CONFIDENCES:
        yield f"{(confidences > level).mean():.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latent-size", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=10)
    args = parser.parse_args()
    data = datasets.load("mnist")
    reader = reader_of(data)
    settings = {"latent_size": args.latent_size, "epochs": args.epochs}
    usual = recipes.train_config(datasets.info("mnist"), "vae", **settings)
    configs = [replace(usual, model="mlp"), *(replace(usual, beta=beta) for beta in BETAS)]
    titles = (
        "",
        "beta",
        "seconds",
        "test MSE",
        "KL (nats)",
        "active",
        *(f"surer than {level:.0%}" for level in CONFIDENCES),
    )
    rows = [tuple(row(config, reader)) for config in configs]
    print(tabulate(rows, titles, tablefmt="github", disable_numparse=True))


if __name__ == "__main__":
    main()
