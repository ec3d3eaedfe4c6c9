"""Small labs for the tests: their models are trained for real, in seconds."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from autoenc import checkpoints, datasets, experiments, report
from autoenc.experiments import Lab, LabSize
from autoenc.jobs import TrainJob
from autoenc.report import Block, Chart, Printed, Results, Section, Table
from autoenc.schema import Run, TrainConfig
from tests.runs import stored, trained

TINY = LabSize(
    "tiny",
    "Tiny",
    "For the tests.",
    epochs=1,
    train_images=None,
    mlp_sizes=(1, 16, 64),
    conv_sizes=(1, 2),
    colour_mlp_sizes=(1, 64),
    colour_conv_sizes=(1, 2),
    more_epochs=2,
    deep_channels=4,
)


GREY, COLOUR = "grey", "colour"
SIDE = 16  # pixels
N_TRAIN, N_TEST = 64, 16  # images of each of two classes; a batch is 128


def put_images(data_folder: Path) -> None:
    """Two data sets of a few images: bright squares and dark ones, with some noise."""
    draws = np.random.default_rng(0)
    for name, shape in ((GREY, (SIDE, SIDE)), (COLOUR, (SIDE, SIDE, 3))):
        for split, n in (("train", N_TRAIN), ("test", N_TEST)):
            for level in (60, 200):
                folder = data_folder / name / split / f"about {level}"
                folder.mkdir(parents=True)
                for i in range(n):
                    image = draws.integers(level - 50, level + 50, shape, np.uint8)
                    Image.fromarray(image).save(folder / f"{i}.png")


def of_few_images(size: LabSize = TINY) -> Lab:
    """These in place of all others, trained for an epoch."""
    grey, colour = (replace(datasets.info(name), default_epochs=1) for name in (GREY, COLOUR))
    return Lab(size, grey, colour, replace(colour, short_title="Hundred"))


def train(*configs: TrainConfig) -> None:
    """Each for real, as one that was never interrupted."""
    for config in dict.fromkeys(configs):
        stored(*trained(config, datasets.load(config.dataset)))


def do(lab: Lab, *keys: str) -> None:
    """All steps of these experiments, in this process, each once."""
    steps = [step for key in keys for step in experiments.experiment(key).steps(lab)]
    for step in dict.fromkeys(steps):
        job = step.make()
        if isinstance(job, TrainJob):
            train(job.config)
        else:
            list(job.run())


def shown(lab: Lab, key: str) -> Section:
    runs, _ = checkpoints.summaries()
    return report.section(experiments.look(lab, None, runs).of(key), Results(lab, runs))


def blocks(lab: Lab, key: str) -> dict[str, Block]:
    """By their keys."""
    return {block.key: block for block in shown(lab, key).blocks}


def numbers(block: Block) -> Table:
    """In a block that has some."""
    table = None
    if isinstance(block, Table):
        table = block
    elif not isinstance(block, Printed):
        table = block.numbers
    assert table is not None, block.key
    return table


def column(table: Table, name: str) -> list[object]:
    at = table.columns.index(name)
    return [row[at] for row in table.rows]


def chart(block: Block) -> Chart:
    assert isinstance(block, Chart)
    return block


def drawn(axis: object) -> list[float]:
    """The values of a trace along `x` or `y`, as plotly writes them: a list, or bytes of an array."""
    if isinstance(axis, dict):
        return np.frombuffer(base64.b64decode(axis["bdata"]), np.dtype(axis["dtype"])).tolist()  # type: ignore[no-any-return]
    assert isinstance(axis, list)
    return [value for value in axis if value is not None]


def run_of(config: TrainConfig) -> Run:
    return checkpoints.read(config.run_id(datasets.load(config.dataset).fingerprint))
