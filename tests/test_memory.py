"""Freed memory stays or goes as it is told, and a shortage is told in a sentence."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from autoenc.errors import AutoencError
from autoenc.memory import shortage_told

ROOT = Path(__file__).parents[1]

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told what to keep")

PAGE_FAULTS = """
import resource
from autoenc import memory
if {keep}: memory.keep_freed()
def faults():
    x = b"x" * 40_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
first = faults()
for _ in range(10): last = faults()
print(last - first)
"""

RESIDENT = """
from autoenc import memory
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
memory.keep_freed()
blocks = [b"x" * 1_000_000 for _ in range(200)]
full = resident()
del blocks
kept = resident()
memory.give_back()
print(full - kept, kept - resident())
"""


def printed_by(code: str) -> list[int]:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return [int(word) for word in done.stdout.split()]


@glibc
def test_kept_memory_is_used_again_without_asking_the_kernel() -> None:
    n_pages = 40_000_000 // 4096
    (with_default,) = printed_by(PAGE_FAULTS.format(keep=False))
    (with_kept,) = printed_by(PAGE_FAULTS.format(keep=True))
    assert with_default > 5 * n_pages / 512  # ten times all pages; a kernel may hand out 512 at once
    assert with_kept < n_pages / 512


@glibc
def test_kept_memory_stays_until_it_is_given_back() -> None:
    gone_by_itself, given_back = printed_by(RESIDENT)
    assert gone_by_itself < 20_000_000
    assert given_back > 150_000_000


def test_memory_that_python_is_refused_is_told() -> None:
    with (
        pytest.raises(AutoencError, match="there was not enough memory; choose a smaller model"),
        shortage_told(),
    ):
        raise MemoryError


def test_memory_that_pytorch_is_refused_is_told() -> None:
    with pytest.raises(AutoencError, match="there was not enough memory"), shortage_told():
        torch.empty(10**18)


def test_any_other_error_is_left_as_it_is() -> None:
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"), shortage_told():
        torch.ones(2, 3) @ torch.ones(2, 3)
