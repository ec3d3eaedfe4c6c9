"""How many random codes draw something legible: `python -m benchmarks.samples [--epochs N]`.

Of MNIST, a model with a prior and the plain one of the same layers are trained (once; their runs stay in the
checkpoint folder). A thousand codes are drawn, for the one from N(0, I), for the other from the normal
distribution that fits the codes of its training images, and the best recogniser that is there reads what they
draw. A sample counts as legible where the recogniser is surer than CONFIDENCE of one digit, whichever.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import torch
from tabulate import tabulate
from torch import Tensor
from torch.distributions import MultivariateNormal

from autoenc import checkpoints, datasets, recipes, recognition, training
from autoenc.datasets import Dataset
from autoenc.jobs import RecogniserJob, TrainJob
from autoenc.models import Autoencoder
from autoenc.recognition import ImageReader
from autoenc.schema import Run, TrainConfig

N_SAMPLES = 1000
CONFIDENCE = 0.9
BETAS = (0.3, 1.0, 3.0)


def trained(config: TrainConfig) -> tuple[Run, Autoencoder]:
    """The run and its model, from its file where there is one."""
    job = TrainJob(config)
    for _ in job.run():
        pass
    return checkpoints.load_trained(job.job_id)


def reader_of(data: Dataset) -> ImageReader:
    """The recogniser to prefer, trained where there is none."""
    if not recipes.recognisers_by_preference(recognition.summaries(), data.fingerprint):
        for _ in RecogniserJob(recipes.recogniser_config(datasets.info(data.name))).run():
            pass
    first, *_ = recipes.recognisers_by_preference(recognition.summaries(), data.fingerprint)
    return recognition.open_reader(first.recogniser_id, data)


@torch.inference_mode()
def random_codes(run: Run, model: Autoencoder, data: Dataset) -> Tensor:
    """(N_SAMPLES, k): from the prior, or else as the codes of the training images are spread."""
    torch.manual_seed(0)
    if run.config.kind.has_prior:
        return torch.randn(N_SAMPLES, run.config.latent_size)
    batches = torch.split(torch.from_numpy(data.train[:10_000]), 1000)
    codes = torch.cat([model.encoder(training.as_float(batch)) for batch in batches]).double()
    jitter = 1e-6 * torch.eye(codes.shape[1], dtype=torch.float64)  # a code value may be the same for all
    return MultivariateNormal(codes.mean(0), torch.cov(codes.T) + jitter).sample((N_SAMPLES,)).float()


def row(config: TrainConfig, reader: ImageReader, data: Dataset) -> tuple[str, ...]:
    run, model = trained(config)
    with torch.inference_mode():
        samples = model.decoder(random_codes(run, model, data)).mul(255).round().to(torch.uint8)
    legible = (reader.read(samples.numpy()).confidences > CONFIDENCE).mean()
    n_active = run.epochs[-1].n_active
    return (
        run.run_id,
        f"{config.beta:g}" if config.kind.has_prior else "",
        f"{run.seconds:.0f}",
        f"{run.test_mse:.4f}",
        "" if run.kl is None else f"{run.kl:.1f}",
        "" if n_active is None else f"{n_active}",
        f"{legible:.1%}",
    )


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
    titles = ("", "beta", "seconds", "test MSE", "KL (nats)", "active", f"read, surer than {CONFIDENCE:.0%}")
    rows = [row(config, reader, data) for config in configs]
    print(tabulate(rows, titles, tablefmt="github", disable_numparse=True))


if __name__ == "__main__":
    main()
