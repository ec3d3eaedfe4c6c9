"""Sweeps: what they are, what they take, how they are kept and followed."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autoenc import checkpoints, datasets, sweeps
from autoenc.datasets import DatasetInfo
from autoenc.errors import CheckpointError, ConfigError
from autoenc.forecasting import Machine
from autoenc.forecasting.training import BY_SIZE, START
from autoenc.schema import MAX_RUNS, Noise, RunSummary, Snapshot, State, Sweep, TrainConfig, whole_numbers
from autoenc.speed import Speed
from autoenc.sweeps import Plan, SavedSweep
from tests.runs import stored, trained

BASE = TrainConfig(dataset="digits", epochs=2)
SWEEP = Sweep(BASE, ("mlp", "conv"), (4, 1, 2), (1, 2))
GIGABYTE = 10**9


# ---------------------------------------------------------------- what is asked for


def test_a_sweep_has_a_run_for_each_model_depth_and_size() -> None:
    configs = [(c.model, c.layers, c.latent_size) for c in SWEEP.configs()]
    assert configs == [(m, n, k) for m in ("mlp", "conv") for n in (1, 2) for k in (1, 2, 4)]
    assert {(c.dataset, c.epochs) for c in SWEEP.configs()} == {("digits", 2)}


def test_the_same_question_has_the_same_name_and_another_has_another() -> None:
    same = Sweep(replace(BASE, model="conv", latent_size=9, layers=3), ("conv", "mlp"), (1, 2, 4), (2, 1))
    assert SWEEP.sweep_id("f") == same.sweep_id("f")
    others = [
        replace(SWEEP, latent_sizes=(1, 2)),
        replace(SWEEP, base=replace(BASE, seed=1)),
        replace(SWEEP, base=replace(BASE, epochs=3)),
    ]
    names = {one.sweep_id("f") for one in others} | {SWEEP.sweep_id("f"), SWEEP.sweep_id("g")}
    assert len(names) == 5


def test_a_sweep_comes_back_from_json() -> None:
    assert Sweep.from_json(json.loads(json.dumps(SWEEP.to_json()))) == SWEEP


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"models": ()}, "at least one model"),
        ({"latent_sizes": ()}, "at least one latent size"),
        ({"layers": ()}, "at least one number of layers"),
        ({"latent_sizes": (1, 2, 1)}, "latent size 1 is given twice"),
        ({"models": ("mlp", "mlp")}, "model mlp is given twice"),
        ({"models": ("mlp", "gan")}, "unknown model 'gan'; known: mlp, conv"),
        ({"latent_sizes": (1, 5000)}, "latent size is 5000; allowed: 1 to 4,096"),
        ({"latent_sizes": (0, 1)}, "latent size is 0; allowed: 1 to 4,096"),
        ({"layers": (9,)}, "layers is 9; allowed: 1 to 4"),
        ({"latent_sizes": tuple(range(1, 2501))}, f"a sweep of 10,000 runs; allowed: {MAX_RUNS}"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        replace(SWEEP, **change)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        {},
        {"base": {}, "models": "mlp", "latent_sizes": [1], "layers": [1]},
        {"base": {}, "models": [["mlp"]], "latent_sizes": [1], "layers": [1]},
        {"base": {}, "models": ["mlp"], "latent_sizes": ["1"], "layers": [1]},
        {"base": {}, "models": ["mlp"], "latent_sizes": [1], "layers": [1], "more": 1},
        {"base": 7, "models": ["mlp"], "latent_sizes": [1], "layers": [1]},
    ],
)
def test_json_that_is_no_sweep_is_refused(values: Any) -> None:
    with pytest.raises(ConfigError):
        Sweep.from_json(values)


def test_texts_that_are_no_whole_numbers_are_named() -> None:
    assert whole_numbers(["1", " 20 "], "latent size") == (1, 20)
    for text in ("", "x", "1.5", "1e3"):
        with pytest.raises(ConfigError, match=f"latent size '{text}' is not a whole number"):
            whole_numbers(["1", text], "latent size")


# ---------------------------------------------------------------- what it will take


def info() -> DatasetInfo:
    return next(info for info in datasets.catalogue() if info.name == "digits")


def machine(gigabytes: float = 8, speed: Speed | None = None) -> Machine:
    return Machine(n_cores=4, memory_share=int(gigabytes * GIGABYTE), speed=speed)


def planned(sweep: Sweep, where: Machine, runs: Mapping[str, RunSummary] | None = None) -> Plan:
    return sweeps.plan(sweep, info(), datasets.load("digits").fingerprint, where, runs or {})


A_SECOND_A_STEP = Speed({"mlp": (1.0, 0.0, 0.0), "conv": (2.0, 0.0, 0.0)}, 4)


def test_the_time_of_a_plan_is_that_of_its_steps() -> None:
    """1,437 digits in batches of 128 are 12 steps; two epochs of three sizes of the MLP: 72 steps."""
    where = machine(speed=A_SECOND_A_STEP)
    plan = planned(Sweep(BASE, ("mlp",), (1, 2, 4)), where)
    least = 24 * BY_SIZE[0] + START.low
    assert [run.part and run.part.forecast.low for run in plan.to_train] == [least] * 3
    one_by_one = plan.forecast(where, alone=True)
    assert one_by_one == plan.forecast(where), "there is one worker"
    assert one_by_one is not None
    assert (one_by_one.low, one_by_one.high) == pytest.approx(
        (72 * BY_SIZE[0] + 3 * START.low, 72 * BY_SIZE[1] + 3 * START.high)
    )


def test_the_shortest_run_is_the_first() -> None:
    by_work = Speed({"mlp": (0.0, 0.0, 1e-9), "conv": (0.0, 0.0, 1e-9)}, 4)
    plan = planned(SWEEP, machine(speed=by_work))
    times = [run.part.forecast.middle if run.part else 0 for run in plan.runs]
    assert times == sorted(times)
    assert times[0] > 0
    assert plan.runs[0].config.latent_size == 1
    unmeasured = planned(SWEEP, machine())
    assert unmeasured.forecast(machine()) is None
    assert unmeasured.runs[0].config == plan.runs[0].config, "by its work, where no time is known"


def test_a_size_that_does_not_fit_is_left_out_with_the_reason_and_the_others_go_on() -> None:
    sweep = Sweep(replace(BASE, stride=1), ("conv",), (1, 4096))
    plan = planned(sweep, machine(gigabytes=1))
    assert [run.config.latent_size for run in plan.to_train] == [1]
    (left_out,) = plan.refused
    assert left_out.config.latent_size == 4096
    assert "of memory and 1.0 GB are allowed" in left_out.refusal
    assert plan.run_ids == (plan.to_train[0].run_id,)
    assert 0 < plan.needed_bytes < GIGABYTE


def test_what_the_data_do_not_allow_is_left_out_with_the_reason() -> None:
    plan = planned(Sweep(replace(BASE, train_images=99_999), ("mlp",), (1,)), machine())
    assert "train images is 99,999" in plan.refused[0].refusal
    assert plan.needed_bytes == 0


def test_runs_on_disk_come_at_once_and_begun_ones_take_what_is_left() -> None:
    data = datasets.load("digits")
    short, long = (replace(BASE, latent_size=k) for k in (1, 2))
    stored(*trained(short, data))
    stored(*trained(long, data, epochs=1))
    runs = {run.run_id: run for run in checkpoints.summaries()[0]}
    plan = planned(Sweep(BASE, ("mlp",), (1, 2, 4)), machine(speed=A_SECOND_A_STEP), runs)
    assert [run.run_id for run in plan.finished] == [short.run_id(data.fingerprint)]
    half, whole = (run.part for size in (2, 4) for run in plan.to_train if run.config.latent_size == size)
    assert half is not None
    assert whole is not None
    assert half.forecast.low - START.low == pytest.approx((whole.forecast.low - START.low) / 2)


def test_a_longer_run_takes_what_the_shorter_one_leaves_and_comes_after_it() -> None:
    """Of 2, 3 and 8 epochs, 8 are trained and not 13: each has 12 steps of a second."""
    sweep = Sweep(BASE, ("mlp",), (1,), epochs=(8, 2, 3))
    plan = planned(sweep, machine(speed=A_SECOND_A_STEP))
    assert [run.config.epochs for run in plan.to_train] == [2, 3, 8]
    steps = [(run.part.forecast.low - START.low) / BY_SIZE[0] for run in plan.to_train if run.part]
    assert steps == pytest.approx([24, 12, 60])
    data = datasets.load("digits")
    stored(*trained(sweep.configs()[0], data, epochs=7))
    runs = {run.run_id: run for run in checkpoints.summaries()[0]}
    longest = planned(sweep, machine(speed=A_SECOND_A_STEP), runs).to_train[-1]
    assert longest.part is not None
    assert longest.part.forecast.low - START.low == pytest.approx(12 * BY_SIZE[0]), "its own epochs count"
    apart = Sweep(replace(BASE, decay_epochs=2), ("mlp",), (1,), epochs=(2, 8))
    own = [run.part for run in planned(apart, machine(speed=A_SECOND_A_STEP)).to_train]
    assert [(part.forecast.low - START.low) / BY_SIZE[0] for part in own if part] == pytest.approx([24, 96])


def test_baselines_are_compared_with_runs_of_the_same_images_only() -> None:
    clean, noisy = Sweep(BASE, ("mlp",), (1,)), Noise("gaussian", 0.3)
    of_noisy = sweeps.baseline_jobs(saved_sweep(replace(clean, base=replace(BASE, noise=noisy))))
    assert len(sweeps.baseline_jobs(saved_sweep(clean))) > len(of_noisy)
    assert sweeps.baseline_jobs(saved_sweep(replace(clean, noises=(None, noisy)))) == of_noisy
    assert sweeps.baseline_jobs(saved_sweep(replace(clean, train_images=(100, None)))) == ()
    seeds = sweeps.baseline_jobs(saved_sweep(replace(clean, seeds=(0, 1))))
    assert seeds == sweeps.baseline_jobs(saved_sweep(clean))


# ---------------------------------------------------------------- kept


FIELDS = ["sweep", "fingerprint", "run_ids", "stopped", "alone", "by", "wanted", "asked"]


def saved_sweep(sweep: Sweep = SWEEP) -> SavedSweep:
    fingerprint = datasets.load("digits").fingerprint
    run_ids = tuple(config.run_id(fingerprint) for config in sweep.configs())
    return SavedSweep(sweep, fingerprint, run_ids[::-1], frozenset(run_ids[:2]), alone=True, owner="me")


def test_a_kept_sweep_is_found_again_and_the_newest_is_known() -> None:
    assert sweeps.newest() is None
    first, second = saved_sweep(), replace(saved_sweep(Sweep(BASE, ("mlp",), (8,))), wanted=False)
    for one in (first, second):
        sweeps.save(one)
        assert sweeps.find(one.sweep_id) == one
    assert sweeps.newest() == second.sweep_id
    os.utime(checkpoints.folder() / "sweeps" / f"{first.sweep_id}.json", (2e9, 2e9))
    assert sweeps.newest() == first.sweep_id
    assert sweeps.newest(["mnist"]) is None


def test_a_sweep_that_is_only_linked_to_is_found_and_is_nobody_s_newest() -> None:
    linked = replace(saved_sweep(), wanted=False, asked=False)
    sweeps.save(linked)
    assert sweeps.find(linked.sweep_id) == linked
    assert sweeps.newest() is None
    sweeps.save(replace(linked, asked=True))
    assert sweeps.newest() == linked.sweep_id


def test_a_file_of_an_earlier_release_was_asked_for() -> None:
    sweeps.save(saved_sweep())
    (file,) = (checkpoints.folder() / "sweeps").iterdir()
    values = json.loads(file.read_text())
    del values["asked"]
    file.write_text(json.dumps(values))
    assert sweeps.newest() == saved_sweep().sweep_id


def test_the_file_of_a_sweep_is_for_its_owner_alone_and_no_run() -> None:
    """It holds the visitor's name, which is a key to stopping."""
    sweeps.save(saved_sweep())
    (file,) = (checkpoints.folder() / "sweeps").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert checkpoints.summaries() == ((), ())


