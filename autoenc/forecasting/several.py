"""How long several jobs take that are done at once, and a job beside those that run already."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autoenc import neighbours
from autoenc.forecasting.machine import Machine
from autoenc.schema import Forecast

# What several jobs on the same cores take, as factors of their work divided by the cores: two jobs of a
# thread each get more done than one of two threads, and less where they wait for the same memory.
AT_ONCE = (0.7, 1.25)


@dataclass(frozen=True)
class Part:
    """One of several jobs."""

    forecast: Forecast  # on a machine that does nothing else
    threads: int  # that it makes use of, of all cores


def together(parts: Sequence[Part], machine: Machine, *, alone: bool = False) -> Forecast:
    """Until all are done, on a machine that does nothing else.

    Args:
        alone: one at a time.
    """
    whole = filled(parts, machine, alone=alone)
    several = not alone and machine.n_workers > 1 and len(parts) > 1
    return whole.out_by(*AT_ONCE) if several else whole


def filled(parts: Sequence[Part], machine: Machine, *, alone: bool = False) -> Forecast:
    """The same where the parts say what they take in this very company.

    Several at once fill the cores: the work of all is divided by the cores, but no job any further.
    """
    if alone or machine.n_workers == 1:
        return Forecast.sum(part.forecast for part in parts)
    at_once = min(machine.n_workers, machine.n_cores)
    cores = [max(part.threads, machine.n_cores / at_once) for part in parts]
    work = Forecast.sum(part.forecast.times(n) for part, n in zip(parts, cores, strict=True))
    low = max((part.forecast.low for part in parts), default=0.0)
    high = max((part.forecast.high for part in parts), default=0.0)
    return Forecast(max(work.low / machine.n_cores, low), max(work.high / machine.n_cores, high))


def in_company(forecast: Forecast, threads: int, machine: Machine) -> Forecast:
    """The same beside what runs on the machine now, which may end before it or not.

    Half of the threads cost less than twice the time: threads of one step wait for one another.

    Args:
        threads: of all cores, that it would make use of alone.
    """
    left = neighbours.left(machine.n_cores, machine.busy_cores)
    given = max(1, min(threads, left, machine.n_cores // (machine.n_running + 1)))
    slower = math.sqrt(threads / given) * (AT_ONCE[1] if machine.n_running else 1.0)
    ours = machine.n_cores if machine.n_running else given  # other programs do not share as our jobs do
    crowd = (ours + machine.busy_cores) / machine.n_cores
    if machine.busy_cores >= neighbours.ROOM and crowd > 1:
        slower *= crowd
    return forecast.out_by(1.0, slower)
