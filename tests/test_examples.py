"""What comes with the program: whole and small, made anew at a command, and apart from the user's own."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autoenc import (
    baselines,
    checkpoints,
    cli,
    datasets,
    denoising,
    examples,
    inspection,
    jobs,
    recipes,
    sweeps,
)
from autoenc.baselines.baseline import mse_of
from autoenc.errors import CheckpointError
from autoenc.examples import making
from autoenc.jobs import BaselineJob, CurveJob, TrainJob
from autoenc.places import EXAMPLE_CHECKPOINTS
from autoenc.schema import BaselineCurve, Preview, Run, State, TrainConfig, usual_levels

FOLDER = Path(examples.__file__).parent
BY_CONFIG = {run.config: run for run in checkpoints.examples()}
EXAMPLE = BY_CONFIG[recipes.EXAMPLE].run_id


@pytest.fixture(autouse=True)
def _nothing_of_the_user_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path / "cache"))


# ---------------------------------------------------------------- whole and small


def test_all_examples_together_have_at_most_three_million_bytes() -> None:
    data = [path for path in FOLDER.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
    assert len(data) > 20
    assert sum(path.stat().st_size for path in data) <= 3_000_000


def test_there_is_an_example_of_every_model_of_a_denoiser_and_of_a_model_in_colour() -> None:
    assert set(BY_CONFIG) == set(recipes.EXAMPLES)
    assert {config.model for config in BY_CONFIG} == {"mlp", "conv", "conv-bottleneck"}
    assert all(run.finished and run.example for run in BY_CONFIG.values())


@pytest.mark.parametrize(
    "config", recipes.EXAMPLES, ids=lambda config: f"{config.model}-{config.latent_size}"
)
def test_an_example_opens_on_the_images_that_come_with_the_libraries(config: TrainConfig) -> None:
    """Its weights are kept with half their digits: its test loss is still the one that its file tells."""
    trained = inspection.open_run(BY_CONFIG[config].run_id)  # which compares the fingerprints
    mse = float(inspection.reconstructions(trained).mse.mean(dtype=np.float64))
    assert mse == pytest.approx(BY_CONFIG[config].test_mse, rel=0.002)
    film = trained.run.previews
    assert (film[0].epoch, film[-1].epoch) == (0, config.epochs)
    assert len(film) >= (2 if config in recipes.SWEEP_EXAMPLE.configs() else 4)


def test_an_example_trained_anew_has_its_losses_within_seed_noise() -> None:
    config = replace(recipes.EXAMPLE, latent_size=8)
    assert config in recipes.EXAMPLES
    for seed, noise in ((0, 0.02), (1, 0.15)):  # the same seed differs with processor and threads only
        run = _trained(replace(config, seed=seed))
        assert run.test_mse == pytest.approx(BY_CONFIG[config].test_mse, rel=noise)
        assert run.train_loss == pytest.approx(BY_CONFIG[config].train_loss, rel=noise)


def _trained(config: TrainConfig) -> Run:
    job = TrainJob(config, "cpu")
    for _ in job.run():
        pass
    stored = job.stored()
    assert stored is not None
    assert stored.run is not None
    assert stored.run.finished
    return stored.run


def test_the_sweep_has_its_runs_and_its_baselines() -> None:
    sweep = recipes.SWEEP_EXAMPLE
    fingerprint = datasets.load(sweep.base.dataset).fingerprint
    saved = sweeps.find(sweep.sweep_id(fingerprint))
    assert saved is not None
    assert saved.example
    assert not saved.wanted
    by_id = {run.run_id: run for run in checkpoints.examples()}
    points = sweeps.points(saved, datasets.load("digits").image_shape, {}, by_id)
    assert [(point.config.latent_size, point.finished) for point in points] == [
        (size, True) for size in sweep.latent_sizes
    ]
    for job in sweeps.baseline_jobs(saved):
        _assert_measured(job)


@pytest.mark.parametrize("dataset", ["digits", "photos"])
def test_the_baselines_of_both_data_sets_are_measured(dataset: str) -> None:
    for baseline in baselines.comparable(None):
        _assert_measured(BaselineJob(baseline, dataset))


def _assert_measured(job: BaselineJob) -> None:
    stored = job.stored()
    assert stored is not None
    assert isinstance(stored.value, BaselineCurve)
    data = datasets.load(job.dataset)
    first = next(iter(job.baseline.coders(data)))
    assert stored.value.points[0].test_mse == pytest.approx(mse_of(data, first.reconstruct), rel=1e-4)


@pytest.mark.parametrize("method", ["noisy", *recipes.USUAL_METHODS, "plain", "denoiser"])
def test_the_curves_that_denoise_shows_first_are_measured(method: str) -> None:
    run_ids = {"plain": EXAMPLE, "denoiser": BY_CONFIG[recipes.DENOISER_EXAMPLE].run_id}
    job = CurveJob("digits", recipes.NOISE, run_ids.get(method, method), usual_levels(recipes.NOISE))
    stored = job.stored()
    assert stored is not None
    assert stored.state is State.FINISHED


def test_the_passes_of_the_front_page_are_what_the_example_makes_of_its_test_images() -> None:
    made, trained = examples.passes(), inspection.open_run(EXAMPLE)
    n = len(made.x)
    assert n == len(made.captions) == 8
    assert np.array_equal(made.x, trained.data.test[:n])
    assert np.array_equal(made.x_hat, inspection.reconstructions(trained).x_hat[:n])
    for x, code in zip(made.x, made.codes, strict=True):
        assert inspection.code(trained, x) == pytest.approx(code, abs=1e-5)
    assert all("dB" in caption for caption in made.captions)


# ---------------------------------------------------------------- made small


def test_of_a_film_more_frames_of_the_beginning_stay_and_the_first_and_the_last_always() -> None:
    image = checkpoints.read(EXAMPLE).previews[0].x_hat
    film = [Preview(12 * epoch, epoch, image) for epoch in range(101)]
    frames = [preview.epoch for preview in making.some_frames(film, 11)]
    assert (frames[0], frames[-1], len(frames)) == (0, 100, 11)
    assert frames == sorted(set(frames))
    assert sum(epoch <= 10 for epoch in frames) >= 5
    assert making.some_frames(film[:5], 11) == tuple(film[:5])


# ---------------------------------------------------------------- apart from the user's own


def test_examples_are_not_counted_as_runs_of_the_user_s_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert checkpoints.summaries() == ((), ())
    assert checkpoints.furthest(recipes.EXAMPLE, BY_CONFIG[recipes.EXAMPLE].fingerprint) is None
    assert sweeps.newest() is None
    assert cli.main(["runs", "list"]) == 0
    assert "no runs in" in capsys.readouterr().out


def test_an_example_cannot_be_deleted() -> None:
    with pytest.raises(
        CheckpointError, match=f"{EXAMPLE} is an example that comes with the program; it stays"
    ):
        checkpoints.delete(EXAMPLE)
    assert (EXAMPLE_CHECKPOINTS / f"{EXAMPLE}.safetensors").is_file()


def test_whoever_asks_for_the_settings_of_an_example_trains_it_and_has_a_run_of_their_own() -> None:
    config = replace(recipes.EXAMPLE, latent_size=1)
    job = TrainJob(config, "cpu")
    assert job.stored() is None
    assert jobs.stored_run(job.job_id) is not None  # what a link to it shows until then
    assert checkpoints.is_example(job.job_id)
    assert _trained(config).resumed_from_epoch == 0
    assert not checkpoints.is_example(job.job_id)
    (own,) = checkpoints.summaries()[0]
    assert (own.run_id, own.example) == (job.job_id, False)
    assert checkpoints.content_hash(job.job_id) != _hash_of_example(job.job_id)
    checkpoints.delete(job.job_id)  # the example is there again
    assert checkpoints.is_example(job.job_id)


def _hash_of_example(run_id: str) -> str:
    own = checkpoints.path_of(run_id)
    aside = own.rename(own.with_suffix(".aside"))
    content_hash = checkpoints.content_hash(run_id)
    aside.rename(own)
    return content_hash


def test_an_example_denoises() -> None:
    data = datasets.load("digits")
    run_id = BY_CONFIG[recipes.DENOISER_EXAMPLE].run_id
    x = np.array(data.test[:16])
    denoise = denoising.model_denoiser(denoising.opened(run_id, data))
    made = denoising.denoised(x, denoising.unit_noise(x.shape, 0), "gaussian", 0.3, denoise)
    noisy = denoising.denoised(x, denoising.unit_noise(x.shape, 0), "gaussian", 0.3, lambda given: given)
    assert made.mean_psnr_db > noisy.mean_psnr_db + 5
    assert math.isfinite(made.mean_ssim)
