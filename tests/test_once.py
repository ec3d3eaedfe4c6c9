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


def test_only_the_latest_are_kept() -> None:
    computed = list[int]()

    @once(maxsize=2)
    def kept(n: int) -> int:
        computed.append(n)
        return n

    for n in (1, 2, 1, 3, 1, 2):  # 3 drives out 2, which was used longer ago than 1
        kept(n)
    assert computed == [1, 2, 3, 2]
