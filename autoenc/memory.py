"""What a process may take of the machine's memory, what a run will take, and what it keeps between steps."""

from __future__ import annotations

import ctypes
import math
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from autoenc.errors import AutoencError
from autoenc.numerals import data_size
from autoenc.schema import ModelInfo, TrainConfig

if sys.platform != "win32":
    import resource

SHORTAGE = "there was not enough memory; choose a smaller model, a smaller batch or fewer images"

_MB = 10**6

# From glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3


def keep_freed() -> None:
    """Keep freed memory in this process from now on; does nothing where the C library is not glibc.

    By default glibc hands every large tensor back when it is freed, and each training step pays for fresh
    pages: two thirds of the time of a convolution with 128 channels
    (docs/decisions/0002-freed-memory-is-kept.md).
    """
    if (libc := _glibc()) is not None:
        libc.mallopt(_M_MMAP_THRESHOLD, 1 << 30)
        libc.mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)


def give_back() -> None:
    """Return what is free to the kernel now; does nothing where the C library is not glibc."""
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)


def check_fits(needed: int, allowed: int) -> None:
    """Passes where `needed` bytes are no more than the `allowed` ones.

    Raises:
        AutoencError: they are more.
    """
    if needed > allowed:
        raise AutoencError(
            f"this run needs about {data_size(needed)} of memory and {data_size(allowed)} are allowed; "
            "choose a smaller latent size, a smaller batch or fewer images"
        )


def needed_bytes(config: TrainConfig, model: ModelInfo, n_train: int, n_test: int) -> int:
    """What training takes at its peak on the CPU, above a process that has trained a small model already.

    Rather too much than too little: 0.9 to 2.6 times the peaks measured above 300 MB, mostly 1 to 1.7. What
    glibc's malloc can use again of what was freed differs between runs, up to threefold for one config. The
    data set's own pages do not count: they are read from a file and can be dropped.
    """
    n_images = config.train_images or n_train
    batch = min(config.batch_size, n_images)
    steps = math.ceil(n_images / batch)
    shuffled = n_images * model.n_pixels
    batches = 1000 * steps * min(2, config.epochs)  # views, each with its Python object
    history = 64 * steps * config.epochs
    weights = 4 * model.n_parameters
    state = 5 * weights  # weights, gradients, Adam's two, and a gradient being made
    saving = 6 * weights  # three of them as bytes, twice; or copied for a later save
    work = _work_bytes(config, model, batch)
    # What a step has freed lies about in pieces; a save can use some of it.
    peak = max(work, saving) + min(work, saving) // 2
    return 30 * _MB + shuffled + batches + history + state + peak + _test_bytes(config, model, n_test)


