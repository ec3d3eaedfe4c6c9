"""What a model is trained on: the processor, or a GPU."""

from __future__ import annotations

import torch

from autoenc.errors import ConfigError
from autoenc.schema import DEVICES


def pick(name: str) -> torch.device:
    """`auto` is the GPU where there is one, else the CPU.

    Raises:
        ConfigError: the name is unknown, or there is no GPU.
    """
    if name not in DEVICES:
        raise ConfigError(f"unknown device {name!r}; known: {', '.join(DEVICES)}")
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError("device is cuda, but PyTorch finds no GPU here; use cpu or auto")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda":
        torch.backends.cudnn.deterministic = True  # same config, same losses
    return torch.device(name)


def title() -> str:
    """What `auto` trains on, for people."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return name_of(device).replace("cpu", "CPU")


def name_of(device: torch.device) -> str:
    """`cpu`, or the name of the GPU."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
