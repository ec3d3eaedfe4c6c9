"""A picture's file without what is not the picture: colour profiles, remarks, previews, a film behind it.

Readers choke on them, or take memory for whatever they claim; the pixels do not need them. Only which side is
up is read first.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

MAX_SCANS = 200  # of a JPEG: each may touch every pixel; a camera writes one, a progressive file about ten
MAX_SEGMENTS = 10_000  # of a JPEG, its remarks included
MAX_EXIF_BYTES = 1_000_000
MAX_ENTRIES = 200  # of a TIFF's directory; cameras write some 50
MAX_VALUES = 100_000  # of such an entry, as the places of a picture's strips
_ORIENTATION = 0x0112
_PNG_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # of a JPEG; these may stand within a scan
_LONE_MARKERS = (0x01, 0xD8)  # such a marker has no length and no content
_END = b"\xff\xd9"
_PADDINGS = (bytes(64), b"\xaa" * 64)  # a decoder that needed them would make two pictures of them

# What libtiff needs of a directory to find the pixels, and the ways of packing whose memory is bounded.
_TIFF_TAGS = {
    *(256, 257, 258, 259, 262, 266, 273, _ORIENTATION, 277, 278, 279, 284, 292, 293, 317, 320),
    *(322, 323, 324, 325, 332, 338, 339, 347, 530, 531, 532),
}
_TIFF_PACKINGS = {1, 2, 3, 4, 5, 7, 8, 32773, 32946}
_TIFF_PACKING = 259
_TIFF_NUMBERS = {256, 257, 259, 322, 323}  # width, height, packing, width and height of a tile
_TIFF_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}  # bytes by type


class Refused(ValueError):
    """The file is of a kind that is read here, but odd, or a trap; says in what."""


@dataclass(frozen=True)
class Bare:
    """What is left for a reader."""

    content: bytes
    orientation: int = 1  # as EXIF has it
    # Where the end mark of a JPEG is missing, the same with other bytes in place of what may be missing too.
    again: bytes | None = None


def bare_png(content: bytes) -> Bare:
    """The chunks that hold pixels; what follows the last one is gone."""
    chunks, at, orientation = bytearray(content[:8]), 8, 1
    while at < len(content):
        n_bytes, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        end = at + 12 + n_bytes
        if name in _PNG_CHUNKS or end > len(content):  # one that is cut is the reader's to complain of
            chunks += content[at:end]
        elif name == b"eXIf":
            orientation = orientation_in(content[at + 8 : end - 4])
        if name == b"IEND":
            break
        at = end
    return Bare(bytes(chunks), orientation)


def bare_jpeg(content: bytes) -> Bare:
    """The first picture of the file, with the segments that it is decoded by.

    Raises:
        Refused: it has more than MAX_SCANS scans or MAX_SEGMENTS segments.
    """
    segments, at, orientation, n_scans, n_segments = bytearray(b"\xff\xd8"), 2, 1, 0, 0
    while (match := _MARKER.search(content, at)) is not None:
        at, marker = match.start(), match.group()[1]
        n_segments += 1
        if n_segments > MAX_SEGMENTS:
            raise Refused(f"it has more than {MAX_SEGMENTS:,} segments")
        if marker == _END[1]:
            return Bare(bytes(segments + _END), orientation)
        if marker in _LONE_MARKERS:
            at += 2
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        segment = content[at:end]
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            orientation = orientation_in(segment[10:])
        n_scans += marker == 0xDA
        if n_scans > MAX_SCANS:
            raise Refused(f"it has more than {MAX_SCANS} scans")
        if marker == 0xDA:  # its data follow it
            after = _MARKER.search(content, end)
            end = after.start() if after else len(content)
            segment = content[at:end]
        if not _is_remark(marker, segment):
            segments += segment
        at = end
    cut = bytes(segments).rstrip(b"\xff")
    return Bare(cut + _PADDINGS[0] + _END, orientation, cut + _PADDINGS[1] + _END)


def _is_remark(marker: int, segment: bytes) -> bool:
    """Whether pixels can be decoded without it: two marks of programs tell how colours are written."""
    is_mark = (marker, segment[4:9]) in ((0xE0, b"JFIF\0"), (0xEE, b"Adobe"))
    return (0xE0 <= marker <= 0xEF or marker == 0xFE) and not is_mark


def bare_bmp(content: bytes) -> Bare:
    """As it is.

    Raises:
        Refused: its rows are packed, which may unpack to any number of bytes.
    """
    if content[14] >= 40 and int.from_bytes(content[30:34], "little") in (1, 2):
        raise Refused("its rows are packed in an unusual way")
    return Bare(content)


def bare_tiff(content: bytes) -> Bare:
    """The first page, by a directory of its own at the end that holds nothing else.

    Raises:
        Refused: the directory is not in the file, claims more than a picture has, or the pixels are packed
            in a way that is not read.
    """
    order = "<" if content[:2] == b"II" else ">"
    (at,) = struct.unpack_from(f"{order}I", content, 4)
    (n_entries,) = struct.unpack_from(f"{order}H", content, at)
    table = content[at + 2 : at + 2 + 12 * n_entries]
    if len(table) < 12 * n_entries or n_entries > MAX_ENTRIES:
        raise Refused("its directory is incomplete or far too long")
    entries: dict[int, bytes] = {}
    numbers = {_TIFF_PACKING: 1}
    for i in range(0, len(table), 12):
        tag, kind, n_values = struct.unpack_from(f"{order}HHI", table, i)
        if tag in _TIFF_TAGS:
            if n_values > MAX_VALUES or n_values * _TIFF_BYTES.get(kind, 8) > len(content):
                raise Refused("its directory claims more data than the file has")
            entries[tag] = table[i : i + 12]
        if tag in _TIFF_NUMBERS:
            if n_values != 1 or kind not in (3, 4):  # a reader may take others for a number too
                raise Refused("its directory has an invalid entry")
            (numbers[tag],) = struct.unpack_from(order + ("H" if kind == 3 else "I"), table, i + 8)
    _check_tiff(numbers)
    directory = (
        struct.pack(f"{order}H", len(entries)) + b"".join(entries[tag] for tag in sorted(entries)) + bytes(4)
    )
    even = content + bytes(len(content) % 2)
    return Bare(even[:4] + struct.pack(f"{order}I", len(even)) + even[8:] + directory)


def _check_tiff(numbers: dict[int, int]) -> None:
    """That no tile is much larger than the picture, and that it unpacks in bounded memory."""
    if numbers[_TIFF_PACKING] not in _TIFF_PACKINGS:
        raise Refused("its pixels are packed in an unusual way")
    for side, of_tile in ((256, 322), (257, 323)):
        if numbers.get(of_tile, 0) > max(4096, 2 * numbers.get(side, 0)):
            raise Refused("its tiles are larger than the picture")


def orientation_in(exif: bytes) -> int:
    """Which side is up, 1 to 8; 1 where the EXIF data are damaged: such a picture is shown as it lies."""
    exif = exif.removeprefix(b"Exif\0\0")[:MAX_EXIF_BYTES]
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    try:
        (at,) = struct.unpack_from(f"{order}I", exif, 4) if order else (len(exif),)
        (n_entries,) = struct.unpack_from(f"{order}H", exif, at)
        for i in range(min(n_entries, MAX_ENTRIES)):
            tag, kind, n_values, value = struct.unpack_from(f"{order}HHIH", exif, at + 2 + 12 * i)
            if (tag, kind, n_values) == (_ORIENTATION, 3, 1):
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
