"""From the mirrors to the raw files: whole and checked, or not at all."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import math
import shutil
import tarfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO

from filelock import Timeout

from autoenc import durable, locks
from autoenc.datasets.raw import MAX_FILE_BYTES, torchvision_class
from autoenc.datasets.reading import check_files
from autoenc.datasets.registry import dataset_spec
from autoenc.datasets.spec import DatasetSpec, data_dir
from autoenc.errors import DatasetError
from autoenc.kinds import what_else
from autoenc.schema import Download

TIMEOUT_SECONDS = 20.0  # without a byte
SLOW_SECONDS = 60.0  # in which less than SLOW_BYTES come: another mirror, or another day, is better
SLOW_BYTES = 60_000  # a file of 10 MB would take three hours
CHUNK_BYTES = 1 << 16

Resource = tuple[str, str]  # a file's name on the mirrors, and its md5


class _MirrorFailed(Exception):
    """One mirror did not give one file; another may."""


@dataclass(frozen=True)
class _Order:
    """What to fetch, and from where."""

    spec: DatasetSpec
    mirrors: tuple[str, ...]
    resources: tuple[Resource, ...]


def download(
    name: str, mirrors: Sequence[str] | None = None, resources: Sequence[Resource] | None = None
) -> Generator[Download, None, None]:
    """Brings the raw files into the data folder; closing the generator stops it, nothing half-written stays.

    Args:
        mirrors: where to look, each ending in a slash; None: where torchvision looks.
        resources: the files; None: those that torchvision names.
    Returns:
        Records whose `done` never falls; 1 at the end, and at once if the files are there already.
    Raises:
        ConfigError: there is no data set of this name.
        DatasetError: while iterating: no connection, a wrong file, no room, or another process is at it.
    """
    return _download(dataset_spec(name), mirrors, resources)


def _download(
    spec: DatasetSpec, mirrors: Sequence[str] | None, resources: Sequence[Resource] | None
) -> Generator[Download, None, None]:
    if _is_here(spec):
        yield _already(spec)
        return
    yield Download(spec.name)
    folder = data_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locks.held(folder / f".{spec.name}.lock"):
            if _is_here(spec):  # another process has just finished
                yield _already(spec)
            else:
                yield from _bring(_order(spec, mirrors, resources), folder)
    except Timeout:
        raise DatasetError(
            f"{spec.name} is being downloaded by another process; wait for it to finish"
        ) from None
    except OSError as error:
        raise DatasetError(
            f"could not download {spec.name}: {locks.cure(error, folder, 'AUTOENC_DATA_DIR')}"
        ) from error


def _order(spec: DatasetSpec, mirrors: Sequence[str] | None, resources: Sequence[Resource] | None) -> _Order:
    if mirrors is None or resources is None:
        declared_mirrors, declared_resources = _declared(spec)
        mirrors = declared_mirrors if mirrors is None else mirrors
        resources = declared_resources if resources is None else resources
    return _Order(spec, tuple(mirrors), tuple(resources))


def _declared(spec: DatasetSpec) -> tuple[Sequence[str], Sequence[Resource]]:
    """Mirrors and files, as torchvision names them."""
    declared = torchvision_class(spec)
    match spec.kind:
        case "cifar":
            return [declared.url.removesuffix(declared.filename)], [(declared.filename, declared.tgz_md5)]
        case "svhn":
            files = [declared.split_list[split] for split in ("test", "train")]
            return [files[0][0].removesuffix(files[0][1])], [(name, md5) for _, name, md5 in files]
    return declared.mirrors, declared.resources


def _is_here(spec: DatasetSpec) -> bool:
    try:
        check_files(spec)
    except DatasetError:
        return False
    return True


def _already(spec: DatasetSpec) -> Download:
    """In bytes of the files that are there; of the pixels, where there is no file."""
    n_pixel_bytes = (spec.n_train + spec.n_test) * math.prod(spec.image_shape)
    n_bytes = sum(path.stat().st_size for path in spec.files) or n_pixel_bytes
    return Download(spec.name, n_bytes, n_bytes)


def _bring(order: _Order, folder: Path) -> Iterator[Download]:
    """All files into a folder beside, then each to its place; needs the lock."""
    partial = folder / f".{order.spec.name}.partial"
    shutil.rmtree(partial, ignore_errors=True)  # from a process that was killed
    partial.mkdir()
    try:
        n_bytes = yield from _fetch_all(order, partial)
        order.spec.folder.mkdir(parents=True, exist_ok=True)
        for path in partial.iterdir():
            durable.sync_file(path)
            durable.move(path, order.spec.folder / path.name)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    yield Download(order.spec.name, n_bytes, n_bytes)


def _fetch_all(order: _Order, partial: Path) -> Generator[Download, None, int]:
    """The files, checked and unpacked in the folder; returns the number of bytes that came."""
    best = Download(order.spec.name)
    n_before = 0
    # The largest file comes last: the total is known when the last file begins, and no mirror is asked twice.
    resources = sorted(
        order.resources, key=lambda resource: resource[0].startswith(("train-images", "train_"))
    )
    for file, md5 in resources:
        packed, n_bytes = partial / file, 0
        for n_bytes, n_promised in _fetch(order, (file, md5), packed):
            n_total = n_before + n_promised if file == resources[-1][0] and n_promised else 0
            record = Download(order.spec.name, n_before + n_bytes, n_total)
            best = max(best, record, key=lambda r: (r.done, r.n_bytes))  # a second mirror begins a file again
            yield best
        n_before += n_bytes
        _unpack(packed, order.spec)
    return n_before


def _fetch(order: _Order, resource: Resource, path: Path) -> Iterator[tuple[int, int]]:
    """One file from the first mirror that gives it; after each chunk, bytes so far and promised (or 0)."""
    file, md5 = resource
    failures = []
    for mirror in order.mirrors:
        digest, n_bytes = hashlib.md5(usedforsecurity=False), 0
        try:
            with path.open("wb") as target:
                for chunk, n_promised in _chunks(mirror + file):
                    target.write(chunk)
                    digest.update(chunk)
                    n_bytes += len(chunk)
                    yield n_bytes, n_promised
            if digest.hexdigest() == md5:
                return
            failures.append(f"{mirror} gave a different {file} from the published one")
        except _MirrorFailed as failure:
            failures.append(f"{mirror} {failure}")
    reasons = ", ".join(failures) or "no mirror is known"
    raise DatasetError(
        f"could not download {order.spec.name}: {reasons}; check the connection, or use digits or "
        f"photos, which need no download"
    )


def _chunks(url: str) -> Iterator[tuple[bytes, int]]:
    """The body piece by piece, each with the number of bytes promised for the whole, or 0.

    Raises:
        _MirrorFailed: whatever goes wrong on the way.
    """
    n_bytes = 0
    slow = _Slow()
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "autoenc"})  # some refuse urllib's own
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            n_promised = max(0, int(response.headers.get("Content-Length") or 0))
            while chunk := response.read1(CHUNK_BYTES):
                if not n_bytes and (what := what_else(chunk)):
                    raise _MirrorFailed(f"gave {what}")
                n_bytes += len(chunk)
                slow.check(n_bytes)
                if n_bytes > MAX_FILE_BYTES:
                    raise _MirrorFailed("never stops sending")
                yield chunk, n_promised
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _MirrorFailed(f"fails: {_reason(error)}") from error
    if n_bytes < n_promised:
        raise _MirrorFailed(f"stopped after {n_bytes:,} of {n_promised:,} bytes")


class _Slow:
    """Watches the bytes come in."""

    def __init__(self) -> None:
        self._since, self._n_bytes = monotonic(), 0

    def check(self, n_bytes: int) -> None:
        """Raises _MirrorFailed where too few have come since the last look."""
        if (seconds := monotonic() - self._since) < SLOW_SECONDS:
            return
        if n_bytes - self._n_bytes < SLOW_BYTES:
            raise _MirrorFailed(f"is too slow: {n_bytes - self._n_bytes:,} bytes in {seconds:.0f} s")
        self._since, self._n_bytes = monotonic(), n_bytes


def _unpack(packed: Path, spec: DatasetSpec) -> None:
    """Leaves what was in the file in its place; what is not packed stays as it is."""
    problem = f"could not download {spec.name}: {packed.name} cannot be unpacked"
    try:
        if packed.name.endswith(".tar.gz"):
            _unpack_tar(packed, spec, problem)
        elif packed.suffix == ".gz":
            with gzip.open(packed) as source:
                _pour(source, packed.with_suffix(""), problem)
        else:
            return
    except (gzip.BadGzipFile, EOFError, zlib.error, tarfile.TarError) as error:
        raise DatasetError(f"{problem}: {_reason(error)}") from error
    packed.unlink()


def _unpack_tar(packed: Path, spec: DatasetSpec, problem: str) -> None:
    """The files that are read, and those with the names of the classes, which torchvision looks for."""
    wanted = {f"{spec.place}/{name}": name for name in (*spec.file_names, "batches.meta", "meta")}
    with tarfile.open(packed, "r:gz") as archive:
        for member in archive:
            source = archive.extractfile(member) if member.isreg() and member.name in wanted else None
            if source is not None:
                _pour(source, packed.with_name(wanted[member.name]), problem)


def _pour(source: gzip.GzipFile | IO[bytes], path: Path, problem: str) -> None:
    n_bytes = 0
    with path.open("wb") as target:
        while chunk := source.read(CHUNK_BYTES):
            n_bytes += len(chunk)
            if n_bytes > MAX_FILE_BYTES:
                raise DatasetError(f"{problem}: it has more than {MAX_FILE_BYTES:,} bytes")
            target.write(chunk)


def _reason(error: Exception) -> str:
    """A few words on one line."""
    if isinstance(error, urllib.error.HTTPError):
        if str(error.reason).startswith(urllib.request.HTTPRedirectHandler.inf_msg):  # several lines
            return f"HTTP {error.code}, redirects without end"
        return " ".join(f"HTTP {error.code} {error.reason}".split())
    cause = getattr(error, "reason", error)
    words = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return " ".join(words.split())
