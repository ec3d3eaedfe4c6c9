"""What is computed once for all visitors. Which caches there are, and why: docs/architecture.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar, cast

import streamlit as st

from autoenc.once import once as once  # for arguments that can be hashed, where a miss costs little

P = ParamSpec("P")
Result = TypeVar("Result", covariant=True)


class Shared(Protocol[P, Result]):
    """A function whose results all visitors share."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Result: ...

    def clear(self) -> None:
        """Forget all of them."""


def shared(
    max_entries: int, spinner: str = "", seconds: float | None = None
) -> Callable[[Callable[P, Result]], Shared[P, Result]]:
    """A decorator: one result for equal arguments, the same object for all who ask; a miss is computed once.

    Arguments whose names begin with _ are no part of the key. What raises is not kept.

    Args:
        max_entries: results that are kept, the latest.
        spinner: shown where a visitor waits.
        seconds: after which a result is computed again; None: never.
    """
    cached = st.cache_resource(ttl=seconds, max_entries=max_entries, show_spinner=spinner or False)
    return cast(Callable[[Callable[P, Result]], Shared[P, Result]], cached)
