"""Memory that was freed stays with the process, so that the next step need not ask the kernel for it again.

By default glibc hands every large tensor back when it is freed, and each training step then pays for fresh
pages: two thirds of the time of a convolution with 128 channels
(docs/decisions/0002-freed-memory-is-kept.md).
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from autoenc.errors import AutoencError

# From glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3


def keep_freed() -> None:
    """Keep freed memory in this process from now on; does nothing where the C library is not glibc."""
    if (libc := _glibc()) is not None:
        libc.mallopt(_M_MMAP_THRESHOLD, 1 << 30)
        libc.mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)


def give_back() -> None:
    """Return what is free to the kernel now; does nothing where the C library is not glibc."""
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)


@contextmanager
def shortage_told() -> Iterator[None]:
    """Turns an allocation that was refused into a sentence.

    Raises:
        AutoencError: there was not enough memory.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        # PyTorch has no class of its own for the CPU: "can't allocate memory"; for the GPU: "out of memory".
        if isinstance(error, RuntimeError) and not re.search("allocate memory|out of memory", str(error)):
            raise
        raise AutoencError(
            "there was not enough memory; choose a smaller model, a smaller batch or fewer images"
        ) from None


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
