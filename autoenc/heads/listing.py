"""The runs of the folder: a file that has not changed since it was read is not read again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from time import time_ns

from autoenc.errors import CheckpointError, RunUnknown
from autoenc.heads import stored
from autoenc.heads.parsing import printable
from autoenc.heads.paths import folder
from autoenc.heads.stored import Entry
from autoenc.heads.summary import read_summary
from autoenc.once import once
from autoenc.places import EXAMPLE_CHECKPOINTS
from autoenc.schema import RunSummary, TrainConfig

# A file that changed so short a time before it was read may change again without its clock showing it.
CLOCK_TICK = 50_000_000  # nanoseconds
WORTH_STORING = 200  # files that were read: about as long as it takes to store thousands


_lock = Lock()
_cache: tuple[Path, Mapping[str, Entry]] = (Path(), {})  # of the folder listed last, by file name


def summaries() -> tuple[tuple[RunSummary, ...], tuple[str, ...]]:
    """All runs of the folder, newest first, and one sentence for each file that could not be read."""
    global _cache
    place = folder().absolute()
    with _lock:  # of many who ask at once, one reads
        before = _cache[1] if _cache[0] == place else stored.load(place)
        now = dict[str, Entry]()
        for file in _files(place, ".safetensors"):
            with suppress(RunUnknown):  # deleted since the folder was listed
                now[file.name] = _look(file, before.get(file.name))
        _cache = place, now
        if sum(entry is not before.get(name) for name, entry in now.items()) >= WORTH_STORING:
            stored.save(place, now)
    contents = [entry.content for entry in now.values()]
    runs = sorted((run for run in contents if not isinstance(run, str)), key=lambda run: -run.modified)
    return tuple(runs), tuple(sorted(refusal for refusal in contents if isinstance(refusal, str)))


@once(maxsize=1)
def examples() -> tuple[RunSummary, ...]:
    """The runs that come with the program, by name; what cannot be read is none."""
    runs = []
    for path in sorted(EXAMPLE_CHECKPOINTS.glob("*.safetensors")):
        with suppress(CheckpointError):
            runs.append(read_summary(path))
    return tuple(runs)


def _look(file: os.DirEntry[str], cached: Entry | None) -> Entry:
    """What a file gives; read only if it may give something else than it did.

    Raises:
        RunUnknown: it is gone.
    """
    looked_at = time_ns()
    try:
        stat = file.stat()
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not file.is_symlink():
            raise RunUnknown(file.name) from None
        refusal = f"{printable(file.name)} is not a run that can be read ({error.strerror}); delete it"
        return Entry((0, 0, 0, 0), refusal, lasting=False)
    stamp = stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino
    if cached is not None and cached.lasting and cached.stamp == stamp:
        return cached
    settled = looked_at - stat.st_ctime_ns > CLOCK_TICK
    try:
        return Entry(stamp, read_summary(Path(file.path)), settled)
    except RunUnknown:
        raise
    except CheckpointError as error:  # a disk that refuses today may not tomorrow
        return Entry(stamp, str(error), settled and not isinstance(error.__cause__, OSError))


def _files(place: Path, ending: str) -> Iterator[os.DirEntry[str]]:
    with suppress(OSError), os.scandir(place) as entries:
        yield from (entry for entry in entries if entry.name.endswith(ending))


def continuable(config: TrainConfig, fingerprint: str) -> tuple[RunSummary, ...]:
    """The runs that this config could continue, the furthest first: the same in all but their epochs.

    Damaged files are passed over: they can continue nothing.
    """
    family, runs = config.family(fingerprint), []
    for entry in _files(folder(), f"-{family}.safetensors"):
        with suppress(CheckpointError):
            run = read_summary(Path(entry.path))
            if run.config.family(run.fingerprint) == family and 0 < run.epochs_done <= config.epochs:
                runs.append(run)
    return tuple(sorted(runs, key=lambda run: (-run.epochs_done, run.config.epochs != config.epochs)))


def furthest(config: TrainConfig, fingerprint: str) -> RunSummary | None:
    """The run that this config would continue; None: it starts from the beginning."""
    return next(iter(continuable(config, fingerprint)), None)
