"""What training minimises: the error of the images, and the rate of their codes where that counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from autoenc import prior
from autoenc.models import Autoencoder
from autoenc.schema import TrainConfig


@dataclass(frozen=True)
class Tested:
    """What the test set gave after an epoch; means over its images."""

    loss: float  # MSE per pixel, of rounded codes where the model is trained for its bytes
    rate: float  # of a code: bits of a model that is trained for its bytes, nats of one with a prior, else 0
    n_active: int  # code values that carry something, of a model with a prior, else 0


def rate_weight(config: TrainConfig, image_shape: tuple[int, ...]) -> float:
    """What the rate of a code is multiplied by before it is added to the MSE per pixel; 0: it does not count.

    Of a model with a prior the loss is (squared error of an image + beta x KL) / numbers of the image. With
    beta 1 that is the evidence lower bound of pixels with normal noise of variance 1/2, but for its sign and
    a constant (Kingma and Welling 2013, arXiv:1312.6114; beta: Higgins et al. 2017).
    """
    if config.kind.has_prior:
        return config.beta / math.prod(image_shape)
    return (config.rate_weight or 0.0) / math.prod(image_shape[1:])


def loss_and_rate(
    model: Autoencoder, x_in: Tensor, x: Tensor, draws: torch.Generator
) -> tuple[Tensor, Tensor]:
    """The MSE per pixel, and the rate of a code as in `Tested`; both are means.

    Args:
        x_in, x: (B, C, H, W) in [0, 1], what the model is given and what it is to give back.
        draws: of the noise that stands for rounding, half a step to either side, or around a code's mean.
    """
    if model.log_variance is not None:
        mean, log_variance = model.posterior(x_in)
        z = prior.drawn(mean, log_variance, draws)
        return mse_loss(model.decoder(z), x), prior.kl(mean, log_variance).sum(1).mean()
    z = model.encoder(x_in)
    if model.density is None:
        return mse_loss(model.decoder(z), x), x.new_zeros(())
    z = z + torch.rand(z.shape, generator=draws, device=z.device) - 0.5
    return mse_loss(model.draw(z), x), model.density.bits(z).mean()


def code_and_rates(model: Autoencoder, x_in: Tensor) -> tuple[Tensor, Tensor]:
    """The codes as they are drawn after training, and the rate of each, (B,), as in `Tested`."""
    if model.log_variance is not None:
        mean, log_variance = model.posterior(x_in)
        return mean, prior.kl(mean, log_variance).sum(1)
    z = model.encoder(x_in)
    if model.density is not None:
        return z, model.density.bits(z.round())
    return z, z.new_zeros(len(z))


def rates_of_epoch(config: TrainConfig, train_rate: float, tested: Tested) -> dict[str, Any]:
    """What an EpochRecord says of the rate, where it counts."""
    if config.kind.has_prior:
        return {"train_kl": train_rate, "test_kl": tested.rate, "n_active": tested.n_active}
    return {"test_bits": tested.rate} if config.rate_weight else {}


def mean_over(batches: Sequence[Tensor], values: Tensor) -> float:
    """The mean over images of what is known of each batch, of which the last may be smaller.

    Args:
        batches: (B, ...) each.
        values: a number for each batch.
    """
    sizes = torch.tensor([len(batch) for batch in batches], device=values.device)
    return float((values.double() * sizes).sum() / sizes.sum())
