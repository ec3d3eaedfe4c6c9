"""What takes long is computed once: real threads that ask at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from autoenc.once import once

N = 40


def test_of_forty_who_ask_at_once_one_computes_and_all_get_its_result() -> None:
    computed, all_are_here, may_end = list[int](), Barrier(N + 1), Event()

    @once(maxsize=4)
    def square(n: int) -> tuple[int, ...]:
        computed.append(n)
        assert may_end.wait(60)
        return (n * n,)

    def ask() -> tuple[int, ...]:
        all_are_here.wait(60)
        return square(7)

    with ThreadPoolExecutor(N) as threads:
        answers = [threads.submit(ask) for _ in range(N)]
        all_are_here.wait(60)
        may_end.set()
        results = [answer.result(60) for answer in answers]
    assert results == [(49,)] * N
    assert all(result is results[0] for result in results)
    assert computed == [7]


def test_who_asks_for_something_else_does_not_wait() -> None:
    begun, may_end = Event(), Event()

    @once(maxsize=4)
    def computed(n: int) -> int:
        if n == 0:
            begun.set()
            assert may_end.wait(60)
        return n

    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(computed, 0)
        assert begun.wait(60)
        assert computed(1) == 1
        assert not slow.done()
        may_end.set()
        assert slow.result(60) == 0


def test_what_fails_is_told_to_whoever_computed_it_and_tried_again_by_the_next() -> None:
    tries = list[int]()

    @once(maxsize=4)
    def fails_twice(n: int) -> int:
        tries.append(n)
        if len(tries) < 3:
            raise ValueError("not yet")
        return n

    for _ in range(2):
        with pytest.raises(ValueError, match="not yet"):
            fails_twice(1)
    assert [fails_twice(1), fails_twice(1)] == [1, 1]
    assert len(tries) == 3


def test_of_many_who_wait_for_what_fails_one_at_a_time_tries_again() -> None:
    at_work, tries, all_are_here = list[int](), list[int](), Barrier(N)

    @once(maxsize=4)
    def fails_twice(n: int) -> int:
        at_work.append(n)
        assert at_work == [n], "two at a time"
        tries.append(n)
        at_work.clear()
        if len(tries) < 3:
            raise ValueError("not yet")
        return n

    def ask() -> int:
        all_are_here.wait(60)
        return fails_twice(1)

    with ThreadPoolExecutor(N) as threads:
        answers = [threads.submit(ask) for _ in range(N)]
        failed = [answer.exception(60) for answer in answers]
    assert sum(isinstance(error, ValueError) for error in failed) == 2
    assert failed.count(None) == N - 2
    assert len(tries) == 3


def test_what_is_being_computed_is_not_computed_again_when_others_fill_the_store() -> None:
    begun, may_end, computed = Event(), Event(), list[int]()

    @once(maxsize=1)
    def slow_at_0(n: int) -> int:
        computed.append(n)
        if n == 0:
            begun.set()
            assert may_end.wait(60)
        return n

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(slow_at_0, 0)
        assert begun.wait(60)
        assert [slow_at_0(1), slow_at_0(2)] == [1, 2]
        second = threads.submit(slow_at_0, 0)
        may_end.set()
        assert [first.result(60), second.result(60), slow_at_0(0)] == [0, 0, 0]
    assert computed == [0, 1, 2]


def test_the_key_tells_what_differs() -> None:
    computed = list[list[int]]()

    @once(maxsize=4, key=lambda numbers: sum(numbers))
    def first(numbers: list[int]) -> int:  # a list has no hash
        computed.append(numbers)
        return numbers[0]

    assert [first([1, 2]), first([2, 1]), first([4])] == [1, 1, 4]
    assert computed == [[1, 2], [4]]


def test_results_are_kept_up_to_their_size() -> None:
    computed = list[int]()

    @once(maxsize=10, size=len)
    def letters(n: int) -> str:
        computed.append(n)
        return "a" * n

    for n in (4, 6, 4, 6, 1, 6, 11, 6, 1):  # 1 drives out 4; 11 is larger than the store, and empties it
        letters(n)
    assert computed == [4, 6, 1, 11, 6, 1]


def test_only_the_latest_are_kept() -> None:
    computed = list[int]()

    @once(maxsize=2)
    def cached(n: int) -> int:
        computed.append(n)
        return n

    for n in (1, 2, 1, 3, 1, 2):  # 3 drives out 2, which was used longer ago than 1
        cached(n)
    assert computed == [1, 2, 3, 2]
