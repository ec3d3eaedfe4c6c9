"""The odd pictures that a class brings are made here, with Pillow or byte by byte."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import numpy as np
from PIL import Image


def saved(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, bits: int, colour: int, rows: bytes, *more: bytes) -> bytes:
    """Any PNG, also such as Pillow does not write."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    packed = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + packed + chunk(b"IEND", b"")


def of(*values: int) -> np.ndarray:
    """A grey picture of one row."""
    return np.array([[values]], np.uint8)


def claiming(content: bytes, at: int, size: bytes) -> bytes:
    """The file with another size in its header."""
    return content[:at] + size + content[at + len(size) :]
