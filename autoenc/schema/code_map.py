"""Codes laid out in a plane by a method that takes its time."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CodeMap:
    """The places of the first test images, as far as the method has come."""

    dataset: str
    run_id: str
    points: bytes = field(default=b"", repr=False)  # float32, little-endian: (N, 2)
    done: float = 0.0  # fraction, 0 to 1

    @property
    def doing(self) -> str:
        return "Placing the images"

    @property
    def n_images(self) -> int:
        return len(self.points) // (2 * array("f").itemsize)
