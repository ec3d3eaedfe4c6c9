"""Workers and dashboards are killed at random for a long time; nothing that was on disk may be lost.

    python -m tests.soak [--runs 50] [--kills 200] [--minutes 40] [--pause 3] [--seed 0] [--sleep 60]
                         [--at-work]

Visitors of a real dashboard start runs through Streamlit's own protocol, leave, and start again what was
interrupted. An observer reads the files: an epoch that was seen stays, a finished run keeps every byte.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode

import psutil

from autoenc import checkpoints, datasets
from autoenc.errors import CheckpointError, RunUnknown
from autoenc.numerals import counted
from autoenc.schema import Run, TrainConfig
from benchmarks.browser_session import SessionLost, opened
from benchmarks.dashboards import Dashboard, dashboard

IN_FLIGHT = 6  # runs that visitors have asked for at the same time
POLL_SECONDS = 0.25
ASK_SECONDS = 20.0  # until a visitor comes back to a run
DASHBOARD_SHARE = 0.1  # of the kills; the others hit a worker


@dataclass
class Plan:
    n_runs: int = 50
    n_kills: int = 200
    minutes: float = 40
    seed: int = 0
    mean_pause: float = 3.0  # seconds between two kills
    at_work: bool = False  # each kill waits until a run has got further since the last one
    sleep_seconds: float = 0.0  # for which all processes stand still once, as in a laptop that is closed

    def configs(self) -> list[TrainConfig]:
        """A mixture, each a different run, of some seconds each."""
        kinds = [("mlp", 8, 1, 300), ("conv", 4, 1, 60), ("mlp", 32, 2, 200), ("conv", 8, 2, 40)]
        return [
            TrainConfig("digits", model, latent_size, layers, epochs=epochs, seed=i)
            for i in range(self.n_runs)
            for model, latent_size, layers, epochs in [kinds[i % len(kinds)]]
        ]


@dataclass
class Observer:
    """Reads the runs' files and complains of anything that gets lost."""

    seen: dict[str, Run] = field(default_factory=dict)
    whole: dict[str, bytes] = field(default_factory=dict)  # the files of the finished runs
    losses: list[str] = field(default_factory=list)
    n_resumed: int = 0

    def look(self, run_ids: Sequence[str]) -> None:
        for run_id in run_ids:
            if run_id in self.whole:
                if checkpoints.path_of(run_id).read_bytes() != self.whole[run_id]:
                    self.losses.append(f"{run_id}: a finished run has changed")
                continue
            with suppress(RunUnknown):
                self._look(run_id)
            if run_id in self.seen and not checkpoints.path_of(run_id).exists():
                self.losses.append(f"{run_id}: its file is gone")

    def _look(self, run_id: str) -> None:
        try:
            run = checkpoints.read(run_id)
        except RunUnknown:
            raise
        except CheckpointError as error:
            self.losses.append(f"{run_id}: {error}")
            return
        before = self.seen.get(run_id)
        if before is not None:
            n_epochs, n_steps = len(before.epochs), len(before.step_losses)
            if (run.epochs[:n_epochs], run.step_losses[:n_steps]) != (before.epochs, before.step_losses):
                self.losses.append(f"{run_id}: epochs that were on disk are lost or others")
            self.n_resumed += run.attempt > before.attempt
        if len(run.step_losses) != len(run.epochs) * run.steps_per_epoch:
            self.losses.append(f"{run_id}: {len(run.epochs)} epochs with {len(run.step_losses)} steps")
        self.seen[run_id] = run
        if run.finished:
            self.whole[run_id] = checkpoints.path_of(run_id).read_bytes()


