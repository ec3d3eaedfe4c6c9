"""What takes long is computed once, however many ask for it at the same time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from threading import Lock, RLock
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
Value = TypeVar("Value")


@dataclass(eq=False)
class _Promise:
    """A value that one thread computes while the others wait."""

    lock: Any = field(default_factory=RLock)
    value: Any = None
    result: bool = False


def once(maxsize: int) -> Callable[[Callable[P, Value]], Callable[P, Value]]:
    """A decorator as `functools.lru_cache`, in which of many threads that ask at once one computes.

    With `lru_cache` each of them would. What raises is not kept: the next who asks tries again.

    Args:
        maxsize: values that are kept, the latest used.
    """

    def decorate(compute: Callable[P, Value]) -> Callable[P, Value]:
        lock = Lock()

        @lru_cache(maxsize)
        def promise(*_: Any, **__: Any) -> _Promise:
            return _Promise()

        @wraps(compute)
        def compute_or_wait(*arguments: P.args, **named: P.kwargs) -> Value:
            with lock:  # else two might get a promise each for the same arguments
                promised: _Promise = cast(Any, promise)(*arguments, **named)
            with promised.lock:
                if not promised.result:
                    promised.value, promised.result = compute(*arguments, **named), True
            value: Value = promised.value
            return value

        return compute_or_wait

    return decorate
