"""This machine, for forecasts where no page is open."""

from __future__ import annotations

from autoenc import checkpoints, devices
from autoenc.forecasting import Machine
from autoenc.runs import timings
from autoenc.sessions.protocol import Sessions


def machine_of(sessions: Sessions) -> Machine:
    """The machine of these sessions, as if it did nothing else."""
    device = devices.name_of(devices.pick("auto"))
    timed = timings(checkpoints.summaries()[0])
    return Machine(
        sessions.n_cores, sessions.memory_share, sessions.speed(), sessions.n_workers, device, timed
    )
