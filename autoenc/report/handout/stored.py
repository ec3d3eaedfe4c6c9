"""Hand-outs in the cache folder: an HTML file and a ZIP archive of its numbers each."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

from autoenc import durable
from autoenc.errors import AutoencError
from autoenc.places import cache_dir

_DIGEST = re.compile(rb"<!-- whole: ([0-9a-f]{64}) -->\n\Z")  # the last line of each HTML file


def html_path(job_id: str) -> Path:
    """Where the hand-out's HTML is; it need not exist."""
    return _folder() / f"{job_id}.html"


def zip_path(job_id: str) -> Path:
    """Where the archive of its CSV files is; it need not exist."""
    return _folder() / f"{job_id}.zip"


def sealed(html: str) -> bytes:
    """The file of a hand-out: its last line tells whether it is whole."""
    text = html.encode()
    return text + b"<!-- whole: %s -->\n" % _digest(text)


def save(job_id: str, html: bytes, archive: bytes) -> None:
    """Write both files, the archive first; what stood there is replaced at once or not at all.

    Raises:
        AutoencError: the cache folder cannot be written.
    """
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        durable.replace_file(zip_path(job_id), archive)
        durable.replace_file(html_path(job_id), html)
    except OSError as error:
        if not html_path(job_id).exists():
            _remove(job_id)
        raise AutoencError(
            f"cannot write the hand-out to {_folder()}: {error.strerror or error}; make room there"
        ) from None


def sizes(job_id: str) -> tuple[int, int] | None:
    """Bytes of both files; None: one of them is missing or damaged, and neither is left."""
    with suppress(OSError):
        html, archive = html_path(job_id).read_bytes(), zip_path(job_id).read_bytes()
        if _is_whole(html) and _is_readable(archive):
            return len(html), len(archive)
        _remove(job_id)
    return None


def newest(lab: str) -> tuple[str, float] | None:
    """The hand-out of a lab that was written last: its job_id, and when, in seconds since 1970; None: none.

    Args:
        lab: what the job_ids of its hand-outs have before their last hyphen.
    """
    with suppress(OSError):
        written = [
            (path.stem, path.stat().st_mtime)
            for path in _folder().glob("*.html")
            if path.stem.rpartition("-")[0] == lab and zip_path(path.stem).is_file()
        ]
        return max(written, key=lambda one: one[1], default=None)
    return None


def read(path: Path) -> bytes:
    """The bytes of a hand-out.

    Raises:
        AutoencError: it has gone, or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise AutoencError(
            f"cannot read {path}: {error.strerror or error}; make the hand-out again"
        ) from None


def remove_earlier(job_id: str) -> None:
    """Those of the same lab, whose results are not the latest; one that cannot be removed stays."""
    lab = job_id.rpartition("-")[0]
    with suppress(OSError):
        for path in list(_folder().glob("*.html")):
            if path.stem.rpartition("-")[0] == lab and path.stem != job_id:
                _remove(path.stem)


def _remove(job_id: str) -> None:
    for path in (html_path(job_id), zip_path(job_id)):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _is_whole(html: bytes) -> bool:
    last = _DIGEST.search(html[-100:])
    return last is not None and _digest(html[: len(html) - len(last[0])]) == last[1]


def _is_readable(archive: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as file:
            return file.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
        return False


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()


def _folder() -> Path:
    return cache_dir() / "handouts"
