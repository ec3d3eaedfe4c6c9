"""The head of a file: what is not what it should be is refused in one sentence; nothing is unpickled."""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import safetensors

from autoenc.errors import AutoencError, CheckpointError, RunNewer
from autoenc.heads.paths import FORMAT_VERSION, MAX_HEAD, MAX_HEADER, MAX_TEXT, unknown
from autoenc.kinds import FILE_CURE, HEAD_BYTES, what_else

REMEDY = "delete it or train again"


@dataclass(frozen=True)
class HeadFile:
    """An open file of a run."""

    head: Mapping[str, Any]  # as it was found: each value is still to be checked
    tensors: Any  # safetensors.safe_open
    stat: os.stat_result


# Whatever code that takes a file apart may raise when the file is not what it should be.
_DAMAGE = (
    AutoencError,
    safetensors.SafetensorError,
    OSError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
)


@contextmanager
def open_head(
    path: Path,
    name: str = "",
    remedy: str = REMEDY,
    what: str = "run",
    framework: Literal["numpy", "pt"] = "numpy",
) -> Iterator[HeadFile]:
    """The file at a path, called `name` or else as it is; trouble with it inside the block is damage.

    Args:
        framework: whose tensors it gives, if any are asked for; "pt" loads PyTorch.
    Raises:
        RunUnknown: there is no such file.
        RunNewer: a newer version of this program wrote it.
        CheckpointError: it is not a checkpoint of ours, or it is damaged; its cause is an OSError where the
            system did not let us read it.
    """
    name = name or path.name
    try:
        file_stat, at = _open(path, framework)
        with at as tensors:
            head = _head_in((tensors.metadata() or {}).get("autoenc", ""), name)
            yield HeadFile(head, tensors, file_stat)
    except FileNotFoundError:
        raise unknown(path.stem) from None
    except CheckpointError:
        raise
    except _DAMAGE as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else str(error).partition("\n")[0]
        raise CheckpointError(
            f"{printable(name)} is not a {what} that can be read ({printable(why[:200])}); {remedy}"
        ) from (error if isinstance(error, OSError) else None)


def _open(path: Path, framework: str) -> tuple[os.stat_result, Any]:
    """The file as it is now, and safetensors' view of it.

    safetensors opens a path twice, for its header and for its tensors: where another file is renamed over it
    in between, the one would be read with the other's offsets.
    """
    while True:
        before, at, trouble = path.stat(), None, None
        try:
            _check_header(path, before)
            at = safetensors.safe_open(path, framework=framework)
        except _DAMAGE as error:
            trouble = error
        after = path.stat()
        if identity(before) != identity(after):
            continue
        if trouble is not None:
            raise trouble
        return before, at


def identity(file_stat: os.stat_result) -> tuple[int, int, int]:
    """Differs where a file was replaced or written to."""
    return file_stat.st_ino, file_stat.st_mtime_ns, file_stat.st_size


def _check_header(path: Path, file_stat: os.stat_result) -> None:
    """Refuse a header that cannot be ours before safetensors parses it, at 14 times its size in memory."""
    if not stat.S_ISREG(file_stat.st_mode):  # a pipe would be waited for
        raise ValueError("it is not a file")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if what := what_else(head):
        raise ValueError(f"it is {what}; {FILE_CURE}")
    if head.startswith((b"PK\3\4", b"\x80\2", b"\x80\4")):
        raise ValueError(
            "it is a .zip or a PyTorch file, which this program does not read; take the .safetensors file"
        )
    n_bytes = int.from_bytes(head[:8], "little")
    if n_bytes > MAX_HEADER:
        raise ValueError(f"its header has {n_bytes:,} bytes; allowed: {MAX_HEADER:,}")


def _head_in(text: str, name: str) -> Mapping[str, Any]:
    head = json.loads(text)
    if not isinstance(head, dict):
        raise ValueError("its header is not an object")
    version = head["format_version"]
    if type(version) is int and version > FORMAT_VERSION:
        raise RunNewer(
            f"{printable(name)} was written by a newer version of this program (format version "
            f"{version!r:.40}; this program reads {FORMAT_VERSION}); update it, or delete the file"
        )
    if version != FORMAT_VERSION:
        raise CheckpointError(
            f"{printable(name)} has format version {version!r:.40}; this program reads {FORMAT_VERSION}"
        )
    if len(text) > MAX_HEAD:  # of our own format; a newer one may have chosen otherwise
        raise ValueError(f"its header has {len(text):,} bytes; allowed: {MAX_HEAD:,}")
    return head


def printable(text: str) -> str:
    """For terminals: a file's name and what it holds may be anything."""
    return "".join(c if c.isprintable() else "?" for c in text)


def whole(value: object, low: int = 0, high: int = 2**53) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"its header holds {value!r:.40} instead of a whole number from {low:,} to {high:,}")
    return value


def number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < math.inf:
        raise ValueError(f"its header holds {value!r:.40} instead of a number of 0 or more")
    return float(value)


def text(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():  # it goes to terminals
        raise ValueError(f"its header holds {value!r:.40} instead of a text")
    if len(value) > MAX_TEXT:
        raise ValueError(f"its header holds a text of {len(value):,} characters; allowed: {MAX_TEXT}")
    return value
