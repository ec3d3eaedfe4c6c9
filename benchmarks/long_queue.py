"""What a page costs while a class waits: `python -m benchmarks.long_queue [--students N] [--json FILE]`.

A real dashboard with one worker, which is busy all the time. A visitor looks at a sweep of a hundred sizes,
at first with nothing in the queue. Then every student of the class starts such a sweep, the visitor's is one
of them, and the visitor looks again: the same page, so many runs later. The ratio of the two times is what
counts, because both come from the same machine in the same minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from autoenc import datasets, sweeps
from autoenc.schema import Sweep, TrainConfig
from autoenc.sweeps import Kept
from benchmarks.browser_session import BrowserSession, opened
from benchmarks.dashboards import dashboard

SIZES = tuple(range(1, 101))
LOOKS = 15
MAX_RATIO = 2.0
LONG = TrainConfig(dataset="digits", model="conv", latent_size=64, layers=2, epochs=1000)


@dataclass(frozen=True)
class Result:
    """Seconds of the whole page, the median of LOOKS looks."""

    students: int
    waiting: int  # runs
    empty_seconds: float
    full_seconds: float
    starting_seconds: float  # the median student's click on the button that starts a hundred runs

    @property
    def ratio(self) -> float:
        return self.full_seconds / self.empty_seconds


def _sweep(seed: int) -> Sweep:
    return Sweep(TrainConfig(dataset="digits", epochs=1000, seed=seed), ("mlp",), SIZES)


def _link(seed: int) -> str:
    sizes = ",".join(map(str, SIZES))
    return f"dataset=digits&models=mlp&latent_sizes={sizes}&epochs=1000&seed={seed}"


def _keep(sweep: Sweep) -> str:
    """Have a sweep on the disk that nobody has begun; its name."""
    fingerprint = datasets.load("digits").fingerprint
    run_ids = tuple(config.run_id(fingerprint) for config in sweep.configs())
    kept = Kept(sweep, fingerprint, run_ids, wanted=False)
    sweeps.keep(kept)
    return kept.sweep_id


async def _keep_busy(address: str) -> None:
    """The one worker has work for longer than all this takes."""
    link = f"dataset=digits&model=conv&latent_size={LONG.latent_size}&layers={LONG.layers}&epochs=1000"
    async with opened(address, link, "train") as first:
        while not first.shows("Time: about"):
            await asyncio.sleep(0.1)
        await first.press("train")
        while not first.shows("Training: "):
            await asyncio.sleep(0.1)


async def _looked(visitor: BrowserSession) -> float:
    return median([await visitor.rerun() for _ in range(LOOKS)])


async def _measured(address: str, sweep_id: str, students: int) -> Result:
    await _keep_busy(address)
    link = f"sweep={sweep_id}&{_link(0)}"
    async with opened(address, link, "sweep") as visitor:
        await visitor.rerun()
        empty = await _looked(visitor)
        started = []
        for seed in range(students):
            async with opened(address, _link(seed), "sweep") as student:
                started.append(await student.press("sweep-start"))
            print(f"{seed + 1} of {students} have started theirs", file=sys.stderr, flush=True)
        await visitor.rerun()
        assert visitor.shows("at work"), "the visitor's sweep waits with the others"
        full = await _looked(visitor)
    return Result(students, students * len(SIZES), empty, full, median(started))


def run(students: int) -> Result:
    with tempfile.TemporaryDirectory() as name:
        os.environ["AUTOENC_CHECKPOINT_DIR"] = name
        sweep_id = _keep(_sweep(0))
        with dashboard(Path(name), AUTOENC_WORKERS="1") as lab:
            return asyncio.run(_measured(lab.address, sweep_id, students))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.long_queue", description="A page while a class waits."
    )
    parser.add_argument("--students", type=int, default=30, help="default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there")
    chosen = parser.parse_args()
    result = run(chosen.students)
    print(
        f"{result.waiting:,} runs waiting: the page of a sweep takes {1000 * result.full_seconds:,.0f} ms, "
        f"with an empty queue {1000 * result.empty_seconds:,.0f} ms: {result.ratio:.2f} times "
        f"(target: at most {MAX_RATIO:g}); starting a sweep takes {result.starting_seconds:.1f} s",
        file=sys.stderr,
    )
    if chosen.json is not None:
        text = json.dumps(asdict(result) | {"ratio": result.ratio}, indent=1)
        chosen.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
