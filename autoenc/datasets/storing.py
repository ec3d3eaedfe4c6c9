"""The arrays of a data set as a folder of files, compared with their fingerprint when they are read.

Disks err, and a power cut leaves zeros: each process compares the bytes before it uses a folder, and again
when a file of it has changed. MNIST takes 0.04 s where the processor has instructions for SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from time import time_ns
from typing import Any, NamedTuple

import numpy as np

from autoenc import durable
from autoenc.datasets.raw import Arrays, Bytes

META = "meta.json"  # the fingerprint, and what else there is to know
# A file that changed so short a time before it was looked at may change again without its clock showing it.
CLOCK_TICK = 50_000_000  # nanoseconds

_Files = tuple[tuple[int, int, int], ...]  # of each file of a folder what differs when it was written to
_comparing: dict[Path, Lock] = {}  # held while the bytes of a folder are compared


class Stored(NamedTuple):
    """What a folder holds."""

    arrays: Arrays  # private maps: writing to them changes no file
    fingerprint: str
    meta: Mapping[str, Any]  # each value is still to be checked


# The folders whose bytes this process has compared, as they were then: a page asks for its data set dozens of
# times, and opening the arrays is most of what that takes.
_compared: dict[Path, tuple[_Files, Stored]] = {}


def fingerprint_of(arrays: Iterable[Bytes]) -> str:
    """16 hex digits of a sha256 over the shapes and bytes.

    Args:
        arrays: train, train_labels, test, test_labels: (N, C, H, W) and (N,) uint8.
    """
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(repr(array.shape).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:16]


def stored(folder: Path) -> Stored | None:
    """What was written there; None where the folder is missing, incomplete or damaged."""
    try:
        files = _files(folder)
        if (known := _known(folder, files)) is not None:
            return known
        meta = read_meta(folder)
        fingerprint = str(meta["fingerprint"])
        # Copy-on-write: torch.from_numpy takes the arrays without a warning, and processes share the pages.
        maps = [np.load(_npy(folder, name), mmap_mode="c", allow_pickle=False) for name in Arrays._fields]
        arrays = Arrays(*map(np.asarray, maps))
    except Exception:  # noqa: BLE001 - whatever is wrong with a folder of the cache, the cure is a new one
        return None
    return _if_as_written(folder, files, Stored(arrays, fingerprint, meta))


def _known(folder: Path, files: _Files) -> Stored | None:
    compared, known = _compared.get(folder, (None, None))
    return known if compared == files else None


def _if_as_written(folder: Path, files: _Files, opened: Stored) -> Stored | None:
    """What was opened, if its bytes have its fingerprint; of threads that ask at once one compares."""
    with _comparing.setdefault(folder, Lock()):
        if (known := _known(folder, files)) is not None:
            return known
        arrays = opened.arrays
        if any(array.dtype != np.uint8 for array in arrays) or fingerprint_of(arrays) != opened.fingerprint:
            return None
        if time_ns() - max(changed for _, changed, _ in files) > CLOCK_TICK:
            for gone in [other for other in list(_compared) if not other.exists()]:
                _compared.pop(gone, None)  # a map of a file that was deleted keeps its room on the disk
            _compared[folder] = files, opened
        return opened


def read_meta(folder: Path) -> dict[str, Any]:
    """What there is to know of the arrays, without a look at them.

    Raises:
        OSError or ValueError: there is nothing that can be read.
    """
    meta = json.loads((folder / META).read_bytes())
    if not isinstance(meta, dict):
        raise ValueError(f"{META} is not an object")
    return meta


def store(folder: Path, arrays: Arrays, more: Mapping[str, Any]) -> None:
    """Write the folder beside its place and move it there when it is on the disk.

    Raises:
        OSError: the disk refuses.
    """
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)  # from a process that was killed
    try:
        partial.mkdir()
        for name, array in arrays._asdict().items():
            _save(_npy(partial, name), np.ascontiguousarray(array))
        with durable.new_file(partial / META) as file:
            file.write(json.dumps({"fingerprint": fingerprint_of(arrays), **more}).encode())
        durable.sync_folder(partial)
        shutil.rmtree(folder, ignore_errors=True)  # there, but damaged
        durable.move(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _save(path: Path, array: Bytes) -> None:
    """As np.save, whose error on a full disk does not say that the disk is full."""
    with durable.new_file(path) as file:
        header = np.lib.format.header_data_from_array_1_0(array)
        np.lib.format.write_array_header_1_0(file, header)
        file.write(array.data)


def _files(folder: Path) -> _Files:
    stats = [path.stat() for path in (folder / META, *(_npy(folder, name) for name in Arrays._fields))]
    return tuple((stat.st_ino, stat.st_mtime_ns, stat.st_size) for stat in stats)


def _npy(folder: Path, array_name: str) -> Path:
    return folder / f"{array_name}.npy"
