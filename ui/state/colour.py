"""The page of colour: which of its parts is open, and its address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import streamlit as st

from autoenc import sweeps
from autoenc.errors import CheckpointError
from autoenc.schema import Sweep, TrainConfig
from ui.state.link import keep_link, read_link, read_once
from ui.state.settings import catalogue, is_colour
from ui.state.shared import snapshot
from ui.state.sweeping import keep_sweep_link, read_sweep_link

# The parts of the page, as they stand in a link and on its switch.
PARTS = {"train": "Train", "sweep": "Sweep", "harder": "Is colour harder?"}


def colour_part() -> str:
    """Which part is open."""
    part: str = st.session_state.setdefault("part", "train")
    return part


def open_colour_link() -> tuple[str, ...]:
    """Take what the address says that was opened, once a visit.

    Returns:
        One sentence for each thing in the address that was ignored; the same at every rerun.
    """
    return read_once("colour", lambda: _read_link(st.query_params.to_dict()))


def _read_link(given: dict[str, str]) -> Iterator[str]:
    part = given.pop("part", "train")
    if part not in PARTS:
        yield f"part is {part[:40]!r}; known: {', '.join(PARTS)}"
        part = "train"
    st.session_state["part"] = part
    if (grey := next(_without_colours(given), None)) is not None:
        yield f"{grey[:80]} has no colours; open it on the page {'Sweep' if part == 'sweep' else 'Train'}"
        return
    yield from read_sweep_link(given) if part == "sweep" else read_link(given)


def _without_colours(given: dict[str, str]) -> Iterator[str]:
    """Those of the data set, the run and the sweep of an address that are of grey images."""
    grey = {info.name for info in catalogue() if not is_colour(info)}
    if (dataset := given.get("dataset")) in grey:
        yield str(dataset)
    if (kept := sweeps.find(given.get("sweep", ""))) is not None and kept.sweep.base.dataset in grey:
        yield kept.sweep_id
    with suppress(CheckpointError):  # whoever reads the link says so
        known = snapshot(given["run"]) if "run" in given else None
        if known is not None and known.run is not None and known.run.config.dataset in grey:
            yield known.job_id


def keep_colour_link(asked: TrainConfig | Sweep | None) -> None:
    """Let the address carry what is on the screen, so that it opens the same view elsewhere."""
    part = colour_part()
    also = {} if part == "train" else {"part": part}
    if part == "sweep":
        keep_sweep_link(asked if isinstance(asked, Sweep) else None, also)
    else:
        keep_link(asked if isinstance(asked, TrainConfig) else None, also)
