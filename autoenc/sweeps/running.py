"""A sweep is started: its runs go through the background sessions as any others do."""

from __future__ import annotations

from collections.abc import Container

from autoenc.jobs import PcaJob, TrainJob
from autoenc.sessions.protocol import Sessions
from autoenc.sweeps.keeping import Kept


def begin(sessions: Sessions, kept: Kept, but: Container[str] = (), address: str = "") -> None:
    """Have the sweep's runs done, but for the stopped ones, and PCA to compare them with.

    What is under way is joined; what has failed is tried again. Runs with noise are not compared with PCA.

    Args:
        but: run_ids to leave as they are, such as those of finished runs.
        address: of whoever asks; "" for this machine.
    Raises:
        AutoencError: the visitor has too much in the queue; what was started before that stays.
    """
    if not kept.sweep.base.noise:
        sessions.start(linear(kept), kept.by, address=address)
    for run_id, config in zip(kept.run_ids, kept.configs(), strict=True):
        if run_id not in but and run_id not in kept.stopped:
            sessions.start(TrainJob(config), kept.by, alone=kept.alone, address=address)


def linear(kept: Kept) -> PcaJob:
    """The job that fits PCA to the images of this sweep."""
    return PcaJob(kept.sweep.base.dataset, kept.sweep.base.train_images)
