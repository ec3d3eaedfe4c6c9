"""Who is next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from autoenc.sessions.queue import in_turn


@dataclass(frozen=True)
class Asked:
    owner: str
    n: int = 0
    crashes: int = 0


def begun_in_order(waiting: list[Asked], n_workers: int) -> list[Asked]:
    """What begins when, if all jobs take equally long: the queue is asked again for each free worker."""
    order, running, served, left = list[Asked](), list[Asked](), dict[str, int](), list(waiting)
    while left:
        if len(running) == n_workers:
            running.pop(0)
        first = in_turn(left, [job.owner for job in running], served)[0]
        left.remove(first)
        running.append(first)
        order.append(first)
        served[first.owner] = len(order)
    return order


def test_one_visitor_with_twenty_runs_does_not_keep_nineteen_others_waiting() -> None:
    greedy = [Asked("greedy", n) for n in range(20)]
    others = [Asked(f"visitor {n}") for n in range(19)]
    for n_workers in (1, 2, 4):
        order = begun_in_order(greedy + others, n_workers)
        assert {job.owner for job in order[:20]} == {"greedy", *(job.owner for job in others)}


def test_who_comes_later_is_next_when_the_others_have_had_their_turn() -> None:
    waiting = [Asked("a", 2), Asked("a", 3), Asked("b", 1)]
    assert [job.owner for job in in_turn(waiting, ["a"], {"a": 1})] == ["b", "a", "a"]
    assert [job.owner for job in in_turn(waiting, [], {"a": 1})] == ["b", "a", "a"]


def test_a_run_whose_worker_died_goes_on_before_any_other_begins() -> None:
    waiting = [Asked("a", 1), Asked("b", 1), Asked("a", 2, crashes=1)]
    assert in_turn(waiting, ["a", "a"], {"a": 5})[0] == Asked("a", 2, crashes=1)


job_lists = st.lists(st.builds(Asked, st.sampled_from("abcde"), st.integers(0, 9)), max_size=30)


@given(
    job_lists,
    st.lists(st.sampled_from("abcdef"), max_size=4),
    st.dictionaries(st.sampled_from("abcde"), st.integers(1, 99)),
)
def test_everyone_is_in_the_order_once_and_each_visitor_in_the_order_of_asking(
    waiting: list[Asked], running: list[str], served: dict[str, int]
) -> None:
    order = in_turn(waiting, running, served)
    for owner in "abcde":
        assert [job for job in order if job.owner == owner] == [job for job in waiting if job.owner == owner]


@given(job_lists, st.integers(1, 4))
def test_nobody_waits_for_a_second_run_of_another_before_their_first(
    waiting: list[Asked], n_workers: int
) -> None:
    order = [job.owner for job in begun_in_order(waiting, n_workers)]
    visitors = set(order)
    assert len(set(order[: len(visitors)])) == len(visitors)


def one_look_at_all_visitors_for_each_turn(
    waiting: list[Asked], running: list[str], served: dict[str, int]
) -> list[Asked]:
    """The rule of the queue as it is said, in the square of the number of jobs."""
    queues: dict[str, list[Asked]] = {}
    for job in sorted(waiting, key=lambda job: not job.crashes):
        queues.setdefault(job.owner, []).append(job)
    having, last, order = Counter(running), dict(served), list[Asked]()
    while queues:
        owner = min(
            queues, key=lambda owner: (not queues[owner][0].crashes, having[owner], last.get(owner, 0))
        )
        order.append(queues[owner].pop(0))
        having[owner] += 1
        last[owner] = max(last.values(), default=0) + 1
        if not queues[owner]:
            del queues[owner]
    return order


# Few visitors, and few different counts: it is where two are equal that an order goes wrong.
asked_or_lost = st.lists(
    st.builds(Asked, st.sampled_from("abcdefgh"), st.integers(0, 99), st.integers(0, 1)), max_size=40
)


@given(
    asked_or_lost,
    st.lists(st.sampled_from("abcdefghi"), max_size=6),
    st.dictionaries(st.sampled_from("abcdefghi"), st.integers(0, 6)),
)
def test_the_order_is_the_one_of_the_rule_as_it_is_said(
    waiting: list[Asked], running: list[str], served: dict[str, int]
) -> None:
    expected = one_look_at_all_visitors_for_each_turn(waiting, running, served)
    order = in_turn(waiting, running, served)
    assert [id(job) for job in order] == [id(job) for job in expected]