def test_the_configs_of_a_kept_sweep_are_in_the_order_of_its_run_ids() -> None:
    named = [config.run_id(saved_sweep().fingerprint) for config in saved_sweep().configs()]
    assert tuple(named) == saved_sweep().run_ids


@pytest.mark.parametrize("content", ["", "null", "[]", "{}", "\0", '{"format_version": 99}', "9" * 200_000])
def test_a_damaged_file_is_as_good_as_none(content: str) -> None:
    sweeps.save(saved_sweep())
    (file,) = (checkpoints.folder() / "sweeps").iterdir()
    file.write_text(content)
    assert sweeps.find(saved_sweep().sweep_id) is None
    assert sweeps.newest() is None


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [None, 7, ["x"], {"y": 1}, "z"])
def test_a_file_with_any_field_of_any_type_is_valid_or_as_good_as_none(field: str, value: Any) -> None:
    sweeps.save(saved_sweep())
    (file,) = (checkpoints.folder() / "sweeps").iterdir()
    file.write_text(json.dumps(json.loads(file.read_text()) | {field: value}))
    reread = sweeps.find(saved_sweep().sweep_id)
    if reread is not None:
        assert {*reread.run_ids, *reread.stopped} <= set(saved_sweep().run_ids), (
            "no file begins what no sweep names"
        )


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "x-sweep-e1-0000000", "/tmp/x", "a" * 500])
def test_a_name_that_no_sweep_can_have_is_found_nowhere(name: str) -> None:
    assert sweeps.find(name) is None


