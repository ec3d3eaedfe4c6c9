"""Models with a prior: the KL, codes that are drawn with a gradient, training, files, and what is said."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch.distributions import Normal, kl_divergence

from autoenc import checkpoints, export, models, objective, plots, prior, training
from autoenc.captions import configs
from autoenc.captions.remarks import remarks
from autoenc.captions.training import rate_caption
from autoenc.cli.run_summary import run_summary
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError
from autoenc.inspection import Trained, browser_network, decoder_network
from autoenc.schema import Run, StepRecord, Sweep, TrainConfig
from tests.runs import PLAIN, assert_same_state, complaint, made, put, stored, trained

VAE = TrainConfig("digits", "vae", 6, layers=2, epochs=3)


# ---------------------------------------------------------------- the prior


@pytest.mark.parametrize(
    ("mean", "variance", "nats"),
    [  # (mean^2 + variance - 1 - ln variance) / 2
        (0.0, 1.0, 0.0),
        (1.0, 1.0, 0.5),
        (-2.0, 1.0, 2.0),
        (0.0, 4.0, 0.8068528),  # (4 - 1 - 1.3862944) / 2
        (0.0, 0.25, 0.3181472),  # (0.25 - 1 + 1.3862944) / 2
        (2.0, 4.0, 2.8068528),
    ],
)
def test_the_kl_of_a_normal_distribution_is_that_worked_on_paper(
    mean: float, variance: float, nats: float
) -> None:
    assert float(prior.kl(torch.tensor([[mean]]), torch.tensor([[math.log(variance)]]))) == pytest.approx(
        nats
    )


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-8, 4)), min_size=1, max_size=6))
def test_the_kl_is_that_of_pytorch_distributions(values: list[tuple[float, float]]) -> None:
    mean, log_variance = torch.tensor(values, dtype=torch.float64).T
    expected = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0))
    assert prior.kl(mean[None], log_variance[None])[0].tolist() == pytest.approx(expected.tolist(), abs=1e-12)


def test_rounding_puts_no_kl_below_zero() -> None:
    nearly = torch.linspace(-1e-3, 1e-3, 10_001)[:, None]
    assert float(prior.kl(torch.zeros_like(nearly), nearly).min()) >= 0


def test_codes_are_drawn_from_their_distributions() -> None:
    mean = torch.tensor([[3.0, -1.0]]).expand(40_000, 2)
    log_variance = torch.tensor([[0.0, math.log(0.25)]]).expand(40_000, 2)
    z = prior.drawn(mean, log_variance, torch.Generator().manual_seed(0))
    assert z.mean(0).tolist() == pytest.approx([3, -1], abs=0.03)  # six standard errors
    assert z.std(0).tolist() == pytest.approx([1, 0.5], abs=0.03)


def test_a_drawn_code_has_the_gradient_of_its_distribution() -> None:
    """z = mean + sigma x noise: 1 by the mean, (z - mean) / 2 by the logarithm of the variance."""
    mean = torch.randn(3, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1)).requires_grad_()
    log_variance = torch.full((3, 2), 0.3, dtype=torch.float64, requires_grad=True)

    def draw(mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
        return prior.drawn(mean, log_variance, torch.Generator().manual_seed(2))

    z = draw(mean, log_variance)
    by_mean, by_log_variance = torch.autograd.grad(z.sum(), (mean, log_variance))
    assert torch.equal(by_mean, torch.ones_like(mean))
    assert torch.allclose(by_log_variance, (z - mean).detach() / 2)
    assert torch.autograd.gradcheck(draw, (mean, log_variance))


def test_a_code_value_whose_mean_is_the_same_for_all_images_is_not_active() -> None:
    z = torch.tensor([[2.0, 1.0, 0.0], [2.0, -1.0, 0.15]], dtype=torch.float64)  # variances 0, 1, 0.0056
    assert prior.n_active(z.mean(0), z.square().mean(0)) == 1


# ---------------------------------------------------------------- the model


def test_its_code_is_the_mean_and_its_head_is_counted() -> None:
    shape = (1, 8, 8)
    model, info = models.build(VAE, shape), models.describe(VAE, shape)
    x = torch.rand(3, *shape)
    mean, log_variance = model.posterior(x)
    assert torch.equal(mean, model.encoder(x))
    assert torch.equal(model(x), model.decoder(mean))
    assert tuple(log_variance.shape) == (3, *info.code_shape) == (3, 6)
    assert info.n_parameters == sum(p.numel() for p in model.parameters())
    assert len(info.layers) == len(model.encoder) + len(model.decoder)
    (head,) = info.heads
    assert (head.part, head.output_shape) == ("encoder", (6,))
    assert "Linear (log variance)" in str(info)
    assert models.describe(PLAIN, shape).heads == ()


def test_the_loss_is_the_squared_error_of_an_image_and_beta_times_the_kl() -> None:
    shape, x = (3, 4, 5), torch.rand(7, 3, 4, 5)
    config = replace(VAE, beta=2.5, layers=1)
    model = models.build(config, shape)
    mse, kl = objective.loss_and_rate(model, x, x, torch.Generator().manual_seed(3))
    mean, log_variance = model.posterior(x)
    x_hat = model.decoder(prior.drawn(mean, log_variance, torch.Generator().manual_seed(3)))
    errors = (x_hat - x).square().sum((1, 2, 3))
    loss = mse + objective.rate_weight(config, shape) * kl
    expected = (errors + 2.5 * prior.kl(mean, log_variance).sum(1)).mean() / 60
    assert float(loss.detach()) == pytest.approx(float(expected.detach()), rel=1e-5)


def test_the_test_error_is_that_of_the_mean_code_and_draws_nothing(digits: Dataset) -> None:
    run, state = trained(VAE, digits)
    x = training.as_float(torch.from_numpy(digits.test))
    with torch.no_grad():
        mean, log_variance = state.model.posterior(x)
        mse = float((state.model.decoder(mean) - x).square().mean())
        kl = float(prior.kl(mean, log_variance).sum(1).mean())
    last = run.epochs[-1]
    assert (last.test_loss, last.test_kl) == (pytest.approx(mse, rel=1e-5), pytest.approx(kl, rel=1e-5))
    assert last.n_active == int((mean.double().var(0, correction=0) > 0.01).sum())


def test_its_steps_tell_their_kl(digits: Dataset) -> None:
    state = training.begin(VAE, digits, "cpu")
    records = list(training.train(state, digits, VAE))
    assert all(record.rate is not None for record in records if isinstance(record, StepRecord))
    run, _ = trained(VAE, digits, epochs=1)
    begun = replace(run, epochs=())
    assert begun.after(StepRecord(1, (0.1,), rate=8.0)).kl == 8.0
    assert run.after(StepRecord(2, (0.1,), rate=8.0)).kl == run.epochs[-1].test_kl
    assert trained(PLAIN, digits, epochs=1)[0].kl is None


def test_a_larger_beta_gives_codes_that_tell_less_and_images_that_are_worse(digits: Dataset) -> None:
    config = replace(VAE, epochs=20, learning_rate=3e-3)
    small, large = (trained(replace(config, beta=beta), digits)[0].epochs[-1] for beta in (0.1, 2.0))
    assert small.test_kl is not None
    assert large.test_kl is not None
    assert large.test_kl < 0.8 * small.test_kl
    assert large.test_loss > small.test_loss


def test_a_code_that_collapses_is_noticed_and_said(digits: Dataset) -> None:
    run, _ = trained(replace(VAE, beta=500.0), digits)
    assert run.epochs[-1].n_active == 0
    loss, collapse = remarks(run)
    assert loss.startswith("Trained with the squared error of an image + 500 x KL.")
    assert collapse.startswith(
        "6 of 6 code values carry nothing: the same for every image (posterior collapse)."
    )
    assert "carry nothing" in run_summary(run)
    one_idle = replace(run, epochs=(replace(run.epochs[-1], n_active=5),))
    assert remarks(one_idle)[-1].startswith("1 of 6 code values carries nothing")
    all_active = replace(run, epochs=(replace(run.epochs[-1], n_active=6),))
    assert remarks(all_active) == (loss,)


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize("beta", [0.0, -1.0, math.nan, 1001.0, "much", True, None])
def test_an_impossible_beta_is_refused(beta: object) -> None:
    with pytest.raises(ConfigError, match=r"beta is .*; allowed: more than 0, at most 1,000"):
        TrainConfig(model="vae", beta=beta)  # type: ignore[arg-type]


def test_a_model_with_a_prior_is_not_trained_for_its_bytes() -> None:
    with pytest.raises(
        ConfigError, match="VAE cannot be trained for its bytes; choose MLP or Conv bottleneck"
    ):
        TrainConfig(model="vae", rate_weight=0.1)


def test_beta_belongs_to_the_name_of_a_run_only_where_there_is_a_prior() -> None:
    assert VAE.run_id("f") != replace(VAE, beta=2.0).run_id("f")
    assert PLAIN.run_id("f") == replace(PLAIN, beta=2.0).run_id("f")
    assert "beta" not in PLAIN.to_json()
    assert VAE.to_json()["beta"] == 1.0
    for config in (PLAIN, VAE, replace(VAE, beta=0.5)):
        assert TrainConfig.from_json(config.to_json()) == config


def test_runs_of_before_there_was_a_prior_keep_their_names() -> None:
    for path in sorted(Path("autoenc/examples/checkpoints").glob("*.safetensors")):
        run = checkpoints.read_file(path)
        assert run.config.run_id(run.fingerprint) == path.stem
    assert TrainConfig().run_id("0123456789abcdef") == "mnist-mlp-k32-e10-ffd0cd9c"


def test_a_sweep_keeps_its_beta_whichever_model_comes_first() -> None:
    sweep = Sweep(replace(PLAIN, beta=4.0), ("mlp", "vae"), (2,))
    assert [config.beta for config in sweep.configs()] == [1.0, 4.0]
    assert Sweep.from_json(sweep.to_json()) == sweep
    assert Sweep(replace(PLAIN, beta=4.0), ("mlp",), (2,)) == Sweep(PLAIN, ("mlp",), (2,))
    assert "beta 4" in configs.every_setting_of_sweep(sweep)
    assert "beta" not in configs.every_setting_of_sweep(Sweep(PLAIN, ("mlp",), (2,)))


def test_its_names_say_which_beta_where_it_is_not_the_usual_one() -> None:
    other = replace(VAE, layers=1, beta=4.0)
    assert (configs.short(replace(VAE, layers=1)), configs.short(other)) == ("VAE 6", "VAE 6, beta 4")
    assert "beta 4" in configs.title(other)
    assert "beta" not in configs.title(VAE)
    assert "beta 4" in configs.every_setting(other)
    assert configs.differences([other, replace(other, beta=1.0)]) == ("VAE 6, beta 4", "VAE 6, beta 1")


# ---------------------------------------------------------------- files, and other programs


def test_its_file_gives_it_back_with_its_kl(digits: Dataset) -> None:
    run, state = trained(VAE, digits)
    stored(run, state)
    back, model = checkpoints.load_trained(run.run_id)
    assert back.epochs == run.epochs
    x = training.as_float(torch.from_numpy(digits.test[:8]))
    for ours, theirs in zip(model.posterior(x), state.model.posterior(x), strict=True):
        assert torch.equal(ours, theirs)


def test_a_continued_run_is_the_uninterrupted_one(digits: Dataset) -> None:
    whole, state = trained(VAE, digits)
    part, stopped = trained(VAE, digits, epochs=2)
    stored(part, stopped)
    resumed = training.begin(VAE, digits, "cpu")
    checkpoints.restore(resumed, part.run_id, VAE.epochs)
    *_, last = training.train(resumed, digits, VAE)
    assert (last.train_kl, last.test_kl) == (whole.epochs[-1].train_kl, whole.epochs[-1].test_kl)
    assert_same_state(resumed, state)


def test_its_file_is_imported(digits: Dataset, tmp_path: Path) -> None:
    run, state = trained(VAE, digits)
    elsewhere = stored(run, state).rename(tmp_path / "copy.safetensors")
    assert checkpoints.import_file(elsewhere) == run.run_id
    assert checkpoints.read(run.run_id).epochs == run.epochs


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda tensors: tensors.pop("history.kl"), "history.kl"),
        (lambda tensors: tensors["history.kl"].fill_(-1), "history.kl holds numbers below 0"),
        (lambda tensors: tensors["history.kl"].fill_(math.nan), "history.kl holds NaN"),
        (lambda tensors: tensors["history.kl"].fill_(7), "counts other code values than there are"),
        (lambda tensors: tensors["history.kl"].fill_(2.5), "counts other code values than there are"),
    ],
)
def test_a_file_with_an_impossible_kl_is_refused(
    change: object, why: str, digits: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sample = made(VAE, digits, tmp_path_factory)
    put(sample.run_id, sample.with_tensors(change))  # type: ignore[arg-type]
    assert why in complaint(sample.run_id, digits)


def test_the_browser_gets_what_draws_and_not_the_head(digits: Dataset) -> None:
    run, state = trained(VAE, digits, epochs=1)
    opened = Trained(run, digits, state.model)
    network = browser_network(opened)
    assert len(network.layers) == len(run.model.layers)
    assert network.weights.size == run.model.n_parameters - run.model.heads[0].n_parameters
    assert decoder_network(opened).layers[0]["input"] == [6]


def test_its_kl_is_in_what_other_programs_are_given(digits: Dataset, tmp_path: Path) -> None:
    run, state = trained(VAE, digits)
    stored(run, state)
    told = export.run_as_json(run)
    for name in ("train_kl", "test_kl", "n_active"):
        assert told[name] == [getattr(epoch, name) for epoch in run.epochs]
    assert told["config"]["beta"] == 1.0
    rows = list(csv.DictReader(io.StringIO(export.history_csv(run))))
    assert [float(row["test_kl"]) for row in rows] == told["test_kl"]
    assert [int(row["n_active"]) for row in rows] == told["n_active"]
    export.write_tensorboard(run, tmp_path)
    events = EventAccumulator(str(tmp_path), {"scalars": 0}).Reload().Scalars("kl/test")
    assert [event.value for event in events] == pytest.approx(told["test_kl"], rel=1e-6)
    assert "nats per image" in run_summary(run)


def test_other_models_say_nothing_of_a_kl(digits: Dataset) -> None:
    run, state = trained(PLAIN, digits)
    stored(run, state)
    assert "kl" not in export.history_csv(run).partition("\n")[0]
    assert "n_active" not in export.run_as_json(run)
    assert "KL" not in run_summary(run)
    assert rate_caption(run) == ""


def _numbers(run: Run, name: str) -> list[float]:
    return [getattr(epoch, name) for epoch in run.epochs]


def test_the_chart_of_the_kl_has_a_point_an_epoch_for_training_and_test(digits: Dataset) -> None:
    run, _ = trained(VAE, digits)
    lines = {line.name: line for line in plots.kl(run).data}
    for name, field in (("train", "train_kl"), ("test", "test_kl")):
        assert list(lines[name].x) == [1, 2, 3]
        assert list(lines[name].y) == pytest.approx(_numbers(run, field))
    assert rate_caption(run).startswith("After epoch 3 the KL is ")
