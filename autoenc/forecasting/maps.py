"""How long it takes to lay out codes in a plane."""

from __future__ import annotations

from autoenc.forecasting.curves import UNKNOWN, measured_speed
from autoenc.forecasting.machine import Machine
from autoenc.forecasting.several import Part
from autoenc.schema import Forecast

# Seconds on two cores: some for the steps, whatever their points, and some for each point.
STEPS_SECONDS, POINT_SECONDS = 6.0, 2e-3


def code_map(n_images: int, n_latents: int, machine: Machine) -> Part:
    """t-SNE of so many codes: as one took before, else by their number."""
    measured = measured_speed(map_kind(n_images, n_latents))
    if measured is None:
        seconds = STEPS_SECONDS + POINT_SECONDS * n_images
        measured = Forecast(seconds, seconds).out_by(*UNKNOWN)
    return Part(measured, machine.n_cores)


def map_kind(n_images: int, n_latents: int) -> str:
    """What takes as long."""
    return f"map-{n_images}-{n_latents}"