def test_a_folder_that_cannot_be_written_is_told(checkpoint_folder: Path) -> None:
    checkpoint_folder.write_text("no folder")
    with pytest.raises(CheckpointError, match="cannot write"):
        sweeps.save(saved_sweep())


# ---------------------------------------------------------------- followed


def test_points_stand_by_line_size_and_seed_however_they_began() -> None:
    data = datasets.load("digits")
    sweep = Sweep(BASE, ("conv", "mlp"), (4, 1), learning_rates=(0.01, 0.001), seeds=(5, 2))
    points = sweeps.points(saved_sweep(sweep), data.image_shape, {}, {})
    shown = [(p.config.model, p.config.learning_rate, p.config.latent_size, p.config.seed) for p in points]
    models, rates = ("mlp", "conv"), (0.01, 0.001)
    assert shown == [(m, r, k, s) for m in models for r in rates for k in (1, 4) for s in (5, 2)]


def test_a_sweep_of_lists_is_kept_and_named_by_its_longest_run() -> None:
    sweep = Sweep(BASE, ("mlp",), (1, 2), epochs=(2, 1000), seeds=(0, 1), noises=(None, Noise("blur", 1.0)))
    kept = saved_sweep(sweep)
    sweeps.save(kept)
    assert "-sweep-e1000-" in kept.sweep_id
    assert sweeps.find(kept.sweep_id) == kept
    (file,) = (checkpoints.folder() / "sweeps").iterdir()
    assert json.loads(file.read_text())["sweep"]["noises"] == [None, "blur:1.0"]