def _work_bytes(config: TrainConfig, model: ModelInfo, batch: int) -> int:
    """A step: inputs, outputs of the layers, their gradients, and what falls between two blocks of malloc."""
    inputs = (10 if config.noise else 6) * 4 * batch * model.n_pixels
    outputs = 4 * batch * sum(math.prod(layer.output_shape) for layer in model.layers)
    widest = 4 * batch * _widest(config, model)
    lost = min(outputs // 2 + 5 * widest, 300 * _MB)
    return inputs + outputs + 5 * widest // 2 + lost


def _test_bytes(config: TrainConfig, model: ModelInfo, n_test: int) -> int:
    """A chunk of test images: as `training` cuts them, 3 million numbers or 16 images in the widest layer."""
    sizes = [_widest(config, model)]
    if config.noise:
        sizes.append(model.n_pixels)  # the noise is drawn for as many images at once whatever the model
    return sum(3 * 4 * min(max(3_000_000, 16 * size), min(1000, n_test) * size) for size in sizes)


def _widest(config: TrainConfig, model: ModelInfo) -> int:
    """Numbers in the largest output of a layer; a convolution lays its channels out in blocks of 16."""
    block = 16 if config.kind.has_convolutions else 1
    shapes = [layer.output_shape for layer in model.layers]
    return max(math.ceil(shape[0] / block) * block * math.prod(shape[1:]) for shape in shapes)


def free_bytes() -> int:
    """What a new program could take now: of the machine, and of the control group that holds this process."""
    free = int(psutil.virtual_memory().available)
    return max(0, min([free, *(room for folder in _groups() if (room := _room_in(folder)) is not None)]))


def kernel_kills() -> int:
    """How many processes the kernel has ended for lack of memory so far: in this process's control group, or
    on the machine where that cannot be read; 0 where neither can."""
    for folder in _groups():
        for name in ("memory.events", "memory.oom_control"):  # v2, v1
            if (n := _field(folder / name, "oom_kill")) is not None:
                return n
    return _field(Path("/proc/vmstat"), "oom_kill") or 0


def _groups() -> Iterator[Path]:
    """The folders of this process's control group and of those around it, innermost first."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for _, controllers, name in (line.split(":", 2) for line in lines):
        if controllers in ("", "memory"):  # v2, v1
            root = Path("/sys/fs/cgroup") / controllers
            inner = root / name.lstrip("/")
            # In a container the name may be one that exists only outside: its root is what counts then.
            yield from (folder for folder in (inner, *inner.parents) if folder.is_relative_to(root))


def _room_in(folder: Path) -> int | None:
    """What a control group may still take, its cached files counted as free; None: it has no limit."""
    for limit, usage, cached in (
        ("memory.max", "memory.current", "inactive_file"),  # v2
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),  # v1
    ):
        try:
            allowed, used = (folder / limit).read_text().strip(), (folder / usage).read_text()
        except OSError:
            continue
        if allowed.isdecimal():  # or "max"
            return int(allowed) - int(used) + (_field(folder / "memory.stat", cached) or 0)
    return None


def _field(path: Path, name: str) -> int | None:
    """The number behind a name at the start of a line; None: there is no such file or line."""
    try:
        match = re.search(rf"^{name}:?\s+(\d+)", path.read_text(), re.M)
    except OSError:
        return None
    return int(match[1]) if match else None


@contextmanager
def limited(n_bytes: int) -> Iterator[None]:
    """Inside, this process can take at most `n_bytes` more than it has; more is refused with an exception.

    For `readable_shortage` to tell, before the kernel ends the process. Counted are private pages that can be
    written to, used or not: thread stacks of 8 MB each and a data set's map too. What earlier jobs have freed
    counts as what it has. Only on Linux; elsewhere it does nothing.

    OpenMP ends the process when it cannot start a thread, safetensors when it has no memory: see `unlimited`.
    """
    if sys.platform == "linux" and (has := _field(Path("/proc/self/status"), "VmData")) is not None:
        with _data_limit(1024 * has + n_bytes):
            yield
    else:
        yield


@contextmanager
def unlimited() -> Iterator[None]:
    """Inside `limited`, a time without its limit: to start threads, or to save."""
    if sys.platform == "linux":
        with _data_limit(resource.RLIM_INFINITY):
            yield
    else:
        yield


if sys.platform == "linux":

    @contextmanager
    def _data_limit(soft: int) -> Iterator[None]:
        before, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard != resource.RLIM_INFINITY:
            soft = hard if soft == resource.RLIM_INFINITY else min(soft, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_DATA, (before, hard))


# How libraries without a class of their own say it: PyTorch for the CPU, for the GPU; C++; oneDNN.
_SHORTAGE = re.compile(
    "allocate memory|out of memory|bad_alloc|could not (create|execute) a (primitive|memory)"
)


@contextmanager
def readable_shortage() -> Iterator[None]:
    """Turns an allocation that was refused into a sentence.

    Raises:
        AutoencError: there was not enough memory.
    """
    try:
        yield
    except BaseException as error:
        if not _is_shortage(error):
            raise
        raise AutoencError(SHORTAGE) from None


def _is_shortage(error: BaseException) -> bool:
    if isinstance(error, RuntimeError):
        return _SHORTAGE.search(str(error)) is not None
    # safetensors, when Python has no memory for its bytes: an exception of Rust's that is no Exception.
    panic = type(error).__name__ == "PanicException" and "pointer is null" in str(error)
    return panic or isinstance(error, MemoryError)


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
