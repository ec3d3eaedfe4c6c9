"""A training job is done here and now: with a bar on a terminal, with a line an epoch elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from typing import Generic, NoReturn, TypeVar

import torch
from tqdm import tqdm

from autoenc import cores, memory
from autoenc.cli.printing import waiting
from autoenc.jobs import Job
from autoenc.neighbours import Neighbours, beside
from autoenc.schema import EpochRecord, Recogniser, RecogniserEpoch, Run

V = TypeVar("V", Run, Recogniser)


@dataclass(frozen=True)
class Wording(Generic[V]):
    """What progress is told in."""

    size: Callable[[V], str]  # of what is trained
    epoch: Callable[[V], str]  # how good it was after its last epoch
    brief: Callable[[V], str]  # the same beside a bar


def trained(job: Job, kind: type[V], wording: Wording[V]) -> V:
    """What the job has trained; its first record is of this kind."""
    value: V | None = None
    memory.check_fits(job.needed_bytes(), memory.free_bytes())
    with cores.joined(torch.get_num_threads()) as mine, closing(_Progress(job.job_id, wording)) as progress:
        torch.set_num_threads(1)
        useful, share_at = beside(Neighbours(), mine.n_cores, job.threads), 0.0
        say = waiting()
        with closing(job.run()) as records:
            for record in records:
                begins = isinstance(record, kind)
                value = record if isinstance(record, kind) else value and value.after(record)
                assert value is not None, "the first record of a training job is what it trains"
                if begins:
                    progress.begin(value)
                elif isinstance(record, EpochRecord | RecogniserEpoch):
                    progress.epoch(value)
                progress.show(value.done)
                if monotonic() >= share_at and not value.finished:
                    torch.set_num_threads(mine.wait(useful, tell=say))
                    share_at = monotonic() + cores.SHARE_SECONDS
    assert value is not None
    return value


class _Progress(Generic[V]):
    def __init__(self, name: str, wording: Wording[V]) -> None:
        self.name = name
        self.wording: Wording[V] = wording
        self.bar: tqdm[NoReturn] | None = None

    def begin(self, value: V) -> None:
        if value.finished:
            note = "is already on disk"
        elif value.resumed_from_epoch:
            note = f"continues after epoch {value.resumed_from_epoch:,} of {value.config.epochs:,}"
        else:
            note = f"starts: {self.wording.size(value)}"
        print(f"{self.name} {note}", file=sys.stderr)
        if sys.stderr.isatty() and not value.finished:
            form = "{percentage:3.0f}% |{bar}| {elapsed} elapsed, {remaining} left{postfix}"
            self.bar = tqdm(total=1.0, initial=value.done, bar_format=form, leave=False)

    def epoch(self, value: V) -> None:
        n, last = len(value.epochs), value.epochs[-1]
        if self.bar is not None:
            self.bar.set_postfix_str(f"epoch {n:,}, {self.wording.brief(value)}")
            return
        print(
            f"epoch {n:,} of {value.config.epochs:,}: {self.wording.epoch(value)}, "
            f"{last.seconds + last.test_seconds:.2f} s",
            file=sys.stderr,
            flush=True,
        )

    def show(self, done: float) -> None:
        if self.bar is not None:
            self.bar.update(done - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
