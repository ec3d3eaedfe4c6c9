"""The report's experiments as work to do: what there is, how far it is, what is started next."""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread
from threading import enumerate as all_threads
from time import monotonic, sleep

import pytest

from autoenc import checkpoints, datasets, experiments
from autoenc.errors import CheckpointError, RunUnknown
from autoenc.experiments import (
    EXPERIMENTS,
    Keeper,
    Lab,
    SavedLab,
    Status,
    StepNow,
    images,
    lab_here,
    settings,
)
from autoenc.experiments.costs import expected
from autoenc.experiments.running import go_on, lab_of, runs_here
from autoenc.experiments.steps import Step
from autoenc.forecasting.training import START
from autoenc.jobs import CurveJob, Job, RateJob, TrainJob
from autoenc.jobs import expected as forecasts
from autoenc.runs import by_id
from autoenc.schema import DatasetInfo, State, TrainConfig
from autoenc.sweeps import machine_of
from tests.labs import COLOUR, GREY, TINY, Queue, seen, small_machine, tiny_lab
from tests.places import lie_in
from tests.raw_files import one_sentence
from tests.runs import UNWRITABLE, files_no_larger_than, stored, trained


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("machine")
    with small_machine(place):
        yield place


@pytest.fixture
def lab(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """On the small machine, with nothing trained."""
    lie_in(place, monkeypatch, ("data", "cache"))
    return tiny_lab()


def train(config: TrainConfig, epochs: int | None = None) -> str:
    """Trained for real, in this process."""
    run, state = trained(config, datasets.load(config.dataset), epochs)
    stored(run, state)
    return run.run_id


def step_of(lab: Lab, key: str, title: str) -> Step:
    """The first of this kind."""
    return next(step for step in experiments.experiment(key).steps(lab) if step.title == title)


# ---------------------------------------------------------------- what there is to do


def test_work_that_several_experiments_share_is_there_once(lab: Lab) -> None:
    now = seen(lab)
    (mlp,) = settings.grey(lab, "mlp", 1)
    sharing = [
        one.experiment.key
        for one in now.experiments
        if any(isinstance(step.job, TrainJob) and step.job.config == mlp for step in one.steps)
    ]
    assert {"mlp-curves", "mlp-images", "mlp-sizes", "times", "recogniser", "second"} <= set(sharing)
    steps = [now.step for now in now.steps]
    assert len(steps) == len(set(steps)) < sum(len(one.steps) for one in now.experiments)
    configs = [now.job.config for now in now.steps if isinstance(now.job, TrainJob)]
    assert configs.count(mlp) == 1


def test_what_is_trained_already_is_done_in_every_experiment_that_needs_it(lab: Lab) -> None:
    before = seen(lab)
    assert before.of("mlp-curves").progress == "0 of 2 done"
    assert before.of("mlp-curves").status is Status.TO_DO
    for config in settings.grey(lab, "mlp", 1, 128):
        train(config)
    now = seen(lab)
    assert now.of("mlp-curves").status is now.of("mlp-images").status is Status.DONE
    assert now.of("mlp-sizes").n_done == 1
    assert len(before.left) - len(now.left) == 2


def test_a_bundled_example_is_not_trained_again_and_a_run_of_ones_own_comes_before_it(lab: Lab) -> None:
    of_digits = lab_here("lesson", without_data())
    (config,) = settings.grey(of_digits, "mlp", 16)
    step = next(s for s in seen(of_digits).steps if isinstance(s.job, TrainJob) and s.job.config == config)
    assert step.finished
    train(config, epochs=1)  # stopped after the first epoch
    step = next(s for s in seen(of_digits).steps if isinstance(s.job, TrainJob) and s.job.config == config)
    assert step.state is State.INTERRUPTED


def without_data() -> Iterator[DatasetInfo]:
    """A machine with nothing but what comes with the program."""
    for info in datasets.catalogue():
        yield replace(info, present=info.name in ("digits", "photos"))


def test_a_measurement_can_begin_once_its_model_is_trained(lab: Lab) -> None:
    measured = step_of(lab, "bytes", "rates")
    waiting = next(now for now in seen(lab).steps if now.step == measured)
    assert (waiting.job, waiting.state) == (None, None)
    run_id = train(settings.weighed(lab)[0])
    ready = next(now for now in seen(lab).steps if now.step == measured)
    assert isinstance(ready.job, RateJob)
    assert ready.job.source == run_id
    assert ready.state is None


def test_a_run_that_was_deleted_is_to_do_again(lab: Lab) -> None:
    ids = [train(config) for config in settings.grey(lab, "mlp", 1, 128)]
    assert seen(lab).of("mlp-curves").status is Status.DONE
    checkpoints.delete(ids[0])
    now = seen(lab).of("mlp-curves")
    assert (now.status, now.n_done) == (Status.TO_DO, 1)


def test_without_its_images_an_experiment_needs_data_and_the_rest_can_be_done(lab: Lab) -> None:
    now = seen(lab)
    assert now.of("hundred").status is Status.NEEDS_DATA  # CIFAR-100 is not on this machine
    assert now.of("hundred").missing == (lab.hundred.title,)
    without = replace(lab, colour=replace(lab.colour, present=False))
    now = seen(without)
    assert now.of("colour-curves").status is now.of("second").status is Status.NEEDS_DATA
    assert now.of("mlp-sizes").status is Status.TO_DO
    assert {step.step.dataset for step in now.steps} == {"mnist"}


def test_a_folder_that_goes_in_mid_lab_leaves_the_rest_to_be_done(
    lab: Lab, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    shutil.copytree(place / "data" / GREY, data / GREY)
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(data))
    sessions, saved = Queue(), SavedLab.of(lab, "me")
    experiments.begin(saved, seen(lab_of(saved), sessions), sessions)
    assert lab_of(saved).colour == replace(lab_of(saved).colour, name=COLOUR, present=False)
    go_on(saved, sessions)
    assert {one.job.needed_dataset() for one in sessions.active()} == {"mnist"}
    assert experiments.find(saved.lab_id) == saved


# ---------------------------------------------------------------- what is started


def test_the_cheapest_begin_first_and_few_wait_at_a_time(lab: Lab) -> None:
    sessions, saved = Queue(), SavedLab.of(lab, "me")
    assert experiments.advance(saved, seen(lab, sessions), sessions)
    started = sessions.active()
    assert len(started) == sessions.n_workers + 1
    machine, runs = machine_of(sessions), by_id(runs_here())

    def cost(job: Job) -> float:
        part = forecasts.part(job, machine, runs)
        assert part is not None
        return part.forecast.middle * part.threads

    others = [now.job for now in seen(lab, sessions).left if now.job is not None and not now.active]
    assert max(cost(one.job) for one in started) <= min(map(cost, others))
    assert experiments.advance(saved, seen(lab, sessions), sessions)
    assert len(sessions.active()) == sessions.n_workers + 1


def test_another_visitor_has_a_turn_before_the_next_job_of_the_lab(lab: Lab) -> None:
    sessions = Queue()
    experiments.advance(SavedLab.of(lab, "me"), seen(lab, sessions), sessions)
    sessions.start(TrainJob(TrainConfig(dataset="digits")), "somebody else")
    assert [one.owner for one in sessions.active()].index("somebody else") == 1


def test_a_longer_run_waits_for_the_shorter_one_that_it_continues(lab: Lab) -> None:
    (short, long, *_) = settings.longer(lab)
    assert short.epochs < long.epochs
    sessions, saved = Queue(), SavedLab.of(lab, "me")
    sessions.n_workers = 1000  # all that can begin does
    experiments.advance(saved, seen(lab, sessions), sessions)
    started = [one.job.config for one in sessions.active() if isinstance(one.job, TrainJob)]
    assert short in started
    assert long not in started
    train(short)
    again = Queue()
    again.n_workers = 1000
    experiments.advance(saved, seen(lab, again), again)
    assert long in [one.job.config for one in again.active() if isinstance(one.job, TrainJob)]


def test_epochs_of_a_shorter_run_are_forecast_once(lab: Lab) -> None:
    short, long, *_ = settings.longer(lab)
    now, sessions = seen(lab), Queue()
    steps = {s.job.config: s for s in now.steps if isinstance(s.job, TrainJob)}
    alone = replace(machine_of(sessions), n_workers=1)

    def seconds(*chosen: StepNow) -> float:
        of_one = replace(now.of("longer"), steps=chosen)
        forecast = expected(replace(now, experiments=(of_one,)), alone, runs_here())
        assert forecast is not None
        return forecast.high

    both, one = seconds(steps[short], steps[long]), seconds(steps[long])
    assert both == pytest.approx(one + START.high)


def test_a_run_at_work_is_forecast_by_what_is_left_of_it(lab: Lab) -> None:
    (config,) = settings.longer(lab)[1:2]
    job, machine = TrainJob(config), machine_of(Queue())
    whole, half = (forecasts.part(job, machine, {}, done) for done in (0.0, 0.5))
    train(config, epochs=1)
    from_file = forecasts.part(job, machine, by_id(runs_here()), 0.5)
    assert whole is not None
    assert half is not None
    assert from_file is not None
    assert half.forecast.low - START.low == pytest.approx((whole.forecast.low - START.low) / 2)
    assert config.epochs == 2, "one of two is on disk, and that is the half that is done: not a quarter left"
    assert from_file.forecast.high > START.high + (whole.forecast.high - START.high) / 4


def test_a_measurement_of_a_run_that_has_gone_is_a_sentence(lab: Lab) -> None:
    run_id = train(settings.denoiser(lab))
    job = CurveJob("mnist", "gaussian", run_id, (0.1, 0.2))
    machine = machine_of(Queue())
    assert forecasts.part(job, machine, by_id(runs_here())) is not None
    with pytest.raises(RunUnknown) as caught:
        forecasts.part(job, machine, {})
    assert run_id in one_sentence(caught.value)


# ---------------------------------------------------------------- stop, fail, go on


def test_stop_ends_what_the_lab_has_started_and_nothing_else(lab: Lab) -> None:
    sessions, saved = Queue(), SavedLab.of(lab, "me")
    theirs = sessions.start(TrainJob(settings.grey(lab, "mlp", 1)[0]), "somebody else")
    now = seen(lab, sessions)
    experiments.begin(saved, now, sessions)
    go_on(saved, sessions)
    assert len(sessions.active()) == sessions.n_workers + 1
    experiments.stop(saved, now, sessions)  # with what was seen before the jobs began
    assert [one.job_id for one in sessions.active()] == [theirs]
    go_on(saved, sessions)
    assert [one.job_id for one in sessions.active()] == [theirs]
    assert experiments.wanted() == ()


def test_stop_leaves_what_another_lab_wants_as_well(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions, saved = Queue(), SavedLab.of(lab, "me")
    more = replace(TINY, name="more", mlp_sizes=(1, 2, 4))
    monkeypatch.setitem(experiments.SIZES, "more", more)
    other = replace(saved, size="more")
    for one in (saved, other):
        experiments.save(one)
    go_on(saved, sessions)
    started = {one.job_id for one in sessions.active()}
    experiments.stop(saved, seen(lab, sessions), sessions)
    assert {one.job_id for one in sessions.active()} == started
    experiments.stop(other, seen(lab_of(other), sessions), sessions)
    assert sessions.active() == ()


def test_what_failed_or_was_stopped_waits_until_somebody_asks_again(lab: Lab) -> None:
    sessions, saved = Queue(), SavedLab.of(lab, "me")
    experiments.begin(saved, seen(lab, sessions), sessions)
    go_on(saved, sessions)
    first, second, *_ = (one.job_id for one in sessions.active())
    sessions.fail(first, "no room")
    sessions.stop(second)  # by hand, on another page
    for _ in range(2):
        go_on(saved, sessions)
    assert sessions.snapshot(first).state is State.FAILED
    assert sessions.snapshot(second).state is State.STOPPED
    states = {now.job.job_id: now.state for now in seen(lab, sessions).steps if now.job is not None}
    assert (states[first], states[second]) == (State.FAILED, State.STOPPED)
    experiments.begin(saved, seen(lab, sessions), sessions)
    states = {now.job.job_id: now.state for now in seen(lab, sessions).steps if now.job is not None}
    assert (states[first], states[second]) == (None, None)


def test_a_failure_is_said_and_the_others_go_on(lab: Lab) -> None:
    sessions, saved = Queue(), SavedLab.of(lab, "me")
    failed = sessions.start(TrainJob(settings.grey(lab, "mlp", 1)[0]), "me")
    sessions.fail(failed, "it needs 40 GB; this machine has 8 GB")
    now = seen(lab, sessions)
    assert now.of("mlp-curves").status is Status.FAILED
    assert now.of("mlp-curves").failures == ("it needs 40 GB; this machine has 8 GB",)
    assert experiments.advance(saved, now, sessions)
    assert len(sessions.active()) == sessions.n_workers + 1


def test_a_lab_that_can_do_no_more_is_wanted_no_more(lab: Lab) -> None:
    sessions, saved = Queue(), SavedLab.of(lab, "me")
    experiments.save(saved)
    for _ in range(200):
        go_on(saved, sessions)
        if not experiments.wanted():
            break
        for one in sessions.active():
            sessions.fail(one.job_id, "no room")
    assert experiments.find(saved.lab_id) == replace(saved, wanted=False)
    assert sessions.active() == ()


def test_jobs_that_end_with_their_sessions_leave_the_lab_wanted(lab: Lab) -> None:
    sessions, saved = Queue(), SavedLab.of(lab, "me")
    sessions.n_workers = 1000
    experiments.save(saved)
    go_on(saved, sessions)
    sessions.close()
    for one in sessions.active():
        sessions.stop(one.job_id)
    go_on(saved, sessions)
    assert experiments.wanted() == (saved,)


def test_of_two_who_press_at_once_one_owns_the_lab_and_nothing_is_started_twice(lab: Lab) -> None:
    sessions, together = Queue(), Barrier(2)
    now = seen(lab, sessions)

    def press(name: str) -> None:
        together.wait()
        experiments.begin(SavedLab.of(lab, name), now, sessions)
        go_on(SavedLab.of(lab, name), sessions)

    threads = [Thread(target=press, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (saved,) = experiments.wanted()
    assert saved.owner in ("one", "two")
    assert len(sessions.active()) == sessions.n_workers + 1
    assert {one.owner for one in sessions.active()} == {saved.owner}


# ---------------------------------------------------------------- pictures that nobody has opened yet


@pytest.fixture
def unprepared(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(tmp_path / "cache"))
    yield lab_here(TINY, datasets.catalogue())
    images.try_again([COLOUR])


def test_a_look_opens_no_pictures_and_a_lab_that_is_wanted_has_them_prepared(unprepared: Lab) -> None:
    assert not unprepared.colour.prepared
    sessions, saved = Queue(), SavedLab.of(unprepared, "me")
    now = seen(unprepared, sessions)
    assert not datasets.info(COLOUR).prepared
    assert now.of("colour-curves").status is Status.TO_DO
    assert [info.name for info in now.unprepared] == [COLOUR]
    assert experiments.advance(saved, now, sessions)
    _join("preparing")
    assert datasets.info(COLOUR).prepared
    assert seen(lab_of(saved)).unprepared == ()


def test_pictures_that_cannot_be_prepared_are_a_sentence_until_somebody_asks_again(
    unprepared: Lab, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    shutil.copytree(place / "data", data)
    for path in (data / COLOUR).rglob("*.png"):
        path.write_bytes(b"no picture")
    monkeypatch.setenv("AUTOENC_DATA_DIR", str(data))
    sessions, saved = Queue(), SavedLab.of(unprepared, "me")
    experiments.advance(saved, seen(lab_of(saved), sessions), sessions)
    _join("preparing")
    now = seen(lab_of(saved), sessions)
    assert now.unprepared == ()
    assert now.of("colour-curves").status is Status.FAILED
    (sentence,) = now.of("colour-curves").failures
    assert COLOUR in sentence
    assert now.of("mlp-sizes").status is Status.RUNNING
    experiments.begin(saved, now, sessions)
    assert [info.name for info in seen(lab_of(saved), sessions).unprepared] == [COLOUR]


def _join(name: str) -> None:
    for thread in all_threads():
        if thread.name.startswith(name):
            thread.join(60)
            assert not thread.is_alive()


# ---------------------------------------------------------------- what is saved


def test_a_lab_comes_back_as_it_was_saved_and_only_its_user_can_read_it(lab: Lab) -> None:
    saved = SavedLab.of(lab, "a secret", "198.51.100.7")
    experiments.save(saved)
    assert experiments.find(saved.lab_id) == saved
    assert experiments.wanted() == (saved,)
    assert "a secret" not in repr(saved)
    (path,) = (checkpoints.folder() / "labs").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


GOOD = {"format_version": 1, "size": "tiny", "grey": "mnist", "colour": "photos", "wanted": True}
GOOD |= {"by": "", "from": ""}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tiny-mnist-photos", "{"),
        ("tiny-mnist-photos", ""),
        ("tiny-mnist-photos", "[" * 9000),
        ("tiny-mnist-photos", json.dumps([GOOD])),
        ("tiny-mnist-photos", json.dumps(GOOD | {"format_version": 2})),
        ("tiny-mnist-photos", json.dumps(GOOD | {"size": "huge"})),
        ("tiny-mnist-photos", json.dumps(GOOD | {"size": {}})),
        ("tiny-mnist-photos", json.dumps(GOOD | {"by": "x" * 10_000})),
        ("tiny-mnist-photos", json.dumps({key: GOOD[key] for key in GOOD if key != "colour"})),
        ("another-name", json.dumps(GOOD)),
        ("a name with blanks", json.dumps(GOOD)),
        ("tiny-mnist-..", json.dumps(GOOD | {"colour": ".."})),
    ],
)
def test_a_file_that_is_no_lab_is_none(lab: Lab, name: str, text: str) -> None:
    folder = checkpoints.folder() / "labs"
    folder.mkdir(parents=True)
    (folder / f"{name}.json").write_text(text)
    assert experiments.wanted() == ()
    (folder / "tiny-mnist-photos.json").write_text(json.dumps(GOOD))
    assert [saved.lab_id for saved in experiments.wanted()] == ["tiny-mnist-photos"]


def test_what_is_no_file_keeps_nobody_waiting(lab: Lab) -> None:
    folder = checkpoints.folder() / "labs"
    (folder / "tiny-mnist-digits.json").mkdir(parents=True)
    os.mkfifo(folder / "tiny-mnist-photos.json")
    (folder / "tiny-mnist-svhn.json").symlink_to("/dev/zero")
    assert experiments.wanted() == ()


def test_a_full_disk_is_a_sentence_and_stop_works_there_too(lab: Lab) -> None:
    sessions, saved = Queue(), SavedLab.of(lab, "me")
    with files_no_larger_than(10), pytest.raises(CheckpointError) as caught:
        experiments.begin(saved, seen(lab, sessions), sessions)
    assert "make room" in one_sentence(caught.value)
    assert list((checkpoints.folder() / "labs").iterdir()) == []
    experiments.begin(saved, seen(lab, sessions), sessions)
    go_on(saved, sessions)
    with files_no_larger_than(10):
        experiments.stop(saved, seen(lab, sessions), sessions)
    assert experiments.wanted() == ()
    assert sessions.active() == ()


def test_a_folder_that_cannot_be_written_is_a_sentence(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", UNWRITABLE)
    sessions = Queue()
    with pytest.raises(CheckpointError) as caught:
        experiments.begin(SavedLab.of(lab), seen(lab, sessions), sessions)
    one_sentence(caught.value)


# ---------------------------------------------------------------- the thread that goes on


def test_the_thread_goes_on_with_what_is_wanted_and_ends_with_its_sessions(lab: Lab) -> None:
    experiments.save(SavedLab.of(lab, "me"))
    sessions = Queue()
    before = set(all_threads())
    Keeper(sessions)
    (thread,) = set(all_threads()) - before
    _until(lambda: len(sessions.active()) == sessions.n_workers + 1)
    sessions.close()
    thread.join(10)
    assert not thread.is_alive()


def test_a_lab_that_cannot_go_on_is_logged_once_and_holds_up_no_other(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = replace(TINY, name="broken", mlp_sizes=(0,))  # which no model can have
    monkeypatch.setitem(experiments.SIZES, "broken", broken)
    monkeypatch.setattr(experiments.keeper, "LOOK_SECONDS", 0.01)
    saved = SavedLab.of(lab, "me")
    experiments.save(replace(saved, size="broken"))
    experiments.save(saved)
    sessions, looked = Queue(), []
    monkeypatch.setattr(experiments.keeper, "wanted", lambda: looked.append(1) or experiments.wanted())
    with caplog.at_level(logging.WARNING):
        Keeper(sessions)
        _until(lambda: len(looked) > 3 and len(sessions.active()) > 0)
    sessions.close()
    said = [record.getMessage() for record in caplog.records if "broken" in record.getMessage()]
    assert len(said) == 1
    assert "latent size" in said[0]


def _until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end
        sleep(0.01)


def test_the_report_is_listed_in_its_order_and_each_experiment_once() -> None:
    keys = [one.key for one in EXPERIMENTS]
    assert len(keys) == len(set(keys))
    numbers = [[int(part) for part in one.number.split(".")] for one in EXPERIMENTS]
    assert numbers == sorted(numbers)
    assert {one.section for one in EXPERIMENTS} == set(experiments.SECTIONS)


def test_what_another_dashboard_trains_is_at_work_here_too_and_leaves_less_room(lab: Lab) -> None:
    other, here, saved = Queue(), Queue(), SavedLab.of(lab, "me")
    (config,) = settings.grey(lab, "mlp", 1)
    run_id = TrainJob(config).job_id
    with checkpoints.write_lock(run_id):
        for sessions in (other, here):
            step = next(now for now in seen(lab, sessions).active)
            assert isinstance(step.job, TrainJob)
            assert (step.job.config, step.state) == (config, State.RUNNING)
        experiments.advance(saved, seen(lab, here), here)
        assert len(here.active()) == here.n_workers
        assert run_id not in [one.job_id for one in here.active()]
    train(config)
    assert next(now for now in seen(lab, other).steps if now.step == step.step).finished
