"""The notebook in examples/ runs from top to bottom, on runs of this machine and where there are none."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from autoenc import checkpoints, datasets, recipes, sweeps
from autoenc.schema import Point, RunSummary, Sweep, TrainConfig
from autoenc.sessions.dask import DaskSessions
from tests.places import lie_in

NOTEBOOK = Path(__file__).parents[1] / "examples" / "report-figure.ipynb"
PLOTLY = "application/vnd.plotly.v1+json"
MAX_LINES = 10  # of a cell


def cells() -> list[Any]:
    notebook: Any = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    return list(notebook.cells)


class _ThisPython(AsyncKernelManager):
    """A kernel of the interpreter that runs the tests, whatever kernels the machine has."""

    @property
    def kernel_spec(self) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")


def outputs() -> list[Any]:
    """Of each cell of code, run in the folder of the notebook with the environment of this test."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": str(NOTEBOOK.parent)}}
    client = nbclient.NotebookClient(
        notebook, timeout=120, resources=resources, km=_ThisPython(), startup_timeout=120
    )
    client.execute(env=os.environ.copy())
    return [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]


def text(cell: list[Any]) -> str:
    return "".join(output.text for output in cell if output.output_type == "stream")


def figure(cell: list[Any]) -> dict[str, Any]:
    (output,) = [one for one in cell if PLOTLY in one.get("data", {})]
    drawn: dict[str, Any] = output.data[PLOTLY]
    return drawn


def dots(cell: list[Any], name: str) -> list[tuple[float, float]]:
    """Where the dots of a line are."""
    (line,) = [trace for trace in figure(cell)["data"] if trace.get("name") == name]
    return [(x, y) for x, y in zip(line["x"], line["y"], strict=True) if y is not None]


def close(places: list[tuple[float, float]]) -> Any:
    """The same places; a figure has numbers of four digits."""
    return [(x, pytest.approx(y, rel=1e-3)) for x, y in places]


def table(cell: list[Any]) -> str:
    (output,) = [one for one in cell if "text/html" in one.get("data", {})]
    return str(output.data["text/html"])


# ---------------------------------------------------------------- the notebook as a file


def test_no_output_is_stored_because_each_machine_has_its_own_runs() -> None:
    code = [cell for cell in cells() if cell.cell_type == "code"]
    assert [cell.outputs for cell in code] == [[]] * len(code)
    assert {cell.execution_count for cell in code} == {None}


def test_cells_are_short_and_each_is_explained() -> None:
    kinds = [cell.cell_type for cell in cells()]
    assert kinds == ["markdown", "code"] * (len(kinds) // 2)
    assert [cell.source for cell in cells() if len(cell.source.splitlines()) > MAX_LINES] == []


# ---------------------------------------------------------------- as people run it


def test_where_there_are_no_runs_it_draws_the_example_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lie_in(tmp_path, monkeypatch)
    _, which, loss, time, numbers, report = outputs()
    assert text(which).startswith("8 runs of digits")
    fingerprint = datasets.load("digits").fingerprint
    runs = [checkpoints.read(config.run_id(fingerprint)) for config in recipes.SWEEP_EXAMPLE.configs()]
    assert dots(loss, "MLP") == close([(run.config.latent_size, run.test_mse or 0.0) for run in runs])
    assert [x for x, _ in dots(loss, "Conv, 2 layers")] == [4]
    assert [x for x, _ in dots(time, "MLP")] == [run.config.latent_size for run in runs]
    assert "0.0566" in table(numbers), "the test loss of latent size 1"
    assert "147,64" in table(report)


def test_runs_that_a_background_session_has_trained_take_the_place_of_the_examples(own_cores: None) -> None:
    sweep = Sweep(TrainConfig("digits", epochs=2), ("mlp", "conv"), (1, 4))
    with DaskSessions(n_workers=1) as sessions:
        *_, points = sweeps.train(sessions, sweep)
    assert all(point.finished for point in points)
    _, which, loss, time, numbers, _ = outputs()
    assert text(which).startswith("4 runs of digits")
    for name, model in (("MLP", "mlp"), ("Conv", "conv")):
        of_model = [point for point in points if point.config.model == model]
        assert dots(loss, name) == close([(p.config.latent_size, p.test_mse or 0.0) for p in of_model])
        assert dots(time, name) == close([(p.config.latent_size, p.seconds) for p in of_model])
    assert all(f"<td>{point.n_latents}</td>" in table(numbers) for point in points)


# ---------------------------------------------------------------- which runs


def runs_of(*configs: TrainConfig, example: bool = False) -> list[RunSummary]:
    """As if these had been trained: with a fingerprint that is the data set's name."""
    (one, *_) = checkpoints.examples()
    return [
        replace(
            one, config=config, fingerprint=config.dataset, run_id=config.run_id(config.dataset),
            epochs_done=config.epochs, test_mse=0.1, example=example,
        )
        for config in configs
    ]  # fmt: skip


def chosen(*runs: RunSummary) -> list[tuple[str, str, int]]:
    points: tuple[Point, ...] = sweeps.like_the_report(runs)
    return [(p.config.dataset, p.config.model, p.config.latent_size) for p in points]


DIGITS = [TrainConfig("digits", latent_size=k) for k in (4, 2, 1)]
MNIST = [TrainConfig("mnist", latent_size=k) for k in (1, 2)]
CONV = [TrainConfig("digits", "conv", 8)]


def test_mnist_comes_before_data_sets_with_more_runs() -> None:
    assert chosen(*runs_of(*DIGITS), *runs_of(*MNIST)) == [("mnist", "mlp", 1), ("mnist", "mlp", 2)]


def test_own_runs_of_two_sizes_come_before_examples_and_one_does_not() -> None:
    examples = runs_of(*MNIST, example=True)
    assert {name for name, *_ in chosen(*runs_of(*DIGITS), *examples)} == {"digits"}
    assert {name for name, *_ in chosen(*runs_of(*DIGITS[:1]), *examples)} == {"mnist"}


def test_both_models_are_there_by_size_and_no_other_model() -> None:
    vae = TrainConfig("digits", "vae", 16)
    assert chosen(*runs_of(*DIGITS, *CONV, vae)) == [
        ("digits", "mlp", 1),
        ("digits", "mlp", 2),
        ("digits", "mlp", 4),
        ("digits", "conv", 8),
    ]
    assert chosen() == []
