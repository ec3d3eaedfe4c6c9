"""Who is next."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from autoenc.sessions.queue import in_turn


@dataclass(frozen=True)
class Asked:
    by: str
    n: int = 0
    lost: int = 0


def begun_in_order(waiting: list[Asked], n_workers: int) -> list[Asked]:
    """What begins when, if all jobs take equally long: the queue is asked anew for each free worker."""
    order, running, served, left = list[Asked](), list[Asked](), dict[str, int](), list(waiting)
    while left:
        if len(running) == n_workers:
            running.pop(0)
        first = in_turn(left, [job.by for job in running], served)[0]
        left.remove(first)
        running.append(first)
        order.append(first)
        served[first.by] = len(order)
    return order


def test_one_visitor_with_twenty_runs_does_not_keep_nineteen_others_waiting() -> None:
    greedy = [Asked("greedy", n) for n in range(20)]
    others = [Asked(f"visitor {n}") for n in range(19)]
    for n_workers in (1, 2, 4):
        order = begun_in_order(greedy + others, n_workers)
        assert {job.by for job in order[:20]} == {"greedy", *(job.by for job in others)}


def test_who_comes_later_is_next_when_the_others_have_had_their_turn() -> None:
    waiting = [Asked("a", 2), Asked("a", 3), Asked("b", 1)]
    assert [job.by for job in in_turn(waiting, ["a"], {"a": 1})] == ["b", "a", "a"]
    assert [job.by for job in in_turn(waiting, [], {"a": 1})] == ["b", "a", "a"]


def test_a_run_whose_worker_died_goes_on_before_any_other_begins() -> None:
    waiting = [Asked("a", 1), Asked("b", 1), Asked("a", 2, lost=1)]
    assert in_turn(waiting, ["a", "a"], {"a": 5})[0] == Asked("a", 2, lost=1)


asked = st.lists(st.builds(Asked, st.sampled_from("abcde"), st.integers(0, 9)), max_size=30)


@given(
    asked,
    st.lists(st.sampled_from("abcdef"), max_size=4),
    st.dictionaries(st.sampled_from("abcde"), st.integers(1, 99)),
)
def test_everyone_is_in_the_order_once_and_each_visitor_in_the_order_of_asking(
    waiting: list[Asked], running: list[str], served: dict[str, int]
) -> None:
    order = in_turn(waiting, running, served)
    for by in "abcde":
        assert [job for job in order if job.by == by] == [job for job in waiting if job.by == by]


@given(asked, st.integers(1, 4))
def test_nobody_waits_for_a_second_run_of_another_before_their_first(
    waiting: list[Asked], n_workers: int
) -> None:
    order = [job.by for job in begun_in_order(waiting, n_workers)]
    visitors = set(order)
    assert len(set(order[: len(visitors)])) == len(visitors)
