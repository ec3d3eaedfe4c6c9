"""A trained model in the three parts that other programs are given, and what the file of each says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from torch import nn

from autoenc import __version__
from autoenc.captions import configs
from autoenc.models import Autoencoder
from autoenc.numerals import counted, short
from autoenc.schema import CodeQuantiles, Run

BATCH = "batch"  # the name of the dimension that may have any length
PIXELS = "pixels in [0, 1]"
TO_UINT8 = "times 255 and rounded they are uint8"


@dataclass(frozen=True)
class TensorInfo:
    """What goes into a part or comes out of it, float32."""

    name: str
    shape: tuple[int, ...]  # without the batch
    text: str  # what the numbers mean, and their range

    def __str__(self) -> str:
        return f"{self.name}: float32 ({', '.join([BATCH, *map(str, self.shape)])}); {self.text}"


@dataclass(frozen=True, eq=False)
class Stage:
    """Layers that end in something with a name."""

    layers: Mapping[str, nn.Module] = field(repr=False)  # named as in the run's file: `encoder.1`
    output: TensorInfo


@dataclass(frozen=True, eq=False)
class Part:
    """What one file holds: the encoder, the decoder, or both."""

    name: str
    purpose: str
    input: TensorInfo
    stages: tuple[Stage, ...]  # one after the other

    @property
    def output(self) -> TensorInfo:
        return self.stages[-1].output


def parts(run: Run, model: Autoencoder) -> tuple[Part, Part, Part]:
    """The encoder, the decoder, and the whole model, which is the one after the other."""
    x = TensorInfo("x", run.model.image_shape, PIXELS)
    x_hat = TensorInfo("x_hat", run.model.image_shape, f"{PIXELS}; {TO_UINT8}")
    z = TensorInfo("z", run.model.code_shape, code_text(run))
    encoder = Stage(_named("encoder", model.encoder), z)
    decoder = Stage(_named("decoder", model.decoder), x_hat)
    return (
        Part("encoder", "image to code", x, (encoder,)),
        Part("decoder", "code to image", z, (decoder,)),
        Part("model", "image to code and back to an image", x, (encoder, decoder)),
    )


def _named(name: str, layers: nn.Sequential) -> dict[str, nn.Module]:
    return {f"{name}.{i}": layer for i, layer in layers.named_children()}


def code_text(run: Run) -> str:
    """What the numbers of a code mean, and their range."""
    config, numbers = run.config, counted(run.model.n_latents, "number")
    if config.kind.code_unit == "channel":
        channels = counted(config.latent_size, "channel")
        text = f"{numbers} in {channels}, 0 or more"
    elif config.kind.has_prior:
        text = f"{numbers} of any size, the means of normal distributions; only training draws from these"
    elif config.rate_weight is not None:
        text = f"{numbers} of any size, not rounded yet: the decoder rounds them, a half to the even number"
    else:
        text = f"{numbers} of any size"
    return text if run.quantiles is None else f"{text}; on the training images {_span(run.quantiles)}"


def _span(quantiles: CodeQuantiles) -> str:
    """The least and the greatest of all values."""
    values = np.ldexp(np.frombuffer(quantiles.data, "<i2").astype(float), quantiles.exponent)
    return f"{short(values.min(), 3)} to {short(values.max(), 3)}"


def preprocessing(run: Run) -> str:
    """How an image becomes the input, and what the images of the training had besides."""
    text = "Divide uint8 pixels by 255, channels first: (batch, channels, height, width). Subtract no mean."
    if run.config.noise is None:
        return text
    noise = configs.noise_caption(run.config.noise)
    return f"{text} In training x had {noise}, clipped to [0, 1]; x_hat was compared with the clean image."


def metadata(run: Run, part: Part) -> dict[str, str]:
    """What stands in a part's file beside its layers."""
    return {
        "run_id": run.run_id,
        "title": configs.title(run.config),
        "dataset": run.config.dataset,
        "config": json.dumps(run.config.to_json()),
        "epochs": str(len(run.epochs)),
        "part": f"{part.name}: {part.purpose}",
        "input": str(part.input),
        "output": str(part.output),
        "code": code_text(run),
        "preprocessing": preprocessing(run),
        "autoenc_version": __version__,
    }
