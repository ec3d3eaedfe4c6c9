"""What takes long is computed once, however many ask for it at the same time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import wraps
from threading import Lock, RLock
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
Value = TypeVar("Value")


@dataclass(eq=False)
class _Entry:
    """A value, or one that a thread computes while others wait for it."""

    lock: Any = field(default_factory=RLock)  # held while it is computed
    n_interested: int = 0  # threads that compute it or wait for it
    computed: bool = False
    value: Any = None
    size: float = 0.0


class _Store:
    """Entries by key, those used last at the end."""

    def __init__(self, maxsize: float, size: Callable[[Any], float] | None) -> None:
        self._maxsize, self._size = maxsize, size
        self._lock = Lock()  # held for microseconds, never while a value is computed
        self._entries = OrderedDict[Hashable, _Entry]()
        self._total = 0.0

    def get(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            if entry.computed:
                return entry.value
            entry.n_interested += 1
        try:
            with entry.lock:
                if not entry.computed:
                    self._keep(entry, compute())
        finally:
            with self._lock:
                entry.n_interested -= 1
                if not entry.computed and not entry.n_interested:
                    del self._entries[key]  # it failed, and nobody is about to try again
        return entry.value

    def _keep(self, entry: _Entry, value: Any) -> None:
        size = 1.0 if self._size is None else self._size(value)
        with self._lock:
            entry.value, entry.size, entry.computed = value, size, True
            self._total += size
            while self._total > self._maxsize:
                oldest = next(key for key, other in self._entries.items() if other.computed)
                self._total -= self._entries.pop(oldest).size


def once(
    maxsize: float, *, key: Callable[..., Hashable] | None = None, size: Callable[[Any], float] | None = None
) -> Callable[[Callable[P, Value]], Callable[P, Value]]:
    """A decorator: equal arguments give the same object; of many threads that ask at once, one computes.

    Those that want something else don't wait. An exception goes to the thread that computed, is not kept, and
    the next one tries again.

    Args:
        maxsize: the most that is kept; what was used longest ago goes first.
        key: of the arguments, what tells results apart; None: the arguments themselves, which are hashed.
        size: of a result, in the unit of maxsize; None: each counts one.
    """

    def decorate(compute: Callable[P, Value]) -> Callable[P, Value]:
        store = _Store(maxsize, size)

        @wraps(compute)
        def compute_or_wait(*args: P.args, **kwargs: P.kwargs) -> Value:
            what = (args, *sorted(kwargs.items())) if key is None else key(*args, **kwargs)
            value: Value = store.get(what, lambda: compute(*args, **kwargs))
            return value

        return compute_or_wait

    return decorate
