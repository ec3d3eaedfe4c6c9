"""What a background session costs over the bare loop: wall seconds of the same runs, taking turns."""

from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median
from time import monotonic, sleep

from autoenc import jobs
from autoenc.schema import State, TrainConfig
from autoenc.sessions.dask import DaskSessions
from benchmarks.training_speed import our_epochs

EPOCHS, TURNS = 10, 5


def run() -> float:
    """Print and return the ratio of the medians, session (with its checkpoints) over bare loop."""
    os.environ |= {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "1000"}  # as workers: docs/decisions/0003
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUTOENC_CHECKPOINT_DIR"] = folder
        sessions = DaskSessions(n_workers=1)
        sessions.wait_until_ready()
        process = ProcessPoolExecutor(1, get_context("spawn"))
        bare, through = [], []
        for seed in range(TURNS + 1):  # the first turn warms up
            config = TrainConfig(latent_size=32, epochs=EPOCHS, seed=seed)
            bare.append(process.submit(_bare_seconds, config).result())
            through.append(_session_seconds(sessions, config))
        process.shutdown()
        sessions.close()
    ratio = median(through[1:]) / median(bare[1:])
    print(
        f"MLP 32, {EPOCHS} epochs: bare loop {median(bare[1:]):.2f} s, "
        f"through a session {median(through[1:]):.2f} s, ratio {ratio:.3f}",
        file=sys.stderr,
    )
    return ratio


def _bare_seconds(config: TrainConfig) -> float:
    """The loop alone, in a process that has done it before."""
    began = monotonic()
    for _ in our_epochs(config):
        pass
    return monotonic() - began


def _session_seconds(sessions: DaskSessions, config: TrainConfig) -> float:
    """From the first sign of the run to its end."""
    job_id = sessions.start(jobs.TrainJob(config))
    began = None
    while (snapshot := sessions.snapshot(job_id)) is not None and snapshot.state.active:
        if began is None and snapshot.state is State.RUNNING:
            began = monotonic()
        sleep(0.01)
    assert began is not None
    return monotonic() - began


if __name__ == "__main__":  # the guard: the workers import this file again
    run()
