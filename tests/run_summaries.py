"""Summaries of runs on paper, as a list of a folder has them."""

from typing import Any

from autoenc import models
from autoenc.schema import RunSummary, TrainConfig

GREY, COLOUR = (1, 28, 28), (3, 32, 32)


def run(
    name: str = "",
    *,
    shape: tuple[int, int, int] = GREY,
    data: str = "f",
    done: int = 10,
    mse: float = 0.01,
    example: bool = False,
    **settings: Any,
) -> RunSummary:
    """One of 10 epochs on the images of a fingerprint; of no name: by its settings."""
    config = TrainConfig(**settings)
    info = models.describe(config, shape)
    return RunSummary(
        run_id=name or config.run_id(data),
        config=config,
        fingerprint=data,
        image_shape=shape,
        n_parameters=info.n_parameters,
        n_latents=info.n_latents,
        n_train_images=60_000,
        epochs_done=done,
        train_loss=0.01 if done else None,
        test_mse=mse if done else None,
        seconds=1.0,
        seconds_per_epoch=0.1,
        images_per_second=1e4,
        device="cpu",
        threads=1,
        concurrent_jobs=0,
        attempt=1,
        modified=0.0,
        n_bytes=1,
        example=example,
    )
