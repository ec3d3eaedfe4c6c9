"""Forecasts: paper arithmetic on runs and speeds that were measured somewhere."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Any

import pytest

from autoenc import datasets, forecasting, models, runs, sweeps
from autoenc.datasets import DatasetInfo
from autoenc.denoising.measuring import MAX_SLOW_IMAGES
from autoenc.forecasting import Machine, Part, filled, in_company, seconds_left, together
from autoenc.forecasting.curves import SHARED as SHARED_CURVE
from autoenc.forecasting.left import TRUSTED_RECORDS
from autoenc.forecasting.several import AT_ONCE
from autoenc.forecasting.training import BY_SIZE, ELSEWHERE, SHARED, START
from autoenc.jobs import CurveJob
from autoenc.schema import (
    Epoch,
    Forecast,
    Noise,
    Point,
    Run,
    RunSummary,
    Snapshot,
    State,
    StepRecord,
    Sweep,
    TrainConfig,
)
from autoenc.speed import Speed
from autoenc.sweeps import SavedSweep
from autoenc.sweeps.remaining import BY_OTHERS
from tests.test_plots import run_of

CONFIG = TrainConfig(latent_size=32)
CONV = TrainConfig(model="conv", latent_size=16)
GREY = (1, 28, 28)


def info(name: str = "mnist") -> DatasetInfo:
    return next(info for info in datasets.catalogue() if info.name == name)


def run(config: TrainConfig = CONFIG, **changes: Any) -> RunSummary:
    """A finished one of MNIST that was alone on two cores, seven seconds an epoch."""
    model = models.describe(config, GREY)
    values: dict[str, Any] = {
        "run_id": "mnist-mlp-k32-e10-00000000",
        "config": replace(config, epochs=3, seed=8, learning_rate=0.01),
        "fingerprint": "f",
        "image_shape": GREY,
        "n_parameters": model.n_parameters,
        "n_latents": model.n_latents,
        "n_train_images": 60_000,
        "epochs_done": 3,
        "train_loss": 0.01,
        "test_mse": 0.01,
        "seconds": 21.0,
        "seconds_per_epoch": 7.0,
        "images_per_second": 1e4,
        "device": "cpu",
        "threads": 2 if config.kind.has_convolutions else 1,
        "concurrent_jobs": 0,
        "attempt": 1,
        "modified": 0.0,
        "n_bytes": 0,
    }
    return RunSummary(**values | changes)


def machine(*timed: RunSummary, **changes: Any) -> Machine:
    return replace(Machine(2, n_workers=2, timings=runs.timings(timed)), **changes)


def a_step(seconds: float) -> Speed:
    """Every step takes so long: an epoch of MNIST 469 times as long."""
    return Speed({"mlp": (seconds, 0.0, 0.0), "conv": (seconds, 0.0, 0.0)}, 2)


def epoch(where: Machine, config: TrainConfig = CONFIG, but: tuple[str, ...] = ()) -> Forecast | None:
    return forecasting.epoch(config, info(), where, but)


# ---------------------------------------------------------------- before it begins


def test_nothing_is_expected_before_anything_was_measured() -> None:
    assert epoch(machine()) is None
    assert forecasting.part(CONFIG, info(), machine()) is None


def test_a_model_that_was_never_trained_is_known_by_its_size_alone_and_within_a_range() -> None:
    assert epoch(machine(speed=a_step(0.01))) == Forecast(4.69 * BY_SIZE[0], 4.69 * BY_SIZE[1])


def test_a_run_that_was_alone_is_believed_to_the_second() -> None:
    assert epoch(machine(run(), speed=a_step(1.0))) == Forecast(7.0, 7.0)


def test_of_several_that_were_alone_the_median_of_the_newest_counts() -> None:
    timed = [run(seconds_per_epoch=seconds) for seconds in (7.0, 50.0, 6.0, 8.0, 7.5, 99.0, 99.0)]
    assert epoch(machine(*timed)) == Forecast(7.5, 7.5)


def test_runs_that_had_company_do_not_spoil_what_one_that_was_alone_has_shown() -> None:
    shared = [run(seconds_per_epoch=30.0, concurrent_jobs=1) for _ in range(9)]
    assert epoch(machine(*shared, run())) == Forecast(7.0, 7.0)


def test_where_all_had_company_less_is_expected_than_they_took() -> None:
    """A convolution had one of the two threads that it uses alone; the MLP never uses a second."""
    one_thread = run(CONV, threads=1, concurrent_jobs=1)
    assert epoch(machine(one_thread), CONV) == Forecast(7.0 * 0.5, 7.0)
    assert epoch(machine(run(concurrent_jobs=1))) == Forecast(7.0 * SHARED, 7.0)


def test_a_run_of_which_nobody_knows_whether_it_was_alone_counts_as_one_that_was_not() -> None:
    assert epoch(machine(run(concurrent_jobs=None))) == Forecast(7.0 * SHARED, 7.0)


def test_what_the_size_tells_narrows_what_a_run_in_company_has_shown() -> None:
    shared = run(CONV, threads=1, concurrent_jobs=1)  # 3.5 to 7
    by_size = 469 * 0.005  # 2.345, so up to 4.0
    assert epoch(machine(shared, speed=a_step(0.005)), CONV) == Forecast(3.5, by_size * BY_SIZE[1])
    assert epoch(machine(shared, speed=a_step(1.0)), CONV) == Forecast(3.5, 7.0), "where they contradict"


def test_a_run_of_another_device_is_a_hint_and_no_more() -> None:
    gpu = run(device="NVIDIA H200", seconds_per_epoch=1.0)
    assert epoch(machine(gpu)) == Forecast(1.0, 1.0).out_by(*ELSEWHERE)
    assert epoch(machine(gpu, run())) == Forecast(7.0, 7.0)
    assert epoch(machine(run(CONV, threads=64)), CONV) == Forecast(7.0, 7.0).out_by(*ELSEWHERE)


def test_another_level_of_the_same_noise_takes_the_same_time_and_another_noise_does_not_count() -> None:
    weak, strong = (replace(CONFIG, noise=Noise("gaussian", level)) for level in (0.1, 0.5))
    assert epoch(machine(run(weak)), strong) == Forecast(7.0, 7.0)
    assert epoch(machine(run(weak))) is None


@pytest.mark.parametrize(
    "unlike",
    [
        {"epochs_done": 0},
        {"image_shape": (3, 28, 28)},
        {"n_train_images": 1000},
        {"n_parameters": 1},
        {"n_latents": 33},
        {"config": replace(CONFIG, model="conv")},
        {"config": replace(CONFIG, batch_size=64)},
    ],
    ids=lambda unlike: next(iter(unlike)),
)
def test_a_run_of_another_model_does_not_count(unlike: dict[str, Any]) -> None:
    assert epoch(machine(run(**unlike))) is None


def test_a_run_does_not_tell_its_own_time() -> None:
    assert epoch(machine(run()), but=(run().run_id,)) is None


def test_a_part_is_the_epochs_that_are_left() -> None:
    part = forecasting.part(replace(CONFIG, epochs=10), info(), machine(run()), epochs_done=4)
    assert part == Part(Forecast(42.0 + START.low, 42.0 + START.high), 1)
    nothing = forecasting.part(replace(CONFIG, epochs=10), info(), machine(run()), epochs_done=10)
    assert nothing == Part(Forecast(0.0, 0.0), 1)


# ---------------------------------------------------------------- several, and in company

SMALL, LARGE = Part(Forecast(10.0, 20.0), 1), Part(Forecast(30.0, 60.0), 2)


def test_one_after_another_they_take_the_sum() -> None:
    for where, alone in ((machine(), True), (machine(n_workers=1), False)):
        assert together([SMALL, LARGE], where, alone=alone) == Forecast(40.0, 80.0)


def test_jobs_of_one_thread_share_the_cores_and_those_of_all_gain_nothing() -> None:
    assert filled([SMALL, SMALL, SMALL, SMALL], machine()) == Forecast(20.0, 40.0)
    assert filled([LARGE, LARGE], machine()) == Forecast(60.0, 120.0)
    assert filled([SMALL, LARGE], machine(n_cores=8)) == Forecast(30.0, 60.0), "never less than the longest"


def test_nobody_knows_exactly_how_well_several_share_the_cores() -> None:
    four = together([Part(Forecast(10.0, 10.0), 1)] * 4, machine())
    assert (four.low, four.high) == pytest.approx((20 * AT_ONCE[0], 20 * AT_ONCE[1]))
    assert together([SMALL], machine()) == SMALL.forecast
    assert together([], machine()) == Forecast(0, 0)


def beside(threads: int, **others: float) -> Forecast:
    """What takes ten seconds alone."""
    return in_company(Forecast(10.0, 10.0), threads, machine(**others))


def test_beside_another_job_it_takes_longer_if_that_one_stays() -> None:
    assert beside(2) == Forecast(10.0, 10.0)
    shared = beside(2, n_running=1)
    assert (shared.low, shared.high) == pytest.approx((10.0, 10.0 * 2**0.5 * AT_ONCE[1]))
    assert beside(1, n_running=1).high == pytest.approx(10.0 * AT_ONCE[1])


def test_where_other_programs_take_a_core_there_is_a_thread_less() -> None:
    assert beside(2, busy_cores=1.0).high == pytest.approx(10.0 * 2**0.5)
    assert beside(1, busy_cores=1.0) == Forecast(10.0, 10.0), "there is a core for each"
    assert beside(1, busy_cores=2.0).high == pytest.approx(15.0)
    assert beside(2, busy_cores=0.1) == Forecast(10.0, 10.0), "a browser that shows the page"


def test_two_reasons_to_be_wrong_do_not_add_up_in_full() -> None:
    """A factor of e^3 up and down, and one of e^4: together e^5."""
    one, other = (math.exp(n) for n in (3, 4))
    both = Forecast(1 / one, one).out_by(1 / other, other)
    assert (both.low, both.high) == pytest.approx((math.exp(-5), math.exp(5)))
    assert Forecast(0, 0).out_by(0.5, 2.0) == Forecast(0, 0)


# ---------------------------------------------------------------- while it is done


def begun(*records: StepRecord, epochs: int = 4) -> Run:
    """Of MNIST: 469 steps an epoch."""
    run = replace(run_of(epochs, []), step_losses=())
    for record in records:
        run = run.after(record)
    return run


def steps(n: int, seconds: float) -> StepRecord:
    """So many, each of these seconds."""
    return StepRecord(1, (0.1,) * n, seconds=n * seconds)


def test_before_its_first_step_a_run_takes_what_was_expected() -> None:
    assert seconds_left(begun()) is None
    assert seconds_left(begun(), Forecast(10.0, 10.0)) == 40.0


def test_the_median_of_its_steps_decides_when_there_are_enough_of_them() -> None:
    run = begun(*[steps(1, 0.02)] * TRUSTED_RECORDS)
    left = 4 * 469 - TRUSTED_RECORDS
    assert seconds_left(run, Forecast(1e9, 1e9)) == pytest.approx(left * 0.02)
    assert seconds_left(run) == pytest.approx(left * 0.02)


def test_slow_first_steps_and_one_that_was_held_up_change_nothing() -> None:
    usual = [steps(1, 0.02)] * TRUSTED_RECORDS
    slow = begun(steps(1, 3.0), steps(1, 0.5), *usual, steps(1, 60.0))
    assert seconds_left(slow) == pytest.approx((4 * 469 - len(usual) - 3) * 0.02)


def test_what_is_left_goes_from_the_expected_to_the_measured_without_a_jump() -> None:
    """Measured four times as slow as expected: no record changes the sum by more than a tenth."""
    run, expected = begun(), Forecast(469 * 0.01, 469 * 0.01)
    left = [seconds_left(run, expected)]
    for _ in range(2 * TRUSTED_RECORDS):
        run = run.after(steps(1, 0.04))
        left.append(seconds_left(run, expected))
    known = [seconds for seconds in left if seconds is not None]
    assert known[0] == pytest.approx(4 * 469 * 0.01)
    assert known[-1] == pytest.approx((4 * 469 - 2 * TRUSTED_RECORDS) * 0.04)
    assert all(later / earlier < 1.1 for earlier, later in pairwise(known))


def test_steps_that_nobody_has_timed_say_nothing() -> None:
    run = begun(StepRecord(1, (0.1,) * 469))
    assert run.step_seconds == ()
    assert seconds_left(run) is None


def an_epoch(seconds: float, stood_still: float = 0.0) -> Epoch:
    return Epoch(0.01, 0.01, seconds, 1.0, 2, 0, stood_still)


def test_epochs_of_this_session_decide_and_not_those_of_another_machine() -> None:
    run = replace(
        begun(),
        epochs=tuple(map(an_epoch, (99.0, 9.0))),
        resumed_from_epoch=1,
        step_losses=(0.1,) * 2 * 469,
    )
    assert seconds_left(run) == 2 * (9.0 + 1.0)


def test_one_slow_epoch_does_not_make_the_others_slow() -> None:
    def left(*seconds: float) -> float | None:
        losses = (0.1,) * len(seconds) * 469
        run = replace(begun(epochs=6), epochs=tuple(map(an_epoch, seconds)), step_losses=losses)
        return seconds_left(run)

    assert left(9.0, 9.0, 90.0) == pytest.approx(3 * 10.0)
    assert left(9.0, 9.0, 19.0, 19.0) == pytest.approx(2 * 20.0), "two in a row do"


def test_a_run_remembers_the_pace_of_its_latest_steps_only_and_no_file_has_them() -> None:
    run = begun(*[steps(2, 1.0)] * 300, steps(2, 3.0))
    assert len(run.step_seconds) == 100
    assert (run.step_seconds[-1], median(run.step_seconds)) == (3.0, 1.0)
    assert run == replace(run, step_seconds=())


# ---------------------------------------------------------------- a sweep under way

SWEEP = Sweep(replace(CONFIG, epochs=10), ("mlp",), (8, 16, 32, 64))  # a thread each
SAVED = SavedSweep(SWEEP, "f", tuple(config.run_id("f") for config in SWEEP.configs()))
EXPECTED = 4.69  # seconds an epoch by size


def followed(*begun: Run | None, states: tuple[State | None, ...]) -> Forecast | None:
    """What is left where its first runs have come so far; each takes ten epochs of EXPECTED by its size."""
    snapshots, points = {}, []
    for i, (run_id, config, state) in enumerate(zip(SAVED.run_ids, SWEEP.configs(), states, strict=True)):
        run = begun[i] if i < len(begun) else None
        if run is not None and state is not None:
            snapshots[run_id] = Snapshot(run_id, state, value=replace(run, config=config))
        done = run.done if run is not None else 0.0
        points.append(Point(run_id, config, 32, 784, 1, state, done=done))
    return sweeps.left(SAVED, points, info(), machine(speed=a_step(0.01)), snapshots)


def trained(n_epochs: int, seconds: float) -> Run:
    """So many of ten epochs, each of these seconds with its test."""
    epochs = (replace(an_epoch(seconds - 1), threads=1, concurrent_jobs=1),) * n_epochs
    return replace(begun(epochs=10), epochs=epochs, step_losses=(0.1,) * n_epochs * 469)


def test_before_a_sweep_has_begun_what_is_left_is_its_plan() -> None:
    whole = Forecast(46.9 * BY_SIZE[0] + START.low, 46.9 * BY_SIZE[1] + START.high)
    parts = [Part(whole, 1)] * 4
    left, plan = followed(states=(None,) * 4), together(parts, machine())
    assert left is not None
    assert (left.low, left.high) == pytest.approx((plan.low, plan.high))


def test_runs_that_wait_take_as_many_times_the_expected_as_those_before_them() -> None:
    """Two at work take twice what was expected of them, so the two that wait will."""
    middle = EXPECTED * (BY_SIZE[0] * BY_SIZE[1]) ** 0.5
    at_work = trained(5, 2 * middle)
    left = followed(at_work, at_work, states=(State.RUNNING, State.RUNNING, State.QUEUED, State.QUEUED))
    assert left is not None
    works, waits = 2 * 5 * 2 * middle, 2 * 10 * 2 * middle
    assert (left.low, left.high) == pytest.approx(
        ((works + BY_OTHERS[0] * waits) / 2 + START.low, (works + BY_OTHERS[1] * waits) / 2 + START.high)
    )


def test_a_run_that_begins_is_expected_to_be_as_slow_as_those_before_it() -> None:
    """Else what is left would shrink whenever two begin, and grow again."""
    middle = EXPECTED * (BY_SIZE[0] * BY_SIZE[1]) ** 0.5
    slow, states = trained(10, 4 * middle), (State.FINISHED, State.RUNNING, State.STOPPED, State.STOPPED)
    left = followed(slow, begun(epochs=10), states=states)
    assert left is not None
    assert (left.low, left.high) == pytest.approx((10 * 4 * middle, 10 * 4 * middle))


def test_what_runs_of_another_model_show_is_believed_by_half() -> None:
    """Four times as slow as expected, so twice for the others; they are as uncertain as before."""
    sweep = Sweep(replace(CONFIG, epochs=10), ("mlp", "conv"), (16,))
    saved = SavedSweep(sweep, "f", tuple(config.run_id("f") for config in sweep.configs()))
    middle = EXPECTED * (BY_SIZE[0] * BY_SIZE[1]) ** 0.5
    mlp, conv = sweep.configs()
    run = replace(trained(10, 4 * middle), config=mlp)
    points = [
        Point(saved.run_ids[0], mlp, 16, 784, 1, State.FINISHED, done=1.0),
        Point(saved.run_ids[1], conv, 16, 784, 1, State.QUEUED),
    ]
    ended = {saved.run_ids[0]: Snapshot(saved.run_ids[0], State.FINISHED, value=run)}
    left = sweeps.left(saved, points, info(), machine(speed=a_step(0.01)), ended)
    assert left is not None
    low, high = (2 * 10 * EXPECTED * factor for factor in BY_SIZE)
    assert (left.low, left.high) == pytest.approx((low + START.low, high + START.high))


@pytest.mark.parametrize(
    ("state", "epochs_done", "own_epochs"), [(State.FINISHED, 10, 10), (State.STOPPED, 5, 15), (None, 0, 20)]
)
def test_a_longer_run_that_waits_takes_the_epochs_that_a_shorter_one_leaves(
    state: State | None, epochs_done: int, own_epochs: int
) -> None:
    """Of 10 and 20 epochs; where neither has begun, both together take 20 and two starts."""
    sweep = Sweep(replace(CONFIG, epochs=10), ("mlp",), (16,), epochs=(10, 20))
    saved = SavedSweep(sweep, "f", tuple(config.run_id("f") for config in sweep.configs()), alone=True)
    points = [
        Point(run_id, config, 16, 784, 1, where, epochs_done=done)
        for run_id, config, where, done in zip(
            saved.run_ids, sweep.configs(), (state, State.QUEUED), (epochs_done, 0), strict=True
        )
    ]
    left = sweeps.left(saved, points, info(), machine(speed=a_step(0.01)), {})
    assert left is not None
    starts = 1 if state else 2
    assert left.low == pytest.approx(own_epochs * EXPECTED * BY_SIZE[0] + starts * START.low)


def test_runs_that_have_ended_take_no_more_time_however_they_ended() -> None:
    ended = (State.FINISHED, State.FAILED, State.STOPPED, State.FINISHED)
    assert followed(trained(10, 5.0), states=ended) == Forecast(0, 0)


def test_what_is_left_of_a_sweep_does_not_jump_when_its_first_run_is_measured() -> None:
    states: tuple[State, ...] = (State.RUNNING, State.RUNNING, State.QUEUED, State.QUEUED)
    before = followed(begun(epochs=10), begun(epochs=10), states=states)
    run = begun(*[steps(10, 0.02)] * TRUSTED_RECORDS, epochs=10)  # twice as slow as expected, so far
    after = followed(run, run, states=states)
    assert before is not None
    assert after is not None
    assert after.middle / before.middle < 3


# ---------------------------------------------------------------- curves


@pytest.fixture
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.mark.usefixtures("own_cache")
def test_a_curve_takes_its_images_times_its_levels_and_a_slow_filter_fewer_images() -> None:
    for method, n_images in (("noisy", 10_000), ("median", MAX_SLOW_IMAGES)):
        kind = forecasting.kind_of(method, GREY)
        forecasting.keep_speed(kind, 0.001, alone=True)
        seconds = n_images * 12 * 0.001
        assert forecasting.curve(method, info(), 12, machine()).forecast == Forecast(seconds, seconds)


@pytest.mark.usefixtures("own_cache")
def test_what_was_measured_here_replaces_the_guess_and_alone_replaces_shared_for_good() -> None:
    kind = forecasting.kind_of("tv", GREY)
    guess = forecasting.curve("tv", info(), 1, machine()).forecast
    assert guess.high > 2 * guess.low
    forecasting.keep_speed(kind, 0.002, alone=False)
    assert forecasting.curve("tv", info(), 1, machine()).forecast == Forecast(2 * SHARED_CURVE, 2.0)
    forecasting.keep_speed(kind, 0.001, alone=True)
    forecasting.keep_speed(kind, 0.009, alone=False)
    assert forecasting.curve("tv", info(), 1, machine()).forecast == Forecast(1.0, 1.0)


@pytest.mark.usefixtures("own_cache")
def test_a_large_model_is_expected_to_take_longer_than_a_small_one() -> None:
    where = machine(speed=Speed({"conv": (0.0, 0.0, 1e-9)}, 2))
    small, large = (
        forecasting.curve(
            "run", info(), 12, where, run(replace(CONV, latent_size=k), image_shape=GREY)
        ).forecast
        for k in (1, 1024)
    )
    assert large.low > 2 * small.high


@pytest.mark.usefixtures("own_cache", "own_cores")
def test_a_curve_that_was_measured_says_how_long_the_next_will_take() -> None:
    for _ in CurveJob("digits", "gaussian", "noisy", (0.1, 0.2)).run():
        pass
    forecast = forecasting.curve("noisy", info("digits"), 12, machine()).forecast
    assert forecast.low == forecast.high > 0
