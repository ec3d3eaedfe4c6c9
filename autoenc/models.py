"""The lab's autoencoders, for any image size and number of channels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import torch
from torch import Tensor, nn

from autoenc.convolutions import ConvTranspose2d
from autoenc.density import LogisticDensity
from autoenc.errors import ConfigError
from autoenc.once import once
from autoenc.schema import LayerInfo, ModelInfo, TrainConfig

ImageShape = tuple[int, int, int]  # C, H, W
BOTTLENECK_WIDTH = 32  # channels of the first convolution before a bottleneck


class Autoencoder(nn.Module):
    """An encoder, (B, C, H, W) -> code, and a decoder, code -> (B, C, H, W), pixels in [0, 1]."""

    def __init__(self, encoder: nn.Sequential, decoder: nn.Sequential) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.density: LogisticDensity | None = None  # of the code, where the model is trained for its bytes
        self.log_variance: nn.Linear | None = None  # of the code, where the model has a prior

    def forward(self, x: Tensor) -> Tensor:
        x_hat: Tensor = self.decoder(self.encoder(x))
        return x_hat

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the variance of each code value, (B, k) each, of a model with a prior."""
        assert self.log_variance is not None, "the model has no prior"
        features = self.encoder[:-1](x)
        return self.encoder[-1](features), self.log_variance(features)

    def draw(self, z: Tensor) -> Tensor:
        """What the decoder makes of a code that is not rounded first."""
        x_hat: Tensor = self.drawing(z)
        return x_hat

    @property
    def drawing(self) -> nn.Sequential:
        """The decoder without the rounding before it."""
        return self.decoder[1:] if isinstance(self.decoder[0], Round) else self.decoder


class Round(nn.Module):
    """To whole numbers, which a file can hold; nothing learns through it."""

    def forward(self, x: Tensor) -> Tensor:
        return x.round()


class Crop(nn.Module):
    """Cut (B, C, h, w) to its first `height` rows and `width` columns."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.height, self.width = height, width

    def forward(self, x: Tensor) -> Tensor:
        return x[..., : self.height, : self.width]

    def extra_repr(self) -> str:
        return f"{self.height}, {self.width}"


def mlp(config: TrainConfig, image_shape: ImageShape) -> Autoencoder:
    """Linear layers, widths in equal ratios from the pixels to `latent_size`, ReLU between, sigmoid last."""
    n_pixels = math.prod(image_shape)
    ratio = config.latent_size / n_pixels
    widths = [round(n_pixels * ratio ** (i / config.layers)) for i in range(config.layers + 1)]
    encoder: list[nn.Module] = [nn.Flatten()]
    decoder: list[nn.Module] = []
    for i, (wide, narrow) in enumerate(pairwise(widths)):
        encoder += [nn.ReLU()] * (i > 0) + [nn.Linear(wide, narrow)]
        decoder = [nn.Linear(narrow, wide)] + [nn.ReLU()] * (i > 0) + decoder
    return Autoencoder(
        nn.Sequential(*encoder), nn.Sequential(*decoder, nn.Sigmoid(), nn.Unflatten(1, image_shape))
    )


def vae(config: TrainConfig, image_shape: ImageShape) -> Autoencoder:
    """`mlp`, its code as the mean of a normal distribution, with a head for the variance.

    Kingma and Welling 2013, arXiv:1312.6114.
    """
    model = mlp(config, image_shape)
    last = model.encoder[-1]
    assert isinstance(last, nn.Linear)
    model.log_variance = nn.Linear(last.in_features, last.out_features)
    return model


def conv(config: TrainConfig, image_shape: ImageShape) -> Autoencoder:
    """3x3 convolutions of `latent_size` channels with ReLU, and as many transposed ones back, sigmoid last.

    Raises:
        ConfigError: a layer of stride 2 would find an image of one pixel.
    """
    k, stride = config.latent_size, config.stride
    channels, height, width = image_shape
    encoder: list[nn.Module] = []
    decoder: list[nn.Module] = []
    for i in range(config.layers):
        if stride == 2 and min(height, width) < 2:
            raise ConfigError(f"layers is {config.layers}; at stride 2 images of this size allow {i}")
        c_in = channels if i == 0 else k
        encoder += [nn.Conv2d(c_in, k, 3, stride=stride, padding=1), nn.ReLU()]
        up = ConvTranspose2d(k, c_in, stride)
        crop = [Crop(height, width)] if stride == 2 and (height % 2 or width % 2) else []
        decoder = [up, *crop, nn.ReLU() if i else nn.Sigmoid(), *decoder]
        height, width = math.ceil(height / stride), math.ceil(width / stride)
    return Autoencoder(nn.Sequential(*encoder), nn.Sequential(*decoder))


def conv_bottleneck(config: TrainConfig, image_shape: ImageShape) -> Autoencoder:
    """3x3 convolutions of stride 2, a linear layer to exactly `latent_size` numbers, and back; sigmoid last.

    The first convolution has BOTTLENECK_WIDTH channels, each further one twice as many; ReLU between layers
    but not after the code.

    Raises:
        ConfigError: a layer would find an image of one pixel.
    """
    channels, height, width = image_shape
    encoder: list[nn.Module] = []
    decoder: list[nn.Module] = []
    for i in range(config.layers):
        if min(height, width) < 2:
            raise ConfigError(f"layers is {config.layers}; images of this size allow {i}")
        c_out = BOTTLENECK_WIDTH * 2**i
        encoder += [nn.Conv2d(channels, c_out, 3, stride=2, padding=1), nn.ReLU()]
        up = ConvTranspose2d(c_out, channels, stride=2)
        crop = [Crop(height, width)] if height % 2 or width % 2 else []
        decoder = [up, *crop, nn.ReLU() if i else nn.Sigmoid(), *decoder]
        channels, height, width = c_out, math.ceil(height / 2), math.ceil(width / 2)
    n_features = channels * height * width
    encoder += [nn.Flatten(), nn.Linear(n_features, config.latent_size)]
    back = [nn.Linear(config.latent_size, n_features), nn.ReLU()]
    unflatten = nn.Unflatten(1, (channels, height, width))
    return Autoencoder(nn.Sequential(*encoder), nn.Sequential(*back, unflatten, *decoder))


BUILDERS: dict[str, Callable[[TrainConfig, ImageShape], Autoencoder]] = {
    "mlp": mlp,
    "conv": conv,
    "conv-bottleneck": conv_bottleneck,
    "vae": vae,
}


def build(config: TrainConfig, image_shape: ImageShape) -> Autoencoder:
    """The config's model on the CPU, its weights drawn only from the config's seed.

    Raises:
        ConfigError: the image does not allow this many layers.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return _assembled(config, image_shape)


