"""The page of colour: which of its parts is open, and its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

import streamlit as st

from autoenc import sweeps
from autoenc.errors import CheckpointError
from ui.colour.comparison import TRAINED, comparable
from ui.core.catalogue import infos, is_colour
from ui.core.links import Address, Param, chosen, held, one_of
from ui.core.sessions import snapshot
from ui.sweep.settings import SWEEP
from ui.train.settings import TRAIN

# The parts of the page, as they stand in a link and on its switch.
PARTS = {"train": "Train", "sweep": "Sweep", "harder": "Is colour harder?"}


def _dataset(name: str, *, colour: bool) -> Param:
    """One of the two that are compared."""
    key = f"equal_{name}"

    def take(text: str) -> None:
        st.session_state[key] = chosen(name, text, {i.name: i.name for i in comparable(colour=colour)})

    def text() -> str | None:
        dataset: str | None = st.session_state.get(key)
        return dataset

    return Param(name, (key,), take, text)


def _models(text: str) -> list[str]:
    known = {model: model for model in TRAINED}
    return [chosen("models", model, known) for model in dict.fromkeys(filter(None, text[:200].split(",")))]


_PART = one_of("part", "train", {part: part for part in PARTS})
_HARDER = (
    _dataset("colour", colour=True),
    _dataset("grey", colour=False),
    held("models", ["mlp"], _models, ",".join, key="equal_models"),
    one_of("by", "ratio", {by: by for by in ("ratio", "numbers")}, key="equal_by"),
    one_of("error", "mse", {error: error for error in ("mse", "psnr", "lost")}, key="equal_measure"),
)
_OF_PART: dict[str, Callable[[Mapping[str, str] | None], Sequence[Param]]] = {
    "train": TRAIN.params,
    "sweep": SWEEP.params,
    "harder": lambda given: _HARDER,
}


def _params(given: Mapping[str, str] | None) -> Sequence[Param]:
    """Those of the part that an address asks for; None: that is open."""
    part = st.session_state.get("part") if given is None else given.get("part")
    return (_PART, *_OF_PART.get(part or "train", TRAIN.params)(given))


def _screen(given: dict[str, str]) -> Iterator[str]:
    """An address of grey images opens nothing here but the part."""
    if (grey := next(_without_colours(given), None)) is not None:
        page = "Sweep" if given.get("part") == "sweep" else "Train"
        yield f"{grey[:80]} has no colours; open it on the page {page}"
        for name in given.keys() - {"part"}:
            del given[name]


def _without_colours(given: dict[str, str]) -> Iterator[str]:
    """Those of the data set, the run and the sweep of an address that are of grey images."""
    grey = {info.name for info in infos() if not is_colour(info)}
    if (dataset := given.get("dataset")) in grey:
        yield str(dataset)
    if (kept := sweeps.find(given.get("sweep", ""))) is not None and kept.sweep.base.dataset in grey:
        yield kept.sweep_id
    with suppress(CheckpointError):  # whoever reads the link says so
        known = snapshot(given["run"]) if "run" in given else None
        if known is not None and known.run is not None and known.run.config.dataset in grey:
            yield known.job_id


COLOUR = Address(_params, _screen)
