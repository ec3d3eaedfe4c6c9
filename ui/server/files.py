"""How many files and connections this process may have open at once. Each open page takes four."""

from __future__ import annotations

from contextlib import suppress

import psutil

WANTED_LIMITS = (65_536, 10_240)  # the second is macOS's own limit where it says that there is none
A_PAGE = 4  # its connection, and the event loop that Streamlit keeps for it
A_CLASS = 1024  # enough for forty viewers who reload, and for what browsers load beside


def raise_limit() -> int | None:
    """Raise the process's limit as far as the system lets it; the limit now, None where there is none.

    A shell's usual limit, 256 on macOS and 1,024 on Linux, is less than a class of thirty takes.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in WANTED_LIMITS:
        target = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft == resource.RLIM_INFINITY or soft >= target:
            break
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))
            return target
    return None if soft == resource.RLIM_INFINITY else soft


def n_spare() -> int:
    """How many more may be opened."""
    try:
        import resource
    except ImportError:
        return A_CLASS
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return A_CLASS if soft == resource.RLIM_INFINITY else soft - psutil.Process().num_fds()


def warning(limit: int | None) -> str:
    """One line for the terminal where a class may have no room; "" where it has."""
    if limit is None or limit >= A_CLASS:
        return ""
    return (
        f"Only {limit} files and connections may be open at once on this system: room for about "
        f"{max(0, limit - 100) // A_PAGE} open pages. A class needs `ulimit -n {A_CLASS}` or more."
    )