def _assembled(config: TrainConfig, image_shape: ImageShape) -> Autoencoder:
    model = BUILDERS[config.model](config, image_shape)
    if config.rate_weight is not None:
        model.density = LogisticDensity(config.latent_size)
        model.decoder.insert(0, Round())
    return model


@torch.no_grad()
def draw_at_first(model: Autoencoder, grey: float) -> None:
    """Let a model that has not learnt anything draw about this grey, in [0, 1], instead of one half."""
    last = [layer for layer in model.decoder if isinstance(layer, nn.Linear | nn.ConvTranspose2d)][-1]
    grey = min(max(grey, 0.01), 0.99)
    last.get_parameter("bias").fill_(math.log(grey / (1 - grey)))


@once(maxsize=10_000)  # a folder may hold thousands of runs, and a list asks for all of them
def describe(config: TrainConfig, image_shape: ImageShape) -> ModelInfo:
    """The config's model on paper; made once; costs a millisecond and no memory, however large.

    Raises:
        ConfigError: the image does not allow this many layers.
    """
    with torch.device("meta"):
        model = _assembled(config, image_shape)
    encoder = tuple(_layers("encoder", model.encoder, image_shape))
    code_shape = encoder[-1].output_shape
    decoder = tuple(_layers("decoder", model.decoder, code_shape))
    return ModelInfo(image_shape, code_shape, encoder + decoder, tuple(_heads(model, encoder)))


def _heads(model: Autoencoder, encoder: Sequence[LayerInfo]) -> Iterator[LayerInfo]:
    """What stands beside the encoder's last layer, on the same features."""
    if model.log_variance is not None:
        for layer in _layers("encoder", nn.Sequential(model.log_variance), encoder[-2].output_shape):
            yield replace(layer, name=f"{layer.name} (log variance)")


def _layers(part: str, layers: nn.Sequential, shape: tuple[int, ...]) -> Iterator[LayerInfo]:
    for layer in layers:
        n_inputs = math.prod(shape)
        shape = output_shape(layer, shape)
        match layer:
            case nn.Linear():
                n = layer.in_features * layer.out_features
            case nn.ConvTranspose2d():  # each input number meets each weight of its channel
                n = n_inputs * layer.weight[0].numel()
            case nn.Conv2d():  # each output number meets each weight of its channel
                n = math.prod(shape) * layer.weight[0].numel()
            case _:
                n = 0
        yield LayerInfo(part, _name(layer), shape, sum(p.numel() for p in layer.parameters()), n)


def output_shape(layer: nn.Module, shape: tuple[int, ...]) -> tuple[int, ...]:
    """What a layer makes of an image of this shape, without the batch.

    By hand: to ask a layer on PyTorch's meta device loads 900 modules, a second in every process.
    """
    match layer:
        case nn.Flatten():
            return (math.prod(shape),)
        case nn.Linear():
            return (layer.out_features,)
        case nn.Unflatten():
            return tuple(layer.unflattened_size)
        case Crop():
            return (shape[0], layer.height, layer.width)
        case nn.MaxPool2d(kernel_size=int(side)):
            return (shape[0], *(n // side for n in shape[1:]))
        case nn.ConvTranspose2d() | nn.Conv2d():
            return (layer.out_channels, *(_output_side(layer, i, side) for i, side in enumerate(shape[1:])))
    return shape


def _output_side(layer: nn.Conv2d | nn.ConvTranspose2d, i: int, side: int) -> int:
    kernel, stride, padding = layer.kernel_size[i], layer.stride[i], int(layer.padding[i])
    if isinstance(layer, nn.ConvTranspose2d):
        return (side - 1) * stride - 2 * padding + kernel
    return (side + 2 * padding - kernel) // stride + 1


def _name(layer: nn.Module) -> str:
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        height, width = layer.kernel_size
        return f"{type(layer).__name__} {height}x{width}, stride {layer.stride[0]}"
    return type(layer).__name__
