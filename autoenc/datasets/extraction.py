"""Where each picture of an archive is written, and which are left out, judged by their names only."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from pathlib import Path

from autoenc.datasets.folders import printable
from autoenc.errors import DatasetError
from autoenc.kinds import is_hidden_name, is_named_as_picture

MAX_PARTS = 8  # of a picture's name: its folders and itself
MAX_FOLDERS = 100_000  # of different names: they are kept in memory
MAX_NAME_BYTES = 255  # which a disk allows a file or a folder

LINK = "in the form of a link or a device"
TOO_DEEP = f"deeper than {MAX_PARTS - 1} folders"
TOO_LONG = f"with a name longer than {MAX_NAME_BYTES} bytes"

SAME_NAME = "with the name of another file"
OUTSIDE_CLASSES = "in none of the class folders"
BESIDE_ARRAYS = "beside arrays of more images"
NO_ROW = "without a label in the metadata"


class LeftOut:
    """Counts the files that do not come in."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()  # of pictures
        self._first: dict[str, str] = {}  # of each reason
        self._n_others, self._other = 0, ""  # files that are no pictures, and the name of the first

    def add(self, reason: str, name: str, n: int = 1) -> None:
        """Counts n pictures, of which one is called so."""
        self._counts[reason] += n
        self._first.setdefault(reason, name)

    def add_other(self, name: str) -> None:
        """Counts a file that is no picture."""
        self._n_others += 1
        self._other = self._other or printable(name)[-60:]

    def sentences(self) -> list[str]:
        """A sentence on pictures, and one on other files, where there are some."""
        others = []
        if n := self._n_others:
            files = "1 file is not a picture and is" if n == 1 else f"{n:,} files are not pictures and are"
            others = [f"{files} left out ({self._other}{', ...' * (n > 1)})"]
        if not (n := self._counts.total()):
            return others
        reasons = (
            f"{count:,} {reason} ({printable(self._first[reason])[-60:]}{', ...' * (count > 1)})"
            for reason, count in self._counts.items()
        )
        pictures = "1 picture is" if n == 1 else f"{n:,} pictures are"
        return [f"{pictures} left out: {', '.join(reasons)}", *others]


class Places:
    """Gives each picture its place below a folder; remembers how the folders are spelled."""

    def __init__(self, left_out: LeftOut) -> None:
        self._left_out = left_out
        self._spelled: dict[tuple[int, str], str] = {}  # depth, in small letters: as it is

    def place(self, name: str, is_file: bool) -> Path | None:
        """Where it comes to lie; None: it is no picture or hidden, or it is left out, and counted.

        Raises:
            DatasetError: it would lie outside the folder, its folder differs from another only in case, or
                there are too many.
        """
        parts = _parts(name)
        if not is_file:
            if _is_picture(parts):
                self._left_out.add(LINK, name)
            return None
        check_inside(name)
        if not _is_picture(parts):
            if not is_hidden(name):
                self._left_out.add_other(name)
            return None
        too_long = any(len(part.encode("utf-8", "replace")) > MAX_NAME_BYTES for part in parts)
        if too_long or len(parts) > MAX_PARTS:
            self._left_out.add(TOO_LONG if too_long else TOO_DEEP, name)
            return None
        for depth, part in enumerate(parts[:-1]):
            spelled = self._spelled.setdefault((depth, part.casefold()), part)
            if spelled != part:
                raise DatasetError(
                    f"the folders {printable(spelled)!r:.80} and {printable(part)!r:.80} differ only in "
                    "capital letters, which is one folder on many computers; rename one"
                )
        if len(self._spelled) > MAX_FOLDERS:
            raise DatasetError(f"there are more than {MAX_FOLDERS:,} folders; import fewer")
        return Path(*parts)


def _parts(name: str) -> list[str]:
    """Of a path; an Ä is the same whether its dots are a sign of their own, as on a Mac, or not."""
    whole = unicodedata.normalize("NFC", name).replace("\\", "/")
    return [part for part in whole.split("/") if part not in ("", ".")]


def check_inside(name: str) -> None:
    """Passes where the file would not lie outside its own folder.

    Raises:
        DatasetError: it would.
    """
    # A class may be called 1:1; of a disk only the letter has a meaning, on Windows any colon in a name.
    is_disk = re.match(r"[A-Za-z]:[\\/]", name) or (os.name == "nt" and ":" in name)
    if name.startswith(("/", "\\")) or ".." in _parts(name) or "\0" in name or is_disk:
        raise DatasetError(
            f"the archive has a file {printable(name)!r:.80} outside its own folder; it is not read"
        )


def is_hidden(name: str) -> bool:
    """Whether nobody means this file: a system or a program has put it there."""
    parts = _parts(name)
    return not parts or any(map(is_hidden_name, parts))


def _is_picture(parts: list[str]) -> bool:
    return not is_hidden("/".join(parts)) and is_named_as_picture(parts[-1])
