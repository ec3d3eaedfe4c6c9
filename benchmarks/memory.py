"""What a lesson takes of the machine's memory: `python -m benchmarks.memory [--json FILE]`, on Linux.

A real dashboard. A teacher trains ten models on MNIST (on the digits where it is not here), a sweep of eight
and a denoiser, looks at each of them, and opens Denoise and Your picture. After each part, with all jobs at
their end and everybody idle for a moment, the proportional set size of each process is taken: a page that n
processes share counts as 1/n of a page in each, so that the sum is what the program takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from autoenc import datasets
from benchmarks.browser_session import BrowserSession, opened
from benchmarks.dashboards import Dashboard, dashboard

MB = 10**6
REST_SECONDS = 15  # longer than a page or a worker takes to come to rest
LATENT_SIZES = (1, 2, 4, 8, 16, 32, 64, 128)  # of the sweep
MODELS = ("mlp", "conv")
# What a mapped file belongs to, the first that matches; what has no file is memory of the program itself.
FILES = {
    "PyTorch's libraries": r"/torch/|/nvidia/|/triton/",
    "other libraries": r"\.so\b|/bin/",
    "images": r"\.npy$",
    "other files": r"",
}
ANONYMOUS = "own memory"


@dataclass(frozen=True)
class Process:
    """One process of the dashboard."""

    role: str
    megabytes: dict[str, float]  # by what they belong to

    @property
    def total(self) -> float:
        return sum(self.megabytes.values())


# ---------------------------------------------------------------- the processes


def processes(lab: Dashboard) -> list[Process]:
    """The dashboard, the fork server, the workers.

    What is read from a file is counted once for all of them: where another program has loaded the same
    libraries, the kernel's own numbers are smaller than on a machine without it.
    """
    workers = {process.pid for process in lab.workers()}
    roles = {lab.process.pid: "dashboard"}
    for child in psutil.Process(lab.process.pid).children(recursive=True):
        if "resource_tracker" not in " ".join(child.cmdline()):
            roles[child.pid] = "worker" if child.pid in workers else "fork server"
    maps = {pid: psutil.Process(pid).memory_maps(grouped=True) for pid in roles}
    resident: dict[str, list[int]] = {}
    for one in (one for each in maps.values() for one in each):
        resident.setdefault(one.path, []).append(one.rss - one.anonymous)
    return [Process(role, _by_kind(maps[pid], resident)) for pid, role in roles.items()]


def _by_kind(maps: list[Any], resident: dict[str, list[int]]) -> dict[str, float]:
    megabytes = dict.fromkeys((ANONYMOUS, *FILES), 0.0)
    for one in maps:
        if one.path.startswith("["):
            megabytes[ANONYMOUS] += one.pss / MB
        else:
            everywhere = resident[one.path]
            share = (one.rss - one.anonymous) / max(1, sum(everywhere))
            kind = next(kind for kind, pattern in FILES.items() if re.search(pattern, one.path))
            megabytes[kind] += max(everywhere) * share / MB
            megabytes[ANONYMOUS] += (one.private_dirty + one.shared_dirty / len(everywhere)) / MB
    return megabytes


# ---------------------------------------------------------------- the lesson


async def lesson(lab: Dashboard, dataset: str) -> dict[str, list[Process]]:
    """The processes after each of its parts."""
    parts: dict[str, list[Process]] = {}
    for name, part in _parts(lab, dataset):
        await part
        await asyncio.sleep(REST_SECONDS)
        parts[name] = processes(lab)
        print(f"{name}: {sum(one.total for one in parts[name]):,.0f} MB", file=sys.stderr, flush=True)
    return parts


def _parts(lab: Dashboard, dataset: str) -> Iterator[tuple[str, asyncio.Future[None]]]:
    yield "at the start", asyncio.ensure_future(_begin(lab))
    yield "ten runs", asyncio.ensure_future(_ten_runs(lab, dataset))
    yield "sweep", asyncio.ensure_future(_sweep(lab, dataset))
    yield "Denoise", asyncio.ensure_future(_denoise(lab, dataset))
    yield "Your picture", asyncio.ensure_future(_pictures(lab))


async def _begin(lab: Dashboard) -> None:
    async with opened(lab.address, "", "train") as visitor:
        while not lab.workers() or not visitor.shows("Time: "):
            await asyncio.sleep(0.2)


async def _ten_runs(lab: Dashboard, dataset: str) -> None:
    for model in MODELS:
        for size in (2, 8, 16, 32, 64):
            await _train(lab, f"dataset={dataset}&model={model}&latent_size={size}&epochs=2")


async def _train(lab: Dashboard, settings: str) -> None:
    async with opened(lab.address, settings, "train") as visitor:
        await visitor.press("train")
        await _until_done(visitor)


async def _until_done(visitor: BrowserSession) -> None:
    await asyncio.sleep(1)
    while any(visitor.shows(words) for words in ("Training: ", "Next in line", " ahead")):
        await asyncio.sleep(0.2)


async def _sweep(lab: Dashboard, dataset: str) -> None:
    sizes, n = ",".join(map(str, LATENT_SIZES)), len(LATENT_SIZES)
    link = f"dataset={dataset}&models=mlp&latent_sizes={sizes}&epochs=1"
    async with opened(lab.address, link, "sweep") as visitor:
        await visitor.press("sweep-start")
        while not visitor.shows(f"{n} of {n} done"):
            await asyncio.sleep(0.5)
            await visitor.rerun()


async def _denoise(lab: Dashboard, dataset: str) -> None:
    await _train(lab, f"dataset={dataset}&model=mlp&latent_size=32&epochs=2&noise=gaussian:0-1.0")
    for level in ("0.2", "0.5"):
        async with opened(lab.address, f"dataset={dataset}&noise=gaussian:{level}", "denoise"):
            await asyncio.sleep(REST_SECONDS)  # the curves are measured meanwhile


async def _pictures(lab: Dashboard) -> None:
    for example in ("face", "coffee"):
        async with opened(lab.address, f"example={example}", "picture") as visitor:
            await visitor.rerun()


def measured() -> dict[str, list[Process]]:
    dataset = datasets.default_name()
    datasets.load(dataset)  # prepared once, whatever is measured
    with tempfile.TemporaryDirectory() as name, dashboard(Path(name)) as lab:
        return asyncio.run(lesson(lab, dataset))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    parts = measured()
    print("MB, proportional set size")
    for part, found in parts.items():
        each = ", ".join(f"{one.role} {one.total:,.0f}" for one in found)
        print(f"{part:14} {sum(one.total for one in found):6,.0f}: {each}")
    for one in list(parts.values())[-1]:
        kinds = ", ".join(f"{kind} {value:,.0f}" for kind, value in one.megabytes.items())
        print(f"{one.role:14} {one.total:6,.0f}: {kinds}")
    if args.json:
        values = {part: list(map(asdict, found)) for part, found in parts.items()}
        args.json.write_text(json.dumps(values, indent=1))


if __name__ == "__main__":
    main()
