"""From the source to the disk: each picture to its place, arrays and tables of labels beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path

from autoenc.datasets.arrays.receiving import Received
from autoenc.datasets.decoding import square
from autoenc.datasets.extraction import SAME_NAME, LeftOut, Places, check_inside, is_hidden
from autoenc.datasets.metadata import Metadata
from autoenc.datasets.splitting import WANTED_FOLDERS
from autoenc.datasets.unpacking import MAX_BYTES, MAX_FILE_BYTES, MAX_FILES, Packed, open_source
from autoenc.errors import DatasetError, PictureError
from autoenc.kinds import HEAD_BYTES, ZIP_MAGIC, ending_for, holds_array, is_named_as_picture
from autoenc.schema import Download


class Receiver:
    """What has come in from a source."""

    def __init__(self, folder: Path, side: int | None) -> None:
        """Into a folder that is there; pictures are made small if a side is given."""
        self.pictures = folder / "all"
        self.arrays = Received(folder / "arrays")
        self.metadata = Metadata()
        self.left_out = LeftOut()
        self.n_pictures = 0
        self._folder, self._side = folder, side
        self._places = Places(self.left_out)
        self._n_bytes = 0  # of pictures

    @property
    def is_of_arrays(self) -> bool:
        """Whether the arrays are the data set, because they hold more images than there are pictures."""
        return bool(self.arrays.files) and self.arrays.n_images >= self.n_pictures

    def receive(self, packed: Iterable[Packed], name: str) -> Iterator[Download]:
        """Every file of the source.

        Raises:
            DatasetError: there is nothing in it, too much, or one is outside its own folder.
        """
        self.pictures.mkdir()
        n_bytes = 0
        for one in packed:
            now = min(one.n_bytes_read, one.n_bytes_total)
            for fraction in self._take(one):
                yield Download(name, n_bytes + int(fraction * (now - n_bytes)), one.n_bytes_total)
            n_bytes = now
            yield Download(name, n_bytes, one.n_bytes_total)
        if not self.n_pictures and not self.arrays.files:
            raise DatasetError(
                "; ".join(["there are no pictures", *self.left_out.sentences(), WANTED_FOLDERS])
            )

    def _take(self, one: Packed) -> Iterator[float]:
        """Writes a file, or counts it as left out; how much of a large one is written."""
        name, head, chunks = _begun(one)
        if self.metadata.is_wanted(name) and one.open is not None and not is_hidden(name):
            self.metadata.read(name, chunks)
        elif holds_array(head):
            check_inside(name)
            yield from self.arrays.take(name, chunks)
        elif head.startswith(ZIP_MAGIC) and name.casefold().endswith(".npz"):
            yield from self._take_arrays(name, chunks)
        elif (place := self._places.place(name, one.open is not None)) is not None:
            self._take_picture(one.name, chunks, self.pictures / place)

    def _take_picture(self, name: str, chunks: Iterable[bytes], path: Path) -> None:
        self.n_pictures += 1
        if self.n_pictures > MAX_FILES:
            raise DatasetError(f"there are more than {MAX_FILES:,} pictures; import fewer")
        if _is_free(path):
            self._n_bytes += _write(chunks, path, self._side, MAX_BYTES - self._n_bytes)
        else:
            self.left_out.add(SAME_NAME, name)

    def _take_arrays(self, name: str, chunks: Iterable[bytes]) -> Iterator[float]:
        """Of an .npz inside the source: a .zip is read from its end."""
        path = self._folder / "inside.npz"
        try:
            n_bytes = 0
            with path.open("wb") as file:
                for chunk in chunks:
                    n_bytes += file.write(chunk)
                    if n_bytes > MAX_BYTES:
                        raise DatasetError(
                            f"{name[-60:]} unpacks to more than {MAX_BYTES / 1e9:.0f} GB; make it smaller"
                        )
                    yield 0.0
            with open_source(path) as files:
                for one in files:
                    _, head, content = _begun(one)
                    if holds_array(head):
                        for fraction in self.arrays.take(f"{name[:-4]}/{one.name}", content):
                            yield fraction * min(1.0, one.n_bytes_read / one.n_bytes_total)
        finally:
            path.unlink(missing_ok=True)


def _begun(one: Packed) -> tuple[str, bytes, Iterator[bytes]]:
    """The file's name, with a picture's ending where a picture has none; its first bytes; all of them.

    What is named as a picture is one: its first bytes are not looked at.
    """
    chunks = one.chunks()
    if one.open is None or is_hidden(one.name) or is_named_as_picture(one.name):
        return one.name, b"", chunks
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= HEAD_BYTES:
            break
    return one.name + ending_for(one.name, head), head, chain([head], chunks)


def _is_free(path: Path) -> bool:
    """Makes its folder; False where a file is called as that folder, or something as the file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        return False
    return not path.exists()


def _write(content: Iterable[bytes], path: Path, side: int | None, room: int) -> int:
    """The picture, made small if that is wanted; returns its bytes."""
    n_bytes, chunks = 0, []
    with path.open("wb") as target:
        for chunk in content:
            n_bytes += len(chunk)
            if n_bytes > min(MAX_FILE_BYTES, room):
                most = MAX_FILE_BYTES if n_bytes > MAX_FILE_BYTES else MAX_BYTES
                raise DatasetError(
                    f"the pictures unpack to more than {most / 1e6:,.0f} MB; import fewer, or smaller"
                )
            chunks.append(chunk) if side else target.write(chunk)
        if side:
            target.write(_small(b"".join(chunks), side))
    return n_bytes


def _small(content: bytes, side: int) -> bytes:
    """A PNG of a picture's centre square; what cannot be read stays, and `load` reports it."""
    from PIL import Image

    from autoenc.pictures import open_picture

    try:
        picture = square(open_picture(content, longest=8 * side), side)
    except PictureError:
        return content
    packed = BytesIO()
    Image.fromarray(picture[0] if len(picture) == 1 else picture.transpose(1, 2, 0)).save(packed, "PNG")
    return packed.getvalue()
