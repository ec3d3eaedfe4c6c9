"""What a page costs while a class waits: `python -m benchmarks.long_queue [--students N] [--json FILE]`.

A real dashboard with one worker, which is busy all the time. A visitor starts a sweep of a hundred sizes and
looks at it: not one of its runs can begin. Then every other student of the class starts such a sweep, and the
visitor looks again: the same page in the same state, with many more runs in the queue. The ratio of the
two times is what counts, because both come from the same machine in the same minutes. It is the exit status,
too: 1 if it is above MAX_RATIO.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from autoenc.schema import TrainConfig
from benchmarks.browser_session import BrowserSession, opened
from benchmarks.dashboards import dashboard

SIZES = tuple(range(1, 101))
LOOKS = 15
MAX_RATIO = 2.0
LONG = TrainConfig(dataset="digits", model="conv", latent_size=64, layers=2, epochs=1000)


@dataclass(frozen=True)
class Result:
    """Seconds of the whole page of a sweep that waits, each the median of LOOKS looks."""

    students: int
    waiting_alone: int  # jobs in the queue as the dashboard counts them: the visitor's sweep
    waiting: int  # all sweeps
    alone_seconds: float
    seconds: float
    starting_seconds: float  # the median student's click on the button that starts a hundred runs

    @property
    def ratio(self) -> float:
        return self.seconds / self.alone_seconds


def _link(seed: int) -> str:
    sizes = ",".join(map(str, SIZES))
    return f"dataset=digits&models=mlp&latent_sizes={sizes}&epochs=1000&seed={seed}"


async def _keep_busy(address: str) -> None:
    """The one worker has work for longer than all this takes."""
    link = f"dataset=digits&model=conv&latent_size={LONG.latent_size}&layers={LONG.layers}&epochs=1000"
    async with opened(address, link, "train") as first:
        while not first.shows("Time: **"):
            await asyncio.sleep(0.1)
        await first.press("train")
        while not first.shows("Training: "):
            await asyncio.sleep(0.1)


async def _waiting(address: str) -> int:
    """What the front page counts."""
    async with opened(address) as teacher:
        (metric,) = [text for text in teacher.texts if text.startswith("Waiting: ")]
        return int(metric.removeprefix("Waiting: ").replace(",", ""))


async def _looked(visitor: BrowserSession) -> float:
    await visitor.rerun()
    median_seconds = median([await visitor.rerun() for _ in range(LOOKS)])
    state = f"0 of {len(SIZES)} done, 0 running"
    assert visitor.shows(state), f"the sweep does not wait: {visitor.texts}"
    return median_seconds


async def _measured(address: str, students: int) -> Result:
    await _keep_busy(address)
    async with opened(address, _link(0), "sweep") as visitor:
        started = [await visitor.press("sweep-start")]
        waiting_alone, alone = await _waiting(address), await _looked(visitor)
        for seed in range(1, students):
            async with opened(address, _link(seed), "sweep") as student:
                started.append(await student.press("sweep-start"))
            print(f"{seed + 1} of {students} have started theirs", file=sys.stderr, flush=True)
        waiting, seconds = await _waiting(address), await _looked(visitor)
    return Result(students, waiting_alone, waiting, alone, seconds, median(started))


def run(students: int) -> Result:
    with tempfile.TemporaryDirectory() as name, dashboard(Path(name), AUTOENC_WORKERS="1") as lab:
        return asyncio.run(_measured(lab.address, students))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.long_queue", description="A page while a class waits."
    )
    parser.add_argument("--students", type=int, default=30, help="default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there")
    args = parser.parse_args()
    result = run(args.students)
    before, after = 1000 * result.alone_seconds, 1000 * result.seconds
    print(
        f"the page of a sweep that waits: {before:,.0f} ms with {result.waiting_alone:,} runs in the queue, "
        f"{after:,.0f} ms with {result.waiting:,}; {result.ratio:.2f} times as long "
        f"(target: at most {MAX_RATIO:g}); starting a sweep takes {result.starting_seconds:.1f} s",
        file=sys.stderr,
    )
    if args.json is not None:
        text = json.dumps(asdict(result) | {"ratio": result.ratio}, indent=1)
        args.json.write_text(text + "\n", encoding="utf-8")
    sys.exit(result.ratio > MAX_RATIO)


if __name__ == "__main__":
    main()
