"""The tensors of a file: what is not what it should be is refused in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from autoenc.heads.parsing import REMEDY, HeadFile, open_head


@dataclass(frozen=True)
class RunFile(HeadFile):
    """An open file of a run; its tensors are read when they are asked for."""

    def shape(self, name: str) -> tuple[int, ...]:
        return tuple(self.tensors.get_slice(name).get_shape())

    def tensor(self, name: str, shape: Sequence[int], dtype: torch.dtype) -> Tensor:
        """A tensor, which stays in the file until it is touched; one of another shape is not even read.

        Raises:
            ValueError: it has another shape or type; KeyError or SafetensorError: it is missing.
        """
        if (actual := self.shape(name)) != tuple(shape):
            raise ValueError(f"{name} has shape {actual} instead of {tuple(shape)}")
        tensor: Tensor = self.tensors.get_tensor(name)
        if tensor.dtype != dtype:
            raise ValueError(f"{name} is {tensor.dtype} instead of {dtype}")
        return tensor

    def floats(self, name: str, shape: Sequence[int], dtype: torch.dtype = torch.float32) -> Tensor:
        """As `tensor`, and all of it finite."""
        tensor = self.tensor(name, shape, dtype)
        if not bool(torch.isfinite(tensor).all()):
            raise ValueError(f"{name} holds NaN or infinite numbers")
        return tensor

    def weights(self, name: str, shape: Sequence[int]) -> Tensor:
        """As `floats`; half the bytes are enough for a file that nobody continues."""
        halved = self.tensors.get_slice(name).get_dtype() == "F16"
        return self.floats(name, shape, torch.float16).float() if halved else self.floats(name, shape)

    def measures(self, name: str, shape: Sequence[int], dtype: torch.dtype = torch.float32) -> Tensor:
        """As `floats`, and none of it below zero."""
        tensor = self.floats(name, shape, dtype)
        if bool((tensor < 0).any()):
            raise ValueError(f"{name} holds numbers below 0")
        return tensor


@contextmanager
def open_file(path: Path, name: str = "", remedy: str = REMEDY, what: str = "run") -> Iterator[RunFile]:
    """As `open_head`, with its tensors."""
    with open_head(path, name, remedy, what, framework="pt") as file:
        yield RunFile(file.head, file.tensors, file.stat)
