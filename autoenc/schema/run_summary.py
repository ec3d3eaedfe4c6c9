"""A run in a list: what the head of its file tells."""

from __future__ import annotations

from dataclasses import dataclass

from autoenc.schema.config import TrainConfig


@dataclass(frozen=True)
class RunSummary:
    """What a list of runs shows of one: read only from the header of its file."""

    run_id: str
    config: TrainConfig
    fingerprint: str
    image_shape: tuple[int, int, int]
    n_parameters: int
    n_latents: int
    n_train_images: int
    epochs_done: int
    train_loss: float | None  # None: no epoch yet, or a file of version 0.1
    test_mse: float | None
    seconds: float
    seconds_per_epoch: float  # median, training and test
    images_per_second: float
    device: str
    threads: int
    concurrent_jobs: int | None  # other jobs on the machine meanwhile, at most; None: not known
    attempt: int
    modified: float  # seconds since 1970
    n_bytes: int  # of the file
    earlier_tests: int = 0  # as of a Run
    example: bool = False  # it comes with the program, and is none of the user's own
    version: str = ""  # of the program that wrote the file; "": it does not tell

    @property
    def finished(self) -> bool:
        return self.epochs_done >= self.config.epochs

    @property
    def earlier_test(self) -> bool:
        """As of a Run."""
        return 0 < self.epochs_done <= self.earlier_tests
