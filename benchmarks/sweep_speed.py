"""What a sweep gains from running several at once: `python -m benchmarks.sweep_speed [--json FILE]`.

The MLP sweep 1, 2, 4 ... 128 on full MNIST, ten epochs each, in turns: through the background sessions, as
the page and the command line do it, and one run after the other with all cores (at most four), in the same
code, checkpoints included. The lab's loop is timed for one epoch of each model, after one to warm up, and
multiplied by ten. Then how long another page takes to answer while a sweep is under way.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import monotonic, sleep

import torch

from autoenc import checkpoints, datasets, sweeps
from autoenc.jobs import TrainJob
from autoenc.schema import Sweep, TrainConfig
from autoenc.sessions.dask import DaskSessions
from autoenc.sweeps import SavedSweep
from benchmarks.browser_session import BrowserSession, opened
from benchmarks.dashboards import dashboard
from benchmarks.training_speed import Side

SWEEP = Sweep(TrainConfig(), ("mlp",), tuple(2**i for i in range(8)))
TURNS = 3
RERUNS = 20  # of another page, without and with a sweep
LINK = "dataset=mnist&models=mlp,conv&latent_sizes=1,2,4,8,16,32,64,128&epochs=10"


@dataclass(frozen=True)
class Result:
    """Seconds are medians over TURNS."""

    n_cores: int
    n_workers: int
    sweep_seconds: float  # through the sessions
    one_by_one_seconds: float
    lab_seconds: float  # ten times one epoch of each model
    page_ms: float  # a rerun of the page Runs on an idle machine
    page_ms_in_sweep: float


def sweep_seconds(sessions: DaskSessions) -> float:
    """From the click to the last checkpoint; then all is deleted, so that the next turn starts afresh."""
    data = datasets.load(SWEEP.base.dataset)
    run_ids = tuple(config.run_id(data.fingerprint) for config in SWEEP.configs())
    began = monotonic()
    sweeps.begin(sessions, SavedSweep(SWEEP, data.fingerprint, run_ids))
    while any((job := sessions.snapshot(run_id)) and job.state.active for run_id in run_ids):
        sleep(0.02)
    seconds = monotonic() - began
    for run_id in run_ids:
        checkpoints.delete(run_id)  # which raises where one was not trained
        sessions.forget(run_id)
    return seconds


def one_by_one_seconds() -> float:
    """The same jobs in one process, with as many threads as there are cores, at most four."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUTOENC_CHECKPOINT_DIR"] = folder
        torch.set_num_threads(min(4, os.cpu_count() or 1))
        began = monotonic()
        for config in SWEEP.configs():
            for _ in TrainJob(config, "cpu").run():
                pass
        return monotonic() - began


def lab_seconds() -> float:
    """Ten times one epoch of each model, after one to warm up."""
    total = 0.0
    for config in SWEEP.configs():
        lab = Side("lab", config)
        lab.epoch()
        total += config.epochs * lab.epoch()[0]
        lab.close()
    return total


async def page_ms(address: str) -> tuple[float, float]:
    """Rerun of the page Runs: idle, and while a sweep is under way that somebody watches."""
    async with opened(address, page_name="runs") as other:
        await asyncio.sleep(15)  # the workers are up, the speed is measured, the first example is trained
        idle = await _rerun_ms(other)
        async with opened(address, LINK, page_name="sweep") as watcher:
            await watcher.press("sweep-start")
            while not watcher.shows("at work"):
                await asyncio.sleep(0.1)
            await asyncio.sleep(3)
            busy = await _rerun_ms(other)
            assert watcher.shows("at work"), "the sweep has ended too soon"
    return idle, busy


async def _rerun_ms(session: BrowserSession) -> float:
    """Median of some, asked for as a person might."""
    seconds = []
    for _ in range(RERUNS):
        seconds.append(await session.rerun())
        await asyncio.sleep(0.3)
    return 1000 * median(seconds)


def run() -> Result:
    """Measure all of it."""
    os.environ |= {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "1000"}  # as workers: docs/decisions/0003
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["AUTOENC_CHECKPOINT_DIR"] = folder
        sessions = DaskSessions()
        sessions.wait_until_ready()
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            turns = [
                (sweep_seconds(sessions), process.submit(one_by_one_seconds).result()) for _ in range(TURNS)
            ]
        n_cores, n_workers = sessions.n_cores, sessions.n_workers
        sessions.close()
    together, one_by_one = (median(turn[side] for turn in turns) for side in (0, 1))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, dashboard(Path(folder)) as lab:
        idle, busy = asyncio.run(page_ms(lab.address))
    return Result(n_cores, n_workers, together, one_by_one, lab_seconds(), idle, busy)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", metavar="FILE", type=Path)
    args = parser.parse_args()
    measured = run()
    sweep, one_by_one, lab = measured.sweep_seconds, measured.one_by_one_seconds, measured.lab_seconds
    print(
        f"MLP 1, 2, 4 ... 128, ten epochs each, {measured.n_cores} cores:\n"
        f"{sweep:6.1f} s through the sessions, {measured.n_workers} at a time\n"
        f"{one_by_one:6.1f} s one after the other, {one_by_one / sweep:.2f} times as long\n"
        f"{lab:6.0f} s the lab's loop, from one epoch each, {lab / sweep:.1f} times as long\n"
        f"A rerun of the page Runs: {measured.page_ms:.0f} ms, "
        f"during a sweep {measured.page_ms_in_sweep:.0f} ms, "
        f"{measured.page_ms_in_sweep / measured.page_ms:.2f} times as long"
    )
    if args.json is not None:
        args.json.write_text(json.dumps(asdict(measured), indent=1))


if __name__ == "__main__":
    main()
