"""What it costs when a class watches a run: `python -m benchmarks.viewers [--json FILE] [--chart FILE]`.

A real dashboard, and sessions that ask for what browsers ask for. They live in one process beside it, whose
own CPU time is reported: on a machine with few cores it slows the training down as well, which the browsers
of a class would not do. A run that nobody watches, before and after the others, is what they are compared to.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from time import monotonic, perf_counter

import psutil

from autoenc import checkpoints, datasets
from autoenc.errors import CheckpointError, RunUnknown
from autoenc.plots import COLOUR
from benchmarks.browser_session import BrowserSession, Rerun, opened
from benchmarks.dashboards import dashboard

EPOCHS = {"mnist": 18, "digits": 600}  # about half a minute
PAGE_SECONDS = 1.0  # between two reruns of the whole page, which the first viewer asks for
PATIENCE = 600.0  # seconds for one run


@dataclass(frozen=True)
class Watched:
    """What the viewers of one run met, from the moment that all of them see it until it has finished."""

    run_id: str
    open_ms_p95: float  # first page of a viewer; all of them come at once
    fragment_ms_p50: float
    fragment_ms_p95: float
    page_ms_p50: float
    page_ms_p95: float
    reruns_per_second: float  # of fragments, all viewers together
    answered: float  # fraction of the requests that got a rerun of their own; the others shared one
    kilobytes_per_second: float  # received by each viewer
    dashboard_cores: float  # CPU seconds a second; its workers not included
    clients_cores: float
    others_cores: float  # of programs that have nothing to do with this


@dataclass(frozen=True)
class Row:
    """One number of viewers."""

    viewers: int
    seconds: float  # of training and test, from the checkpoint
    slowdown: float  # against the runs that nobody watched
    watched: Watched


# ---------------------------------------------------------------- the viewers' process


def _watch(address: str, link: str, n_viewers: int, pid: int) -> Watched:
    """Start the run of the link and watch it to its end.

    Raises:
        SessionLost: a viewer lost the dashboard.
        TimeoutError: the run did not end.
    """
    return asyncio.run(asyncio.wait_for(_watch_together(address, link, n_viewers, pid), PATIENCE))


async def _watch_together(address: str, link: str, n_viewers: int, pid: int) -> Watched:
    async with AsyncExitStack() as stack, _started(address, link) as first:

        async def come() -> BrowserSession:
            return await stack.enter_async_context(opened(address, f"run={first.run_id}"))

        viewers = [first, *await asyncio.gather(*(come() for _ in range(n_viewers - 1)))]
        opening = [viewer.page_reruns[0].seconds for viewer in viewers]
        began, before, cpu = perf_counter(), _counted(viewers), _cpu_seconds(pid)
        asking = asyncio.create_task(_ask_for_pages(first))
        while not first.shows("Finished"):
            await asyncio.sleep(0.1)
        asking.cancel()
        seconds = perf_counter() - began
        after, used = _counted(viewers), [b - a for a, b in zip(cpu, _cpu_seconds(pid), strict=True)]
        fragments = [rerun for viewer in viewers for rerun in viewer.fragment_reruns]
        fragment_ms = _milliseconds(fragments, began)
        page_ms = _milliseconds(first.page_reruns, began)
        assert first.run_id is not None
        return Watched(
            first.run_id,
            1000 * _percentile(opening, 95),
            _percentile(fragment_ms, 50),
            _percentile(fragment_ms, 95),
            _percentile(page_ms, 50),
            _percentile(page_ms, 95),
            len(fragment_ms) / seconds,
            min(1.0, (len(fragment_ms) + len(page_ms)) / max(1, after[1] - before[1])),
            (after[0] - before[0]) / 1000 / seconds / n_viewers,
            *(one / seconds for one in used),
        )


@asynccontextmanager
async def _started(address: str, link: str) -> AsyncIterator[BrowserSession]:
    """The first viewer, who has pressed Train."""
    async with opened(address, link) as first:
        while not first.shows("Time: **"):  # the workers are up, and measured
            await asyncio.sleep(0.1)
        await first.press("train")
        while not first.shows("Training: "):
            await asyncio.sleep(0.05)
        yield first


async def _ask_for_pages(viewer: BrowserSession) -> None:
    while True:
        await asyncio.gather(viewer.rerun(), asyncio.sleep(PAGE_SECONDS))


def _start(address: str, link: str) -> str:
    """Start the run of the link, and leave; its run_id."""

    async def start() -> str:
        async with _started(address, link) as first:
            assert first.run_id is not None
            return first.run_id

    return asyncio.run(asyncio.wait_for(start(), PATIENCE))


def _counted(viewers: Sequence[BrowserSession]) -> tuple[int, int]:
    """Bytes and requests so far."""
    return sum(viewer.n_bytes for viewer in viewers), sum(viewer.n_requests for viewer in viewers)


def _cpu_seconds(pid: int) -> tuple[float, float, float]:
    """Of the dashboard without its workers, of this process, and of all that is neither, nor a worker."""
    dashboard, workers = _busy(psutil.Process(pid)), 0.0
    for child in psutil.Process(pid).children(recursive=True):
        workers += _busy(child)
    everything = psutil.cpu_times()
    busy = sum(everything) - everything.idle - getattr(everything, "iowait", 0.0)
    return dashboard, time.process_time(), busy - dashboard - workers - time.process_time()


def _busy(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _milliseconds(reruns: Sequence[Rerun], began: float) -> list[float]:
    """Of those that were asked for after the beginning."""
    return [1000 * rerun.seconds for rerun in reruns if rerun.ended - rerun.seconds >= began]


def _percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else sum(values)


# ---------------------------------------------------------------- the measurement


def _trained_seconds(run_id: str) -> float:
    """Of a run, once it is finished."""
    end = monotonic() + PATIENCE
    while monotonic() < end:
        try:
            run = checkpoints.read(run_id)
        except (RunUnknown, CheckpointError):
            pass
        else:
            if run.finished:
                return run.seconds
        time.sleep(0.5)
    raise TimeoutError(f"{run_id} has not finished")


def run(counts: Sequence[int]) -> list[Row]:
    """One row for each number of viewers, told on stderr as well; MNIST where it is, else the digits."""
    dataset = datasets.default_name()
    link = f"dataset={dataset}&model=conv&latent_size=16&epochs={EPOCHS[dataset]}&seed="
    with tempfile.TemporaryDirectory() as name:
        os.environ["AUTOENC_CHECKPOINT_DIR"] = name
        with (
            dashboard(Path(name), AUTOENC_WORKERS="1") as lab,
            ProcessPoolExecutor(1, get_context("spawn")) as process,
        ):

            def alone(seed: int) -> float:
                return _trained_seconds(process.submit(_start, lab.address, f"{link}{seed}").result())

            alone(1)  # warms up
            alone_seconds = [alone(2)]
            watched = []
            for seed, n in enumerate(counts, 3):
                one = process.submit(_watch, lab.address, f"{link}{seed}", n, lab.process.pid).result()
                watched.append((n, _trained_seconds(one.run_id), one))
                print(f"{n} viewers: {watched[-1][1]:.1f} s", file=sys.stderr, flush=True)
            alone_seconds.append(alone(len(counts) + 3))
    print(f"nobody watching: {', '.join(f'{s:.1f} s' for s in alone_seconds)}", file=sys.stderr)
    return [Row(n, seconds, seconds / median(alone_seconds), one) for n, seconds, one in watched]


def table(rows: Sequence[Row]) -> str:
    """For people."""
    head = "viewers  training    x   fragment ms p50/p95    page ms p50/p95   reruns/s  kB/s each  "
    lines = [head + "cores: dashboard, clients, others"]
    for row in rows:
        w = row.watched
        lines.append(
            f"{row.viewers:7} {row.seconds:7.1f} s {row.slowdown:5.2f} "
            f"{w.fragment_ms_p50:11,.0f} /{w.fragment_ms_p95:7,.0f} "
            f"{w.page_ms_p50:9,.0f} /{w.page_ms_p95:7,.0f} "
            f"{w.reruns_per_second:9.1f} {w.kilobytes_per_second:10.1f} "
            f"{w.dashboard_cores:16.2f} {w.clients_cores:8.2f} {w.others_cores:7.2f}"
        )
    return "\n".join(lines)


# ---------------------------------------------------------------- the chart


def chart(rows: Sequence[Row]) -> str:
    """Two panels against the number of viewers, as SVG: how long a rerun takes, and the slowdown."""
    fragments = [(row.viewers, row.watched.fragment_ms_p95 / 1000) for row in rows]
    pages = [(row.viewers, row.watched.page_ms_p95 / 1000) for row in rows]
    slowdown = [(row.viewers, row.slowdown) for row in rows]
    lines = {"charts and pictures": (COLOUR["train"], fragments), "whole page": (COLOUR["test"], pages)}
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 920 330" font-size="14" '
        'font-family="sans-serif">'
        '<rect width="920" height="330" fill="#ffffff"/>'
        + _panel(0, "Rerun, 95th percentile (s)", lines)
        + _panel(460, "Training time (1: nobody watches)", {"": (COLOUR["mlp"], slowdown)})
        + "</svg>\n"
    )


def _panel(left: int, title: str, lines: dict[str, tuple[str, list[tuple[int, float]]]]) -> str:
    last = max(x for _, line in lines.values() for x, _ in line)
    step = _tick(max(y for _, line in lines.values() for _, y in line))
    top = step * (int(max(y for _, line in lines.values() for _, y in line) / step) + 1)

    def at(x: float, y: float) -> tuple[float, float]:
        return round(left + 60 + 360 * x / last, 1), round(270 - 210 * y / top, 1)

    parts = [f'<text x="{left + 60}" y="26" fill="#1c2430" font-weight="bold">{title}</text>']
    for i in range(round(top / step) + 1):
        x, y = at(0, i * step)
        parts.append(f'<path d="M{x} {y}h360" stroke="#dde2e7"/>')
        parts.append(f'<text x="{x - 8}" y="{y + 5}" text-anchor="end" fill="#4a5563">{i * step:g}</text>')
    for x in sorted({x for _, line in lines.values() for x, _ in line if x == 1 or x >= last / 10}):
        place = at(x, 0)[0]
        parts.append(f'<text x="{place}" y="290" text-anchor="middle" fill="#4a5563">{x}</text>')
    parts.append(f'<text x="{left + 240}" y="314" text-anchor="middle" fill="#1c2430">viewers</text>')
    for i, (name, (colour, line)) in enumerate(lines.items()):
        points = " ".join("{},{}".format(*at(*point)) for point in line)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="3"/>')
        parts += ['<circle cx="{}" cy="{}" r="4" fill="{}"/>'.format(*at(*p), colour) for p in line]
        parts.append(f'<text x="{left + 70 + 170 * i}" y="48" fill="{colour}">{name}</text>')
    return "".join(parts)


def _tick(highest: float) -> float:
    """Between two lines of a scale: 1, 2 or 5 times a power of ten, at most six of them."""
    power = 10.0 ** (len(str(int(highest * 1000))) - 5)
    return next(k * power for k in (1, 2, 5, 10, 20, 50, 100) if highest / (k * power) <= 6)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.viewers", description="A class watches a run."
    )
    parser.add_argument("--counts", default="1,5,10,20,40", help="numbers of viewers; default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="draw them there, as SVG")
    args = parser.parse_args()
    rows = run([int(text) for text in args.counts.split(",")])
    print(table(rows), file=sys.stderr)
    if args.json is not None:
        args.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    if args.chart is not None:
        args.chart.write_text(chart(rows), encoding="utf-8")


if __name__ == "__main__":  # the guard: the process of the viewers imports this file again
    main()
