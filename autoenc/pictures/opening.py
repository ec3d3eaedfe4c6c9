"""A picture's file -> its pixels, as a person would see them; what is broken, or too large, is refused.

The kind is told by the first bytes, and one reader alone is tried. How large it is is read from the head,
before anything is decoded: a file of a few bytes may claim a picture of gigabytes.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from autoenc.errors import PictureError

Picture = NDArray[np.uint8]  # (C, H, W), one channel where the source is grey, otherwise three

MAX_BYTES = 50_000_000
MAX_PIXELS = 50_000_000
MAX_SCANS = 200  # of a JPEG: each may touch every pixel; a camera writes one, a progressive file about ten
KINDS = "PNG, JPEG, WebP, GIF"

# All that Pillow's readers raise where a file is not what it says.
_BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError),
    *(NotImplementedError, struct.error, zlib.error, AssertionError, RuntimeError),
)
_ORIENTATION = 0x0112  # an EXIF tag
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def open_picture(file: Path | bytes, name: str = "", longest: int | None = None) -> Picture:
    """The pixels of a PNG, a JPEG, a WebP, or the first of a GIF, upright; what is transparent is white.

    Args:
        name: what the file is called in an error; a path's own where there is none.
        longest: the longer side is reduced to so many pixels, the aspect kept; None: as large as it is.
    Returns:
        (C, H, W), one channel where the source is grey, otherwise three.
    Raises:
        PictureError: it cannot be read, is of another kind, is cut off or damaged, or is too large.
    """
    called = repr((name or (file.name if isinstance(file, Path) else "the picture"))[:80])
    content = _read(file, called) if isinstance(file, Path) else file
    if len(content) > MAX_BYTES:
        raise _too_many_bytes(called, len(content))
    reader = _reader(content, called)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow only warns of is checked here
            with reader(BytesIO(content)) as image:
                _check_size(image.size, called)
                return _pixels(_decoded(image, longest))
    except _BROKEN as error:
        raise PictureError(
            f"{called} is damaged or cut off and cannot be read; open it in another program and save it anew"
        ) from error
    except (MemoryError, Image.DecompressionBombError) as error:
        raise PictureError(f"{called} takes more memory than there is; make the picture smaller") from error


# ---------------------------------------------------------------- before anything is decoded


def _read(path: Path, called: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PictureError(f"{called} cannot be read ({error.strerror}); choose another file") from error
    if len(content) > MAX_BYTES:
        raise _too_many_bytes(called, path.stat().st_size)
    return content


def _too_many_bytes(called: str, n_bytes: int) -> PictureError:
    return PictureError(
        f"{called} has {n_bytes / 1e6:,.0f} MB; allowed: {MAX_BYTES / 1e6:.0f} MB; save it smaller"
    )


def _reader(content: bytes, called: str) -> Callable[[BytesIO], ImageFile]:
    """What reads a file that begins so."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImageFile
    if content.startswith(b"\xff\xd8\xff"):
        if content.count(b"\xff\xda") > MAX_SCANS:  # in the scans themselves FF is followed by 00
            raise PictureError(
                f"{called} is a JPEG of more than {MAX_SCANS} scans; save it anew in another program"
            )
        return JpegImageFile  # of several pictures in one file (MPO) it reads the first
    if content.startswith((b"GIF87a", b"GIF89a")):
        return GifImageFile
    if (size := _webp_size(content)) is not None:
        _check_size(size, called)  # the reader takes room for all pixels as soon as it is made
        return WebPImageFile
    kind = "is empty" if not content else "is not an image of a kind that is read here"
    raise PictureError(f"{called} {kind}; allowed: {KINDS}")


def _webp_size(content: bytes) -> tuple[int, int] | None:
    """Width and height from the first chunk of a WebP; None: it is none."""
    chunk, head = content[12:16], content[20:30]
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(head) < 10:
        return None
    if chunk == b"VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = struct.unpack("<HH", head[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _check_size(size: tuple[int, int], called: str) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise PictureError(f"{called} has {width} x {height} pixels; choose a picture that has some")
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"{called} has {width:,} x {height:,} pixels; allowed: {MAX_PIXELS // 1_000_000} million in all; "
            "make it smaller"
        )


# ---------------------------------------------------------------- decoding


def _decoded(image: ImageFile, longest: int | None) -> Image.Image:
    """Upright and not longer than that, in one of the modes L, LA, RGB, RGBA."""
    if longest is not None:
        image.draft(None, (longest, longest))  # a JPEG can be decoded at a half, a quarter, an eighth
    image.load()
    orientation = 1
    with suppress(*_BROKEN):  # a picture whose EXIF data are damaged is shown as it lies
        orientation = image.getexif().get(_ORIENTATION, 1)
    plain = _in_a_plain_mode(image)
    if longest is not None and max(plain.size) > longest:
        width, height = (max(1, round(side * longest / max(plain.size))) for side in plain.size)
        plain = plain.resize((width, height), Image.Resampling.BOX)
    return plain.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else plain


def _in_a_plain_mode(image: ImageFile) -> Image.Image:
    if image.mode.startswith("I"):
        return _from_16_bits(image)
    if image.mode == "CMYK":
        return _from_inks(image)
    transparent = image.has_transparency_data
    if image.mode in ("1", "L", "LA", "La"):
        return image.convert("LA" if transparent else "L")
    colours = image.convert("RGBA" if transparent else "RGB")
    if image.mode in ("P", "PA") and _is_grey(image):
        return colours.convert("LA" if transparent else "L")
    return colours


def _from_16_bits(image: ImageFile) -> Image.Image:
    """Grey of 65,536 shades; 257 of them are one of ours."""
    values = np.asarray(image)
    grey = np.empty(values.shape, np.uint8)
    for row, shades in zip(
        grey, values, strict=True
    ):  # row by row: larger numbers of all pixels take long room
        row[:] = (shades.astype(np.int64).clip(0, 65_535) + 128) // 257
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        grey[values == transparent] = 255
    return Image.fromarray(grey)


def _from_inks(image: ImageFile) -> Image.Image:
    """Pillow takes all inks for inverted, as Adobe writes them; without Adobe's mark they are not."""
    if "adobe" not in image.info:
        image = image.point(lambda ink: 255 - ink)  # type: ignore[assignment]
    return image.convert("RGB")


def _is_grey(image: Image.Image) -> bool:
    """Whether the palette has no other colours."""
    colours = np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)
    return bool((colours == colours[:, :1]).all())


def _pixels(image: Image.Image) -> Picture:
    """In front of white."""
    if image.mode in ("LA", "RGBA"):
        mode = image.mode.removesuffix("A")
        ground = Image.new(mode, image.size, "white")
        ground.paste(image.convert(mode), mask=image.getchannel("A"))
        image = ground
    pixels = np.asarray(image)
    return np.ascontiguousarray(pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1))
