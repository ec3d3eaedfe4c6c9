"""Files and links of an earlier version open: tests/files/version_0_2 was written by commit 8236052."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from autoenc import checkpoints, datasets, export, runs, sweeps
from autoenc.inspection import open_run
from autoenc.jobs import TrainJob
from autoenc.schema import Noise, State, TrainConfig
from tests.test_links import address
from tests.visits import laboratory, opened, settle

FILES = Path(__file__).parent / "files" / "version_0_2"
MLP, CONV, UNFINISHED = "digits-mlp-k1-e2-04802a94", "digits-conv-k2-e1-1c1c7694", "digits-mlp-k2-e3-0587536c"
SWEEP = "digits-sweep-e2-4320aef2"


@pytest.fixture(scope="module", autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("place")
    shutil.copytree(FILES, place / "checkpoint")
    with laboratory(place):
        yield place


@pytest.fixture(autouse=True)
def _settled(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(place, monkeypatch)


@pytest.fixture
def checkpoint_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the files that a test may change."""
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(tmp_path / "checkpoint"))
    return shutil.copytree(FILES, tmp_path / "checkpoint")


# ---------------------------------------------------------------- files


def test_runs_are_listed_without_a_complaint() -> None:
    summaries, complaints = checkpoints.summaries()
    assert complaints == ()
    by_id = runs.by_id(summaries)
    assert by_id.keys() == {MLP, CONV, UNFINISHED}
    conv = by_id[CONV]
    assert conv.config == TrainConfig(
        "digits", "conv", latent_size=2, epochs=1, noise=Noise("gaussian", 0.3), train_images=200
    )
    assert (conv.finished, conv.n_latents, conv.concurrent_jobs) == (True, 392, 0)
    assert conv.test_mse == pytest.approx(0.1237444, abs=1e-7)
    assert (by_id[UNFINISHED].finished, by_id[UNFINISHED].epochs_done) == (False, 1)


@pytest.mark.parametrize("run_id", [MLP, CONV])
def test_a_finished_run_still_has_its_history_and_its_model(run_id: str) -> None:
    run = checkpoints.read(run_id)
    assert run.finished
    assert [epoch.concurrent_jobs for epoch in run.epochs] == [0] * run.config.epochs
    assert len(run.previews) == run.config.epochs + 1
    trained = open_run(run_id)
    assert trained.run.config.run_id(trained.data.fingerprint) == run_id, "the same settings, the same name"


def test_a_run_is_exported(checkpoint_dir: Path, tmp_path: Path) -> None:
    files = {path.name for path in export.export(CONV, tmp_path / "out")}
    assert len(files) >= 4
    head, row = (tmp_path / "out" / CONV / "history.csv").read_text().splitlines()
    assert head == "epoch,train_loss,test_loss,test_psnr_db,seconds,test_seconds,threads,beside,stood_still"
    assert row.startswith("1,0.1261")


def test_an_unfinished_run_is_trained_to_its_end(checkpoint_dir: Path) -> None:
    before = checkpoints.read(UNFINISHED)
    with closing(TrainJob(before.config).run()) as records:
        for _ in records:
            pass
    after = checkpoints.read(UNFINISHED)
    assert (after.finished, len(after.epochs), after.resumed_from_epoch) == (True, 3, 1)
    assert after.epochs[0] == before.epochs[0], "the first epoch is not trained again"


def test_a_sweep_is_opened_with_its_owner_and_its_runs() -> None:
    sweep = sweeps.find(SWEEP)
    assert sweep is not None
    assert sweeps.newest(["digits"]) == SWEEP
    assert (sweep.owner, sweep.wanted, sweep.alone) == ("a visitor of an earlier version", True, False)
    points = sweeps.points(
        sweep, datasets.info("digits").image_shape, {}, runs.by_id(checkpoints.summaries()[0])
    )
    assert [(point.run_id, point.state) for point in points] == [
        (MLP, State.FINISHED),
        ("digits-mlp-k2-e2-0587536c", None),
    ]


# ---------------------------------------------------------------- links

SETTINGS = {
    **{"dataset": "digits", "model": "conv", "latent_size": "6", "layers": "2", "stride": "1", "epochs": "3"},
    **{"batch_size": "64", "learning_rate": "0.002", "decay_epochs": "2", "noise": "blur:0-1.2"},
    **{"train_images": "500", "seed": "5"},
}
VIEW = {"view": "images", "by": "epoch", "log": "False", "order": "worst", "class": "7", "image": "11"}
# Page, address: all that an address of that version could hold, with values that are not the usual ones.
# /foreign, which is /picture now: test_server and the browser tests.
LINKS: list[tuple[str, dict[str, str]]] = [
    ("train", {**SETTINGS, "run": MLP, **VIEW}),
    ("train", {"run": CONV, "view": "images", "order": "shuffled", "shuffle": "3"}),
    ("train", {"run": MLP, "epoch": "1"}),
    *(("train", {"run": MLP, "view": view}) for view in ("errors", "learnt", "model", "export")),
    (
        "sweep",
        {name: text for name, text in SETTINGS.items() if name not in ("model", "latent_size", "layers")}
        | {"models": "conv", "latent_sizes": "2,3", "layers": "1,2", "alone": "True", "sweep": SWEEP}
        | {"point": MLP, "log_size": "False", "log_loss": "False"},
    ),
    *(
        (
            "denoise",
            {"noise": "gaussian:0.2", "dataset": "digits", "plain": MLP, "denoiser": CONV, "spread": "True"}
            | {"methods": "affine,tv", "images": "16", "draw": "2", "question": question},
        )
        for question in ("sizes", "matrix")
    ),
    (
        "denoise",
        {"noise": "gaussian:0.2", "dataset": "digits", "training": UNFINISHED, "by": "epoch", "log": "False"},
    ),
    (
        "picture",
        {"example": "cat", "fit": "tile", "invert": "yes", "runs": f"{CONV},{MLP}"},
    ),
    ("picture", {"from": "draw", "runs": MLP}),
    ("colour", {"dataset": "photos", "model": "mlp", "latent_size": "6", "epochs": "3"}),
    ("colour", {"part": "sweep", "dataset": "photos", "models": "conv", "latent_sizes": "2,3"}),
    (
        "colour",
        {"part": "harder", "colour": "photos", "grey": "digits", "models": "conv-bottleneck"}
        | {"by": "numbers", "error": "lost"},
    ),
    (
        "runs",
        {"find": "digits", "datasets": "digits", "models": "mlp,conv", "finished": "True", "sort": "error"}
        | {"log": "False", "runs": f"{MLP},{CONV}"},
    ),
]


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_a_link_is_read_in_full(page: str, link: dict[str, str]) -> None:
    app = opened(page, **link)
    assert not app.exception
    assert [warning.value for warning in app.warning if "Ignored" in warning.value] == []
    assert link.items() <= address(app).items(), "the page writes the same address"


def test_a_link_without_a_page_opens_train_with_its_settings() -> None:
    app = opened("start", **SETTINGS)
    assert not app.exception
    assert app.button(key="train")
    assert SETTINGS.items() <= address(app).items()
