"""Coroutines that a test runs, each in an event loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any, TypeVar

VISIT_SECONDS = 200

T = TypeVar("T")


def visit(what: Coroutine[Any, Any, T]) -> T:
    """Visits happen in a loop of their own: this thread may have one already, for the real browser."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asyncio.wait_for(what, VISIT_SECONDS)).result()


async def until(true: Callable[[], object], what: str, seconds: float = 90) -> None:
    """Look until it is so; `what` says what has not come about."""
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, f"{what}: not after {seconds} s"
        await asyncio.sleep(0.02)
