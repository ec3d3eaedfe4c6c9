"""Time in which a process does not work is no training time."""

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import psutil
import pytest

from autoenc import checkpoints, plots, training
from autoenc.captions.remarks import remarks
from autoenc.datasets import Dataset
from autoenc.forecasting import seconds_left
from autoenc.schema import Epoch, EpochRecord, Run, StepRecord
from autoenc.stopwatch import Stopwatch
from tests.runs import PLAIN, made, put, stored
from tests.test_plots import run_of

ROOT = Path(__file__).parents[1]


class Clocks:
    """Two clocks that go by hand: time, and the work of the cores."""

    def __init__(self) -> None:
        self.time = self.work = 100.0

    def watch(self) -> Stopwatch:
        return Stopwatch(lambda: self.time, lambda: self.work)

    def go(self, time: float, work: float) -> None:
        self.time += time
        self.work += work


def test_steps_add_up_however_busy_the_cores_are() -> None:
    clocks = Clocks()
    watch = clocks.watch()
    for time, work in ((1.0, 4.0), (1.5, 0.5), (1.9, 0.01), (30.0, 3.1)):  # the last: ten at one core
        clocks.go(time, work)
        watch.lap()
    assert (watch.seconds, watch.stood_still) == pytest.approx((34.4, 0))


def test_six_minutes_without_work_are_a_standstill_and_not_counted() -> None:
    clocks = Clocks()
    watch = clocks.watch()
    for time, work in ((0.2, 0.2), (360.2, 0.2), (0.2, 0.2)):
        clocks.go(time, work)
        watch.lap()
    assert (watch.seconds, watch.stood_still) == pytest.approx((0.6, 360))


def test_time_that_is_somebody_else_s_is_not_counted() -> None:
    clocks = Clocks()
    watch = clocks.watch()
    clocks.go(1, 1)
    watch.lap()
    clocks.go(500, 500)
    watch.skip()
    clocks.go(2, 2)
    watch.lap()
    assert (watch.seconds, watch.stood_still) == pytest.approx((3, 0))


# ---------------------------------------------------------------- a training


def test_the_time_in_which_nobody_asks_for_the_next_record_is_no_training_time(digits: Dataset) -> None:
    began, held, epochs = perf_counter(), 0.0, []
    for record in training.train(training.begin(PLAIN, digits, "cpu"), digits, PLAIN):
        if isinstance(record, EpochRecord):
            epochs.append(record)
        elif isinstance(record, StepRecord):
            since = perf_counter()
            while perf_counter() < since + 0.15:
                pass
            held += perf_counter() - since
    whole = perf_counter() - began
    assert held > 0.25
    assert sum(epoch.seconds + epoch.test_seconds for epoch in epochs) < whole - held


TRAIN = """
import json, torch
from autoenc import datasets, stopwatch, training
from autoenc.schema import EpochRecord, TrainConfig
stopwatch.MIN_GAP_SECONDS = 0.5
torch.set_num_threads(1)
data = datasets.load("digits")
config = TrainConfig("digits", "mlp", 4, epochs=1000, batch_size=2)
for record in training.train(training.begin(config, data, "cpu"), data, config):
    if isinstance(record, EpochRecord):
        print(json.dumps([record.seconds, record.stood_still]), flush=True)
"""


def test_a_training_that_was_stopped_for_a_while_says_so_and_does_not_count_it() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", TRAIN], cwd=ROOT, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        child = psutil.Process(process.pid)
        begun = child.cpu_times().user
        while child.cpu_times().user < begun + 0.05:  # it is in the midst of its steps
            pass
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        process.send_signal(signal.SIGCONT)
        epochs: list[list[float]] = []
        while not any(still for _, still in epochs):
            epochs.append(json.loads(process.stdout.readline()))
        process.kill()
    assert max(still for _, still in epochs) > 0.9


# ---------------------------------------------------------------- what is made of it

STILL = Epoch(0.01, 0.01, 66.0, 2.0, 2, 0, 360.0)
USUAL = Epoch(0.01, 0.01, 60.0, 4.0, 2, 0)


def run_with(*epochs: Epoch) -> Run:
    return replace(run_of(4, []), epochs=epochs)


def test_the_epoch_of_a_standstill_counts_neither_for_the_speed_nor_for_the_forecast() -> None:
    run = run_with(USUAL, STILL)
    assert run.images_per_second == 60_000 / 60
    assert run.seconds_per_epoch == 64
    assert run.seconds == 132
    only = run_with(STILL)
    assert only.seconds_per_epoch == 68, "the best guess that there is"
    assert seconds_left(replace(run, step_losses=(0.1,) * 938)) == 64 * 4 * 0.5


def test_the_chart_hatches_the_epoch_of_a_standstill_and_shows_no_speed_for_it() -> None:
    train, test, speed = plots.timing(run_with(USUAL, STILL, USUAL)).data
    assert list(train.y) == [60, 66, 60]
    for bars in (train, test):
        assert list(bars.marker.pattern.shape) == ["", "/", ""]
        assert bars.hovertext[1] == ", and paused for 6 min"
    assert [value > 0 for value in speed.y] == [True, False, True]
    assert plots.timing(run_with(USUAL)).data[0].marker.pattern.shape is None


def test_a_standstill_is_said_beside_the_run() -> None:
    (sentence,) = remarks(run_with(USUAL, STILL, USUAL))
    assert sentence == (
        "The process was paused for 6 min during epoch 2 (a closed lid, a stopped program): "
        "that time is not counted; the speed is measured over the other epochs."
    )
    (sentence,) = remarks(run_with(STILL, USUAL, STILL))
    assert "for 12 min during epochs 1 and 3 (" in sentence
    (sentence,) = remarks(run_with(*[STILL] * 4))
    assert "for 24 min during 4 epochs (" in sentence
    assert "other epochs" not in sentence
    assert remarks(run_with(USUAL)) == ()


def test_a_file_keeps_the_standstill_and_a_file_without_one_is_as_it_was(
    digits: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sample = made(PLAIN, digits, tmp_path_factory)
    assert "history.still" not in sample.header
    first, second = sample.run.epochs
    run = replace(sample.run, epochs=(first, replace(second, stood_still=360.5)))
    path = stored(run, sample.state)
    assert checkpoints.read(run.run_id).epochs[1].stood_still == 360.5
    (summary,) = checkpoints.summaries()[0]
    assert summary.seconds_per_epoch == first.seconds + first.test_seconds
    copy = path.with_name("from elsewhere")
    path.rename(copy)
    assert checkpoints.import_file(copy) == run.run_id
    put(run.run_id, sample.data)
    assert [epoch.stood_still for epoch in checkpoints.read(run.run_id).epochs] == [0, 0]