@dataclass
class Soak:
    plan: Plan
    folder: Path
    observer: Observer = field(default_factory=Observer)
    kills: Counter[str] = field(default_factory=Counter)
    n_epochs_at_kill: int = 0  # that were on disk at the last kill

    def __post_init__(self) -> None:
        fingerprint = datasets.load("digits").fingerprint
        self.configs = {config.run_id(fingerprint): config for config in self.plan.configs()}
        self.chance, self.targets = random.Random(self.plan.seed), random.Random(self.plan.seed)
        self.began = monotonic()

    @property
    def unfinished(self) -> list[str]:
        return [run_id for run_id in self.configs if run_id not in self.observer.whole]

    @property
    def time_is_up(self) -> bool:
        return monotonic() - self.began > 60 * self.plan.minutes

    @property
    def n_kills(self) -> int:
        return self.kills["worker"] + self.kills["dashboard"]

    @property
    def n_epochs(self) -> int:
        """That were seen on disk, of all runs together."""
        return sum(len(run.epochs) for run in self.observer.seen.values())

    @property
    def may_kill(self) -> bool:
        """At any moment, also while all is starting; or only what has something to lose."""
        return not self.plan.at_work or (bool(self.unfinished) and self.n_epochs > self.n_epochs_at_kill)

    @property
    def has_proved_nothing(self) -> bool:
        """Whether too few were killed, or none that had something on disk and went on from it."""
        return self.n_kills < self.plan.n_kills or (self.plan.n_kills > 0 and not self.observer.n_resumed)

    def run(self) -> None:
        """Until all runs have finished or the time is up; what was lost stands in `observer.losses`."""
        while self.unfinished and not self.time_is_up:
            with dashboard(self.folder) as lab:
                asyncio.run(self._one_dashboard(lab))
                left = psutil.Process(lab.process.pid).children(recursive=True)
                if self.n_kills < self.plan.n_kills and self.unfinished:
                    left = lab.kill()
                    self._count_kill("dashboard")
            _, alive = psutil.wait_procs(left, timeout=20)
            self.observer.losses += [f"left behind: {' '.join(p.cmdline())}" for p in alive]
            self.observer.look(list(self.configs))

    async def _one_dashboard(self, lab: Dashboard) -> None:
        """Returns when this dashboard's time has come, or the work is done."""
        visitors = asyncio.create_task(self._visit(lab))
        try:
            while self.unfinished and not self.time_is_up:
                if self.n_kills >= self.plan.n_kills:
                    await asyncio.sleep(POLL_SECONDS)
                else:
                    await asyncio.sleep(self.chance.expovariate(1 / self.plan.mean_pause))
                    self.observer.look(list(self.configs))
                    if self.may_kill:
                        if self.targets.random() < DASHBOARD_SHARE:
                            return
                        self._kill_a_worker(lab)
                if self.plan.sleep_seconds and self.n_kills >= self.plan.n_kills // 2:
                    await self._sleep(lab)
                self.observer.look(list(self.configs))
                if visitors.done():
                    visitors.result()
        finally:
            visitors.cancel()

    def _kill_a_worker(self, lab: Dashboard) -> None:
        if workers := lab.workers():
            with suppress(psutil.NoSuchProcess):
                self.chance.choice(workers).send_signal(signal.SIGKILL)
                self._count_kill("worker")

    def _count_kill(self, what: str) -> None:
        self.kills[what] += 1
        self.n_epochs_at_kill = self.n_epochs

    async def _sleep(self, lab: Dashboard) -> None:
        processes = [lab.process, *psutil.Process(lab.process.pid).children(recursive=True)]
        for process in processes:
            os.kill(process.pid, signal.SIGSTOP)
        await asyncio.sleep(self.plan.sleep_seconds)
        for process in reversed(processes):
            os.kill(process.pid, signal.SIGCONT)
        self.plan.sleep_seconds = 0

    async def _visit(self, lab: Dashboard) -> None:
        """Ask for the next runs, and now and then again: they may have been given up."""
        asked_at: dict[str, float] = {}
        while True:
            for run_id in self.unfinished[:IN_FLIGHT]:
                if monotonic() >= asked_at.get(run_id, 0) + ASK_SECONDS:
                    with suppress(SessionLost, TimeoutError):
                        await asyncio.wait_for(self._ask_for(lab, run_id), 60)
                        asked_at[run_id] = monotonic()
            await asyncio.sleep(POLL_SECONDS)

    async def _ask_for(self, lab: Dashboard, run_id: str) -> None:
        wanted = {name: value for name, value in self.configs[run_id].to_json().items() if value is not None}
        async with opened(lab.address, urlencode(wanted)) as session:
            await session.press("train")

    def report(self) -> str:
        """What happened, in a few lines."""
        minutes = (monotonic() - self.began) / 60
        workers, dashboards = (counted(self.kills[what], what) for what in ("worker", "dashboard"))
        return "\n".join(
            [
                f"{len(self.observer.whole)} of {len(self.configs)} runs finished in {minutes:.1f} min",
                f"killed: {workers}, {dashboards}",
                f"runs that went on from their last epoch on disk: {self.observer.n_resumed} times seen",
                *(["the kills proved nothing: ask for more runs or longer ones"] * self.has_proved_nothing),
                f"lost: {len(self.observer.losses)}",
                *self.observer.losses,
            ]
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Nothing on disk may be lost.")
    plan = Plan(sleep_seconds=60)
    parser.add_argument("--runs", type=int, default=plan.n_runs, help="default: %(default)s")
    parser.add_argument("--kills", type=int, default=plan.n_kills, help="default: %(default)s")
    parser.add_argument("--minutes", type=float, default=plan.minutes, help="at most; default: %(default)g")
    parser.add_argument("--seed", type=int, default=plan.seed, help="of the kills; default: %(default)s")
    parser.add_argument("--pause", type=float, default=plan.mean_pause, help="mean seconds between two kills")
    parser.add_argument(
        "--sleep", type=float, default=plan.sleep_seconds, help="seconds without any progress"
    )
    parser.add_argument("--at-work", action="store_true", help="kill only while runs get further")
    args = parser.parse_args()
    plan = Plan(args.runs, args.kills, args.minutes, args.seed, args.pause, args.at_work, args.sleep)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUTOENC_CHECKPOINT_DIR"] = folder
        soak = Soak(plan, Path(folder))
        soak.run()
    print(soak.report())
    sys.exit(bool(soak.observer.losses or soak.unfinished or soak.has_proved_nothing))


if __name__ == "__main__":
    main()
