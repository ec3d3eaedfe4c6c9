"""A way to compress images, measured at each setting of its knob."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autoenc.compression.measuring import Returned
from autoenc.datasets import Dataset
from autoenc.schema import RatePoint


@dataclass(frozen=True)
class RateSource:
    """It goes to a worker with its job, pickled: its functions stand in modules."""

    name: str  # in files, JSON and CSV
    title: str  # for people: `JPEG, tiled`
    help: str  # what it is, in a few words after its title
    points: Callable[[Dataset], Iterator[RatePoint]]  # of the test images, in the order of the knob
    returned: Callable[[Dataset, float, int], Returned]  # N test images at one setting of the knob
    n_points: int  # how many it gives
    knob: str = "quality"  # what is turned
    lossless: bool = False  # a single point: all images come back exactly
    max_images: int | None = None  # test images that are measured; None: all
    threaded: bool = False  # it makes use of several cores

    @property
    def family(self) -> str:
        """Whatever holds the images: `JPEG` of `JPEG, alone`."""
        return self.title.partition(",")[0]

    @property
    def alone(self) -> bool:
        """Each image is a file of its own."""
        return self.max_images is not None
