"""A class that watches one run."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from autoenc.schema import Run, StepRecord
from tests.test_plots import run_of
from ui.core import polling
from ui.core.polling import drawn_once, interval_seconds


@pytest.fixture(autouse=True)
def _nobody_looks() -> Iterator[None]:
    polling._looks().clear()
    yield
    polling._looks().clear()


def come(n: int, at: float) -> None:
    polling._looks().update({f"window {i}": at for i in range(n)})


@pytest.mark.parametrize(("n", "seconds"), [(1, 0.5), (6, 0.5), (7, 1.0), (14, 1.0), (15, 2.0), (40, 3.0)])
def test_the_more_look_the_longer_the_interval(n: int, seconds: float) -> None:
    come(n, polling.monotonic())
    assert interval_seconds() == seconds


def test_who_has_gone_does_not_count() -> None:
    come(40, polling.monotonic() - polling.GONE_SECONDS - 1)
    assert interval_seconds() == 0.5


def test_a_moment_is_drawn_once_and_another_anew() -> None:
    a_run, drawn = run_of(2, []), list[Run]()

    @drawn_once
    def draw(run: Run, log: bool) -> int:
        drawn.append(run)
        return len(run.step_losses)

    later = a_run.after(StepRecord(1, (0.1,)))
    assert [draw(a_run, True), draw(a_run, True), draw(later, True), draw(a_run, True)] == [0, 0, 1, 0]
    assert len(drawn) == 2
    draw(a_run, False)
    assert len(drawn) == 3, "drawn otherwise"


def test_forty_who_see_a_new_epoch_at_once_draw_it_once() -> None:
    a_run, drawn, all_are_here = run_of(2, []), list[Run](), Barrier(40)

    @drawn_once
    def draw(run: Run) -> object:
        drawn.append(run)
        return object()

    def look() -> object:
        all_are_here.wait(60)
        return draw(a_run)

    with ThreadPoolExecutor(40) as threads:
        seen = {id(answer.result(60)) for answer in [threads.submit(look) for _ in range(40)]}
    assert (len(drawn), len(seen)) == (1, 1)
