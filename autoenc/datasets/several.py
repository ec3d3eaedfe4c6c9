"""Several files at once as one source: arrays such as the four files of MNIST, never several archives."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from autoenc.datasets.unpacking import Packed, Source, name_of, open_source
from autoenc.errors import DatasetError

ARRAY_ENDING = ".npy"


@contextmanager
def open_sources(sources: Sequence[Source]) -> Iterator[Iterator[Packed]]:
    """All files of the sources; one source is as `open_source` gives it.

    The arrays of an .npz among several lie in a folder that is called like it.

    Raises:
        DatasetError: as `open_source` does; one of several is a folder or another archive.
    """
    if len(sources) == 1:
        with open_source(sources[0]) as files:
            yield files
    else:
        yield _of_several(sources)


def _of_several(sources: Sequence[Source]) -> Iterator[Packed]:
    sizes = [_size(source) for source in sources]
    n_read = 0
    for source, size in zip(sources, sizes, strict=True):
        name = name_of(source)
        if isinstance(source, Path) and os.path.isdir(source):
            raise _among_others(name)
        with open_source(source) as files:
            for one in files:
                if one.name != name:
                    if not one.name.endswith(ARRAY_ENDING):
                        raise _among_others(name)
                    one = replace(one, name=f"{os.path.splitext(name)[0]}/{one.name}")
                here = min(one.n_bytes_read, size)
                yield replace(one, n_bytes_read=n_read + here, n_bytes_total=sum(sizes))
        n_read += size


def _size(source: Source) -> int:
    if not isinstance(source, Path):
        return source.seek(0, os.SEEK_END)
    try:
        return source.stat().st_size
    except OSError as error:
        raise DatasetError(f"{str(source)!r:.80} cannot be read: {error.strerror}; choose another") from error


def _among_others(name: str) -> DatasetError:
    return DatasetError(
        f"{name!r:.80} is an archive or a folder among other files; import it without them, or only files of "
        "arrays"
    )
