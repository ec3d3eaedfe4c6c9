"""Each setting of a run in a few words, as charts, tables and sentences say it."""

from __future__ import annotations

from autoenc.numerals import counted, setting
from autoenc.schema import MODEL_NAMES, NOISES, Noise, TrainConfig


def setting_words(config: TrainConfig) -> dict[str, str]:
    """Setting -> `learning rate 0.01`, of those that are neither the data set nor the model and its size."""
    return {
        "layers": layers_text(config.layers),
        "stride": f"stride {config.stride}",
        "epochs": counted(config.epochs, "epoch"),
        "batch_size": f"batch {config.batch_size:,}",
        "learning_rate": f"learning rate {setting(config.learning_rate)}",
        "decay_epochs": f"rate decays over {counted(config.decay_epochs, 'epoch')}"
        if config.decay_epochs
        else "constant rate",
        "rate_weight": f"few bytes ({setting(config.rate_weight)})" if config.rate_weight else "small error",
        "beta": f"beta {setting(config.beta)}",
        "noise": noise_caption(config.noise) if config.noise else "no noise",
        "train_images": counted(config.train_images, "image") if config.train_images else "all images",
        "seed": f"seed {config.seed}",
    }


def layers_text(n: int) -> str:
    """`1 layer`, `2 layers`."""
    return "1 layer" if n == 1 else f"{n} layers"


def depth_name(config: TrainConfig) -> str:
    """`MLP`, `Conv, 2 layers`."""
    name = MODEL_NAMES[config.model]
    return name if config.layers == 1 else f"{name}, {layers_text(config.layers)}"


def noise_caption(noise: Noise) -> str:
    """`gaussian noise 0.3`, `blur up to 2 px`."""
    unit = NOISES[noise.kind].unit
    level = f"{'up to ' * noise.up_to}{setting(noise.level)}{unit and ' ' + unit}"
    return f"{noise_name(noise.kind)} {level}"


def noise_name(kind: str) -> str:
    """`gaussian noise`, `blur`."""
    return NOISES[kind].title.split(" (")[0].lower() + " noise" * NOISES[kind].called_noise