def test_points_tell_of_files_of_jobs_and_of_nothing_yet() -> None:
    data = datasets.load("digits")
    sweep = Sweep(BASE, ("mlp",), (1, 2, 4, 8))
    done, half, running, new = sweep.configs()
    run, state = trained(done, data)
    stored(run, state)
    part, _ = trained(half, data, epochs=1)
    jobs = {
        running.run_id(data.fingerprint): Snapshot("", State.RUNNING, value=replace(part, config=running)),
        half.run_id(data.fingerprint): Snapshot("", State.FAILED, "it went wrong", part),
    }
    runs = {summary.run_id: summary for summary in checkpoints.summaries()[0]}
    points = sweeps.points(saved_sweep(sweep), data.image_shape, jobs, runs)
    assert [p.config.latent_size for p in points] == [1, 2, 4, 8]
    states = [State.FINISHED, State.FAILED, State.RUNNING, None]
    assert [p.state for p in points] == states
    assert [p.epochs_done for p in points] == [2, 1, 1, 0]
    assert (points[0].test_mse, points[0].train_loss) == (run.test_mse, run.train_loss)
    assert points[0].seconds == pytest.approx(run.seconds)
    assert points[1].message == "it went wrong"
    assert points[2].test_mse == part.test_mse
    assert [p.n_latents for p in points] == [1, 2, 4, 8]
    assert (points[3].run_id, points[3].test_mse) == (new.run_id(data.fingerprint), None)


def test_a_run_that_another_process_trains_is_running_and_one_left_behind_interrupted() -> None:
    data = datasets.load("digits")
    sweep = Sweep(BASE, ("mlp",), (1, 2))
    left, other = sweep.configs()
    stored(*trained(left, data, epochs=1))
    runs = {summary.run_id: summary for summary in checkpoints.summaries()[0]}
    with checkpoints.write_lock(other.run_id(data.fingerprint)):
        points = sweeps.points(saved_sweep(sweep), data.image_shape, {}, runs)
        assert [p.state for p in points] == [State.INTERRUPTED, State.RUNNING]
    points = sweeps.points(saved_sweep(sweep), data.image_shape, {}, runs)
    assert [p.state for p in points] == [State.INTERRUPTED, None]


def test_a_finished_run_whose_file_is_gone_counts_as_not_begun() -> None:
    data = datasets.load("digits")
    sweep = Sweep(BASE, ("mlp",), (1,))
    run, _ = trained(sweep.configs()[0], data)
    finished = {run.run_id: Snapshot(run.run_id, State.FINISHED, value=run)}
    points = sweeps.points(saved_sweep(sweep), data.image_shape, finished, {})
    assert points[0].state is None
