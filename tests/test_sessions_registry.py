"""What is known of each job: seen by any thread at any time, without a worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

import pytest

from autoenc.errors import AutoencError
from autoenc.jobs import TrainJob
from autoenc.schema import Snapshot, State, TrainConfig
from autoenc.sessions import registry as the_book
from autoenc.sessions.queue import in_turn
from autoenc.sessions.registry import JobEntry, JobRegistry


@dataclass(frozen=True)
class Named:
    """A job that nobody does."""

    job_id: str

    def stored(self) -> Snapshot | None:
        return None

    def run(self) -> Iterator[None]:
        yield

    def threads(self, share: int) -> int:
        return 1

    def needed_bytes(self) -> int:
        return 0

    def needed_dataset(self) -> None:
        return None


def begin(registry: JobRegistry, n: int = 1) -> list[str]:
    """The next n begin; their job_ids."""
    begun = registry.may_begin()[:n]
    for entry in begun:
        registry.begins(entry, "a worker", 0, lambda key: key)
    return [entry.snapshot.job_id for entry in begun]


def aheads(registry: JobRegistry) -> dict[str, int]:
    return {s.job_id: s.ahead for s in registry.active() if s.state is State.QUEUED}


def test_everybody_sees_the_same_of_a_job_whichever_way_they_ask() -> None:
    registry = JobRegistry()
    for owner, n in (("a", 3), ("b", 2)):
        for i in range(n):
            registry.add(Named(f"{owner}{i}"), owner)
    assert begin(registry) == ["a0"]
    of_all = {s.job_id: s for s in registry.active()}
    assert of_all == registry.snapshots(["b1", "a0", "a1", "a2", "b0", "nobody's"])
    # Who has one running comes after who has none: b0, then by turns.
    assert [s.job_id for s in registry.active()] == ["a0", "b0", "a1", "b1", "a2"]
    assert aheads(registry) == {"a0": 0, "b0": 0, "a1": 1, "b1": 2, "a2": 3}
    assert [s.job_id for s in registry.active(2)] == ["a0", "b0"]
    assert {s.job for s in registry.active(2)} == {Named("a0"), Named("b0")}


def test_a_place_in_the_queue_changes_with_whoever_comes_begins_or_goes() -> None:
    registry = JobRegistry()
    for i in range(3):
        registry.add(Named(f"a{i}"), "a")
    assert aheads(registry) == {"a0": 0, "a1": 1, "a2": 2}
    registry.add(Named("b0"), "b")
    assert aheads(registry) == {"a0": 0, "b0": 1, "a1": 2, "a2": 3}
    begin(registry)
    assert aheads(registry) == {"a0": 0, "b0": 0, "a1": 1, "a2": 2}, (
        "a0 is at a worker that has told nothing yet"
    )
    registry.stop("a1")
    assert aheads(registry) == {"a0": 0, "b0": 0, "a2": 1}
    (entry,) = registry.at_work()
    registry.worker_died(entry)
    assert aheads(registry) == {"a0": 0, "b0": 1, "a2": 2}, "it goes on before any other begins"
    assert registry.counts() == (0, 3)


def test_the_queue_is_put_in_order_once_after_each_change_however_many_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What made a page take half a minute: each look at each of its runs put all of the queue in order."""
    orders: list[int] = []

    def counted(waiting: list[JobEntry], *others: Any) -> list[JobEntry]:
        orders.append(len(waiting))
        return in_turn(waiting, *others)

    monkeypatch.setattr(the_book, "in_turn", counted)
    registry = JobRegistry()
    names = [f"a{i}" for i in range(100)]
    for name in names:
        registry.add(Named(name), "a")
    assert orders == [], "nobody has asked yet"
    for _ in range(10):
        registry.snapshots(names)
        registry.active()
        registry.may_begin()
        registry.counts()
    assert orders == [100]
    registry.stop("a5")
    assert aheads(registry)["a99"] == 98
    assert orders == [100, 99]


def test_a_browser_that_takes_new_names_cannot_fill_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_book, "MAX_WAITING", 3)
    monkeypatch.setattr(the_book, "MAX_WAITING_AT_ADDRESS", 5)
    registry = JobRegistry()
    for i in range(3):
        registry.add(Named(f"a{i}"), "a", address="192.0.2.1")
    with pytest.raises(AutoencError, match="you have 3 runs in the queue"):
        registry.add(Named("a3"), "a", address="192.0.2.2")
    for i in range(2):
        registry.add(Named(f"new{i}"), f"new{i}", address="192.0.2.1")
    with pytest.raises(AutoencError, match="5 runs from your network address"):
        registry.add(Named("new2"), "new2", address="192.0.2.1")
    registry.add(Named("b0"), "b", address="192.0.2.9")
    begin(registry)
    registry.add(Named("new2"), "new2", address="192.0.2.1")
    assert len(registry.queue()) == 6, "one has left the queue, one has come"


