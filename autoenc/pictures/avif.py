"""An AVIF before it is decoded: how large are its pictures truly?

The size in the head of the file need not be the one of the pictures inside: a kilobyte may say 100 x 100 and
hold 16,384 x 16,384, which the decoder unpacks before it looks. So the pictures' own heads are read here:
https://aomediacodec.github.io/av1-avif/, ISO/IEC 14496-12 and the AV1 specification, sections 5.3 to 5.5.
"""

from __future__ import annotations

from collections.abc import Iterator

from autoenc.pictures.containers import Bare, Refused

MAX_AREA = 50_000_000  # pixels of one of its pictures: colours, transparency, a tile of a grid
MAX_AREAS = 200_000_000  # of all of them
MAX_FRAMES = 8  # of one of them, layer upon layer
MAX_ITEMS = 1000
MAX_OBUS = 10_000  # of one of its pictures
_SEQUENCE, _FRAME_HEAD, _FRAME = 1, 3, 6  # kinds of OBUs


def bare_avif(content: bytes) -> Bare:
    """Its still picture, without EXIF data, which do not say which side is up here.

    Raises:
        Refused: its pictures are too large, or it is damaged.
    """
    try:
        start, end = next(_boxes(content, 0, len(content), b"meta"))
        areas = [_area(content, spans) for spans in _items(content, start + 4, end)]
    except (IndexError, StopIteration) as error:
        raise Refused("it is damaged, or of a rare kind") from error
    if max(areas, default=0) > MAX_AREA or sum(areas) > MAX_AREAS:
        raise Refused("the images inside are larger than allowed")
    meta = content[start:end].replace(b"Exif\0", b"none\0")
    # By this brand a reader would take the frames of a film, which were not looked at, if there are any.
    return Bare(content[:8] + b"avif" + content[12:start] + meta + content[end:])


# ---------------------------------------------------------------- the file: boxes


class _Reader:
    """Numbers one after the other; an IndexError where there are no more."""

    def __init__(self, content: bytes, at: int, end: int) -> None:
        self.content, self.at, self.end = content, at, min(end, len(content))

    def number(self, n_bytes: int) -> int:
        if self.at + n_bytes > self.end:
            raise IndexError(self.at)
        value = int.from_bytes(self.content[self.at : self.at + n_bytes], "big")
        self.at += n_bytes
        return value


def _boxes(content: bytes, at: int, end: int, name: bytes) -> Iterator[tuple[int, int]]:
    """Begin and end of what is in each box of this name."""
    while at + 8 <= end:
        head = _Reader(content, at, end)
        n_bytes, boxes = head.number(4), content[at + 4 : at + 8]
        head.at += 4
        if n_bytes == 1:
            n_bytes = head.number(8)
        after = end if n_bytes == 0 else at + n_bytes
        if not head.at <= after <= end:
            raise IndexError(at)
        if boxes == name:
            yield head.at, after
        at = after


def _items(content: bytes, start: int, end: int) -> Iterator[list[tuple[int, int]]]:
    """Where the bytes of each AV1 picture are: begin and end of each piece."""
    pictures = set(_pictures(content, *next(_boxes(content, start, end, b"iinf"))))
    inside = next(_boxes(content, start, end, b"idat"), (0, 0))[0]
    places = _Reader(content, *next(_boxes(content, start, end, b"iloc")))
    version = places.number(4) >> 24
    widths = places.number(2)
    n_offset, n_length, n_base = widths >> 12, widths >> 8 & 15, widths >> 4 & 15
    n_index = widths & 15 if version else 0
    n_id = 4 if version == 2 else 2
    n_left = len(content)  # pieces that lie upon each other would be many times as long as the file
    for _ in range(_few(places.number(n_id))):
        item, method = places.number(n_id), places.number(2) & 15 if version else 0
        places.number(2)  # the number of another file
        base = places.number(n_base) + (inside if method == 1 else 0)
        spans = []
        for _ in range(_few(places.number(2))):
            places.number(n_index)
            begin = base + places.number(n_offset)
            n_bytes = places.number(n_length)
            stop = min(begin + n_bytes if n_bytes else len(content), len(content))
            spans.append((begin, stop))
            n_left -= max(0, stop - begin)
            if n_left < 0:
                raise Refused("its pieces overlap")
        if item in pictures:
            yield spans


def _pictures(content: bytes, start: int, end: int) -> Iterator[int]:
    """The numbers of the items that are AV1 pictures."""
    infos = _Reader(content, start, end)
    first = start + (6 if infos.number(4) >> 24 == 0 else 8)
    for n, (at, after) in enumerate(_boxes(content, first, end, b"infe")):
        _few(n)
        info = _Reader(content, at, after)
        item = info.number(2 if info.number(4) >> 24 == 2 else 4)
        info.number(2)
        if content[info.at : info.at + 4] == b"av01":
            yield item


def _few(n: int) -> int:
    if n > MAX_ITEMS:
        raise IndexError(n)
    return n


# ---------------------------------------------------------------- a picture: OBUs


def _area(content: bytes, spans: list[tuple[int, int]]) -> int:
    """The most pixels that a picture's frames can have."""
    data = b"".join(content[begin:end] for begin, end in spans)
    at, area, n_obus, n_frames = 0, 0, 0, 0
    while at < len(data):
        n_obus += 1
        kind, has_more, has_size = data[at] >> 3 & 15, data[at] & 4, data[at] & 2
        at += 2 if has_more else 1
        n_bytes = len(data) - at
        if has_size:
            n_bytes, at = _leb128(data, at)
        if kind == _SEQUENCE:
            area = max(area, _largest(data[at : at + n_bytes]))
        n_frames += kind in (_FRAME_HEAD, _FRAME)
        if n_frames > MAX_FRAMES or n_obus > MAX_OBUS:
            raise Refused("it has too many frames in one picture")
        at += n_bytes
    return area


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """A number written in sevens of bits, and where it ends."""
    value = 0
    for i in range(8):
        value |= (data[at] & 127) << 7 * i
        at += 1
        if data[at - 1] < 128:
            return value, at
    raise IndexError(at)


def _largest(head: bytes) -> int:
    """Pixels of the largest frame that a sequence header allows."""
    bits = "".join(f"{byte:08b}" for byte in head[:64])
    at = 0

    def take(n: int) -> int:
        nonlocal at
        at += n
        if at > len(bits):
            raise IndexError(at)
        return int(bits[at - n : at] or "0", 2)

    take(4)  # profile, whether it is a still picture
    if is_reduced := take(1):
        take(5)
    else:
        if take(1):
            raise Refused("it is an animation")
        has_delay = take(1)
        for _ in range(take(5) + 1):
            take(12)
            if take(5) > 7:
                take(1)
            if has_delay and take(1):
                take(4)
    n_width, n_height = take(4) + 1, take(4) + 1
    width, height = take(n_width) + 1, take(n_height) + 1
    if is_reduced:
        return width * height
    # A frame may name a size of its own, of as many bits: with no more bits than are needed less than four
    # times the area.
    return max(width * height, (1 << n_width + n_height) // 4)
