"""Models that are trained for their bytes, and how curves of bytes and quality are compared."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from pathlib import Path

import bjontegaard
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from autoenc import export, models, plots, recipes, training
from autoenc.captions import configs
from autoenc.cli.run_summary import run_summary
from autoenc.compression import bd_rate
from autoenc.compression.codec import numbers_of, of_model
from autoenc.compression.spread import quantiles_of
from autoenc.compression.tables import from_quantiles
from autoenc.datasets import Dataset
from autoenc.density import LogisticDensity
from autoenc.errors import ConfigError
from autoenc.schema import RatePoint, Step, StepRecord, TrainConfig
from autoenc.sweeps.comparing import subject
from tests.run_summaries import run as summary
from tests.runs import PLAIN, stored, trained

RATED = replace(PLAIN, latent_size=8, epochs=3, rate_weight=0.05, learning_rate=0.01)
LONGER = replace(RATED, epochs=60)


# ---------------------------------------------------------------- the density


def test_bits_are_those_of_the_logistic_distribution() -> None:
    density = LogisticDensity(2)
    with torch.no_grad():
        density.mean.copy_(torch.tensor([0.0, 1.0]))
        density.log_scale.copy_(torch.tensor([0.0, math.log(2)]))
    # P(0) of scale 1 around 0: tanh(1/4); P(3) of scale 2 around 1: between (3.5 - 1) / 2 and (2.5 - 1) / 2
    first = math.tanh(0.25)
    second = 1 / (1 + math.exp(-1.25)) - 1 / (1 + math.exp(-0.75))
    bits = density.bits(torch.tensor([[0.0, 3.0]]))
    assert bits.tolist() == pytest.approx([-math.log2(first) - math.log2(second)], rel=1e-5)


def test_all_whole_numbers_together_are_certain() -> None:
    density = LogisticDensity(1)
    with torch.no_grad():
        density.log_scale.fill_(1.0)
    z = torch.arange(-200.0, 201.0)[:, None]
    assert float(torch.exp2(-density.bits(z)).sum()) == pytest.approx(1.0, abs=1e-5)


def test_far_from_the_mean_bits_stay_finite_and_have_a_gradient() -> None:
    density = LogisticDensity(1)
    z = torch.tensor([[1000.0]], requires_grad=True)
    bits = density.bits(z)
    bits.sum().backward()
    assert float(bits) == pytest.approx((1000 - 0.5) / math.log(2), rel=0.01)
    assert float(z.grad) == pytest.approx(1 / math.log(2), rel=1e-4)  # type: ignore[arg-type]


def test_the_gradients_of_the_rate_are_those_of_finite_differences() -> None:
    density = LogisticDensity(3).double()
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(4, 3, generator=generator, dtype=torch.float64) * 3
    mean, log_scale = (torch.randn(3, generator=generator, dtype=torch.float64) for _ in range(2))

    def bits(z: torch.Tensor, mean: torch.Tensor, log_scale: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(
            density, {"mean": mean, "log_scale": log_scale}, (z,), method="bits"
        )

    inputs = [tensor.requires_grad_() for tensor in (z, mean, log_scale)]
    assert torch.autograd.gradcheck(lambda z, m, s: _bits(density, z, m, s), inputs)


def _bits(density: LogisticDensity, z: torch.Tensor, mean: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    del density.mean, density.log_scale
    density.mean, density.log_scale = mean, scale  # type: ignore[assignment]
    return density.bits(z)


# ---------------------------------------------------------------- training


def test_a_model_that_is_trained_for_its_bytes_takes_fewer_of_them(digits: Dataset) -> None:
    cheap, _ = trained(replace(LONGER, rate_weight=0.3), digits)
    dear, _ = trained(replace(LONGER, rate_weight=0.001), digits)
    assert cheap.test_bits is not None
    assert dear.test_bits is not None
    assert cheap.test_bits < 0.8 * dear.test_bits
    assert cheap.epochs[-1].test_loss > dear.epochs[-1].test_loss


def test_its_code_is_whole_numbers(digits: Dataset) -> None:
    _, state = trained(RATED, digits)
    x = training.as_float(torch.from_numpy(digits.test[:8]))
    z = state.model.encoder(x)
    assert torch.equal(state.model(x), state.model.draw(z.round()))
    assert not torch.equal(state.model(x), state.model.draw(z))


def test_its_steps_tell_their_bits_and_those_of_others_do_not(digits: Dataset) -> None:
    for config, tells in ((RATED, True), (PLAIN, False)):
        state = training.begin(config, digits, "cpu")
        steps = [record for record in training.train(state, digits, config) if isinstance(record, StepRecord)]
        assert all((record.rate is not None) == tells for record in steps)


def test_what_it_learns_of_bits_is_what_files_take(digits: Dataset) -> None:
    run, state = trained(LONGER, digits)
    quantiles = quantiles_of(state.model.encoder, torch.from_numpy(digits.train))
    codec = of_model(state.model, run.model, quantiles=quantiles)
    numbers = numbers_of(codec, digits.test, Step(1, 0))
    tables = from_quantiles(quantiles, Step.nearest(1, quantiles.exponent))
    from autoenc.compression.codec import estimated_bits

    assert run.test_bits == pytest.approx(float(estimated_bits(numbers, tables).mean()), rel=0.15)


def test_its_file_gives_it_back_with_its_bits(digits: Dataset) -> None:
    from autoenc import checkpoints

    run, state = trained(RATED, digits)
    stored(run, state)
    back, model = checkpoints.load_trained(run.run_id)
    assert [epoch.test_bits for epoch in back.epochs] == [epoch.test_bits for epoch in run.epochs]
    x = training.as_float(torch.from_numpy(digits.test[:8]))
    assert torch.equal(model(x), state.model(x))


def test_a_continued_run_is_the_uninterrupted_one(digits: Dataset) -> None:
    from autoenc import checkpoints

    whole, _ = trained(RATED, digits)
    part, state = trained(RATED, digits, epochs=2)
    stored(part, state)
    resumed = training.begin(RATED, digits, "cpu")
    checkpoints.restore(resumed, part.run_id, RATED.epochs)
    *_, last = training.train(resumed, digits, RATED)
    assert (last.test_loss, last.test_bits) == (whole.epochs[-1].test_loss, whole.epochs[-1].test_bits)


def test_a_model_on_paper_shows_that_its_code_is_rounded() -> None:
    info = models.describe(RATED, (1, 8, 8))
    assert next(layer.name for layer in info.layers if layer.part == "decoder") == "Round"
    assert info.code_shape == (8,)


@pytest.mark.parametrize("weight", [0.0, -1.0, math.nan, 1001.0, "much", True])
def test_an_impossible_weight_is_refused(weight: object) -> None:
    with pytest.raises(ConfigError, match="rate weight is"):
        TrainConfig(rate_weight=weight)  # type: ignore[arg-type]


def test_a_model_whose_code_is_channels_is_not_trained_for_its_bytes() -> None:
    with pytest.raises(
        ConfigError, match="Conv cannot be trained for its bytes; choose MLP or Conv bottleneck"
    ):
        TrainConfig(model="conv", rate_weight=0.1)


def test_runs_without_a_weight_keep_their_names_and_their_settings() -> None:
    config = TrainConfig()
    assert "rate_weight" not in config.to_json()
    assert TrainConfig.from_json(config.to_json()) == config
    rated = TrainConfig(rate_weight=0.1)
    assert TrainConfig.from_json(rated.to_json()) == rated
    assert rated.run_id("f") != config.run_id("f")


# ---------------------------------------------------------------- two curves


def curve(*pairs: tuple[float, float]) -> list[RatePoint]:
    """Points of bytes and PSNR."""
    return [
        RatePoint(i, 100, round(100 * n_bytes), 10 ** (-psnr / 10)) for i, (n_bytes, psnr) in enumerate(pairs)
    ]


def test_half_the_bytes_at_every_quality_is_minus_half() -> None:
    ours = curve((10, 20), (20, 24), (40, 28))
    theirs = curve((20, 20), (40, 24), (80, 28))
    assert bd_rate(ours, theirs) == pytest.approx(-0.5)
    assert bd_rate(theirs, ours) == pytest.approx(1.0)


def test_the_order_of_the_knob_and_points_that_others_beat_do_not_matter() -> None:
    ours = curve((10, 20), (20, 24), (40, 28))
    theirs = curve((20, 20), (40, 24), (80, 28))
    shuffled = [theirs[2], theirs[0], *curve((50, 23)), theirs[1]]
    assert bd_rate(ours, shuffled) == pytest.approx(-0.5)


def test_curves_that_share_no_quality_are_not_compared() -> None:
    assert bd_rate(curve((10, 20), (20, 24)), curve((20, 25), (40, 28))) is None
    assert bd_rate(curve((10, 20)), curve((20, 15), (40, 28))) is None
    assert bd_rate([], []) is None
    assert bd_rate(curve((10, 20), (20, math.inf)), curve((20, 15), (40, 28))) is None


@given(st.lists(st.tuples(st.floats(1, 1.5), st.floats(0.5, 4)), min_size=4, max_size=8), st.floats(0.3, 3))
def test_the_difference_is_that_of_the_package_bjontegaard(
    steps: list[tuple[float, float]], factor: float
) -> None:
    rates, psnrs = [10.0], [20.0]
    for more, better in steps:
        rates.append(rates[-1] * (more + 0.1))
        psnrs.append(psnrs[-1] + better)
    points = [
        RatePoint(i, 10**6, round(10**6 * r), 10 ** (-p / 10))
        for i, (r, p) in enumerate(zip(rates, psnrs, strict=True))
    ]
    shifted = [psnr + 0.3 for psnr in psnrs]
    others = [
        RatePoint(i, 10**6, round(10**6 * factor * r), 10 ** (-p / 10))
        for i, (r, p) in enumerate(zip(rates, shifted, strict=True))
    ]
    expected = bjontegaard.bd_rate(
        [point.bytes_per_image for point in others],
        [point.psnr_db for point in others],
        [point.bytes_per_image for point in points],
        [point.psnr_db for point in points],
        method="pchip",
    )
    assert bd_rate(points, others) == pytest.approx(expected / 100, rel=1e-6, abs=1e-9)


# ---------------------------------------------------------------- what is said of it


def test_its_names_say_that_it_is_for_few_bytes() -> None:
    config = replace(RATED, layers=2, rate_weight=0.04)
    assert configs.short(config) == "MLP 8, few bytes (0.04)"
    assert configs.short(replace(config, layers=1)) == "MLP 8, 1 layer, few bytes (0.04)"
    assert "2 layers, few bytes (0.04)" in configs.title(config)
    assert "few bytes (0.04)" in configs.every_setting(config)
    assert "few bytes" not in configs.every_setting(PLAIN)
    apart = configs.differences([config, replace(config, rate_weight=None)])
    assert apart == ("MLP 8, few bytes (0.04)", "MLP 8, small error")


def test_runs_of_one_name_are_told_apart_by_their_epochs_and_only_those() -> None:
    config, plain = replace(RATED, layers=2, rate_weight=0.04, epochs=10), replace(PLAIN, latent_size=8)
    names = configs.short_names([config, replace(config, epochs=30), plain, replace(config, latent_size=4)])
    assert names[:2] == ("MLP 8, 10 epochs, few bytes (0.04)", "MLP 8, 30 epochs, few bytes (0.04)")
    assert names[2:] == (configs.short(plain), "MLP 4, few bytes (0.04)")
    of_others = [config, replace(config, dataset="mnist", epochs=30)]  # which no list calls by one name
    assert configs.short_names(of_others) == ("MLP 8, few bytes (0.04)",) * 2


def test_its_bits_are_in_what_other_programs_are_given(digits: Dataset, tmp_path: Path) -> None:
    run, state = trained(RATED, digits)
    stored(run, state)
    bits = [epoch.test_bits for epoch in run.epochs]
    told = export.run_as_json(run)
    assert (told["test_bits"], told["config"]["rate_weight"]) == (bits, 0.05)
    rows = list(csv.DictReader(io.StringIO(export.history_csv(run))))
    assert [float(row["test_bits"]) for row in rows] == bits
    export.write_tensorboard(run, tmp_path)
    events = EventAccumulator(str(tmp_path), {"scalars": 0}).Reload().Scalars("bytes_per_image/test")
    assert [event.value for event in events] == pytest.approx([(n or 0) / 8 for n in bits], rel=1e-6)
    assert "bytes of code per image" in run_summary(run)
    plain, state = trained(PLAIN, digits)
    stored(plain, state)
    assert "test_bits" not in export.history_csv(plain)
    assert "bytes of code" not in run_summary(plain)


def test_the_chart_of_bytes_has_a_point_an_epoch(digits: Dataset) -> None:
    run, _ = trained(RATED, digits)
    (line,) = plots.code_bytes(run).data
    assert list(line.x) == [1, 2, 3]
    assert list(line.y) == pytest.approx([(epoch.test_bits or 0) / 8 for epoch in run.epochs])


def test_runs_for_small_errors_are_preferred_and_compared() -> None:
    plain, rated = summary(), summary(rate_weight=0.04)
    assert recipes.by_preference([rated, plain], {}) == [plain, rated]
    lines = subject("MNIST", plain.fingerprint, 784, [rated, plain]).lines
    assert [[point.config for point in line] for line in lines] == [[plain.config]]