def test_a_retry_for_which_there_is_no_room_leaves_why_the_run_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry = JobRegistry()
    registry.add(Named("a"), "visitor")
    (entry,) = registry.queue()
    registry.end(entry, State.FAILED, "it diverged")
    monkeypatch.setattr(the_book, "MAX_WAITING", 0)
    with pytest.raises(AutoencError, match="in the queue"):
        registry.add(Named("a"), "visitor")
    assert registry.snapshots(["a"])["a"].message == "it diverged"


def test_a_class_of_thirty_behind_one_address_has_room_for_the_largest_sweep_each_and_for_no_more() -> None:
    registry = JobRegistry()
    for student in range(30):
        for name in ("pca", "mean image", *range(100)):
            registry.add(Named(f"{student}-{name}"), f"student {student}", address="192.0.2.1")
    assert registry.counts() == (0, 30 * (100 + 2))
    with pytest.raises(AutoencError, match=r"^3,060 runs from your network address are in the queue; wait"):
        registry.add(Named("one more"), "student 30", address="192.0.2.1")
    registry.add(Named("one more"), "student 30", address="192.0.2.2")


def test_a_visitor_has_room_for_two_of_the_largest_sweeps_and_for_no_more() -> None:
    registry = JobRegistry()
    for sweep in range(2):
        for name in ("pca", "mean image", *range(100)):
            registry.add(Named(f"{sweep}-{name}"), "a")
    with pytest.raises(AutoencError, match=r"^you have 204 runs in the queue; wait for some of them$"):
        registry.add(Named("one more"), "a")


def test_visitors_of_long_ago_are_forgotten_and_their_turn_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_book, "MAX_SERVED", 2)
    registry = JobRegistry()
    for owner in "abcd":
        registry.add(Named(owner), owner)
        begin(registry)
        registry.end(registry.at_work()[0], State.STOPPED, "")
    assert len(registry._served) == 2
    for owner in "dcb":
        registry.add(Named(f"{owner} again"), owner)
    assert [s.job_id for s in registry.active()] == ["b again", "c again", "d again"]


def test_what_ended_first_is_forgotten_first_and_failures_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_book, "MAX_REMEMBERED", 2)
    registry = JobRegistry()
    for name in ("failed", "first", "second"):
        registry.add(Named(name), "a")
        begin(registry)
        registry.end(registry.at_work()[0], State.FAILED if name == "failed" else State.FINISHED, "")
    assert set(registry.snapshots(["failed", "first", "second"])) == {"failed", "second"}


def test_a_slow_disk_stops_nobody_but_whoever_starts_from_it() -> None:
    reads, may_go_on = Event(), Event()

    @dataclass(frozen=True)
    class Slow(Named):
        def stored(self) -> Snapshot | None:
            reads.set()
            assert may_go_on.wait(60)
            return None

    registry = JobRegistry()
    registry.add(Named("quick"), "a")
    starts = Thread(target=registry.add, args=(Slow("slow"), "b"), daemon=True)
    starts.start()
    assert reads.wait(60)
    seen: list[dict[str, Snapshot]] = []
    looks = Thread(target=lambda: seen.append(registry.snapshots(["quick", "slow"])), daemon=True)
    looks.start()
    looks.join(10)
    assert [set(snapshots) for snapshots in seen] == [{"quick"}], "the page waits for the disk"
    may_go_on.set()
    starts.join(60)
    assert set(registry.snapshots(["quick", "slow"])) == {"quick", "slow"}


# ---------------------------------------------------------------- runs that continue one another


def training(epochs: int, **changed: Any) -> TrainJob:
    return TrainJob(TrainConfig("digits", epochs=epochs, **changed))


def test_a_run_waits_for_the_shorter_one_that_it_continues_and_lets_others_pass() -> None:
    registry = JobRegistry()
    short, long, longest, other = training(2), training(4), training(8), training(4, seed=1)
    for job in (short, long, longest, other):
        registry.add(job, "a")
    assert begin(registry, 4) == [short.job_id, other.job_id]
    assert begin(registry, 4) == []
    (entry,) = (e for e in registry.at_work() if e.job == short)
    registry.end(entry, State.FAILED, "its disk was full")
    assert begin(registry, 4) == [long.job_id], "whatever became of the shorter one"
    registry.stop(longest.job_id)
    assert aheads(registry) == {long.job_id: 0, other.job_id: 0}


def test_a_shorter_run_waits_for_no_longer_one() -> None:
    registry = JobRegistry()
    for epochs in (8, 2):
        registry.add(training(epochs), "a")
    assert begin(registry, 2) == [training(8).job_id, training(2).job_id]


def test_another_decay_or_seed_is_another_family() -> None:
    registry = JobRegistry()
    jobs = [training(2), training(4, decay_epochs=4), training(4, seed=1), training(4, learning_rate=0.01)]
    for job in jobs:
        registry.add(job, "a")
    assert begin(registry, 4) == [job.job_id for job in jobs]
