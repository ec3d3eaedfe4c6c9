"""The page of colour: which of its parts is open, and its address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from autoenc import sweeps
from autoenc.equal import By, Measure
from autoenc.errors import CheckpointError
from ui.colour.comparison import COMPARED_MODELS, comparable
from ui.core.catalogue import infos, is_colour
from ui.core.links import Address, Param, choice, held, one_of, parts
from ui.core.sessions import snapshot
from ui.core.values import Value
from ui.sweep.settings import SWEEP
from ui.train.settings import TRAIN

# The parts of the page, as they stand in a link and on its switch.
PARTS = {"train": "Train", "sweep": "Sweep", "harder": "Is colour harder?"}

# What a presenter shows one by one.
PRESENTED = {"chart": "Chart", "pictures": "Pictures"}

PART = Value("part", "train")
MODELS = Value("equal_models", ["mlp"])
# The two data sets that are compared; the page knows which are here.
WITH_COLOUR, WITHOUT = Value[str | None]("equal_colour", None), Value[str | None]("equal_grey", None)
SHOWN = Value("equal_shown", "chart")  # by a presenter
BY = Value[By]("equal_by", "ratio")  # what is equal
MEASURE = Value[Measure]("equal_measure", "mse")  # what is drawn


def _dataset(name: str, value: Value[str | None], *, colour: bool) -> Param:
    def take(text: str) -> None:
        value.put(choice(name, text, [info.name for info in comparable(colour=colour)]))

    return Param(name, (value,), take, value.get)


def _models(text: str) -> list[str]:
    return [choice("models", model, COMPARED_MODELS) for model in parts(text, most=200)]


_DIFFICULTY_PARAMS = (
    _dataset("colour", WITH_COLOUR, colour=True),
    _dataset("grey", WITHOUT, colour=False),
    held("models", MODELS, _models, ",".join),
    one_of("show", SHOWN, list(PRESENTED)),
    one_of("by", BY, ("ratio", "numbers")),
    one_of("error", MEASURE, ("mse", "psnr", "lost")),
)
_OF_PART = {"train": TRAIN.params, "sweep": SWEEP.params, "harder": _DIFFICULTY_PARAMS}


def _of_part(given: Mapping[str, str] | None) -> Sequence[Param]:
    """Those of the part that an address asks for; None: that is open."""
    part = PART.get() if given is None else given.get("part")
    return _OF_PART.get(part or "train", TRAIN.params)


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
    if (saved := sweeps.find(given.get("sweep", ""))) is not None and saved.sweep.base.dataset in grey:
        yield saved.sweep_id
    with suppress(CheckpointError):  # whoever reads the link says so
        run_snapshot = snapshot(given["run"]) if "run" in given else None
        if (
            run_snapshot is not None
            and run_snapshot.run is not None
            and run_snapshot.run.config.dataset in grey
        ):
            yield run_snapshot.job_id


COLOUR = Address((one_of("part", PART, list(PARTS)),), _of_part, _screen)
