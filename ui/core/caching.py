"""What is computed once for all visitors. Which caches there are, and why: docs/architecture.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import streamlit as st

from autoenc.once import once as once  # for arguments that can be hashed, where a miss costs little

P = ParamSpec("P")
Result = TypeVar("Result")


def shared(max_entries: int, spinner: str = "") -> Callable[[Callable[P, Result]], Callable[P, Result]]:
    """A decorator: one result for equal arguments, the same object for all who ask; a miss is computed once.

    Arguments whose names begin with _ are no part of the key. What raises is not kept.

    Args:
        max_entries: results that are kept, the latest.
        spinner: shown where a visitor waits.
    """
    cached = st.cache_resource(max_entries=max_entries, show_spinner=spinner or False)
    return cast(Callable[[Callable[P, Result]], Callable[P, Result]], cached)
