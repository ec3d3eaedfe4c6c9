"""A picture's file -> its pixels, as a person would see them; what is broken, or too large, is refused.

The first bytes say the kind, and only its reader is tried, on what is left of the file without remarks. How
large it is stands in its head: a file of a few bytes may claim a picture of gigabytes, so that is read before
anything is decoded.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.AvifImagePlugin import SUPPORTED as HAS_AVIF
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from autoenc.errors import PictureError
from autoenc.kinds import FILE_CURE, HEAD_BYTES, HEIC, HEIC_CURE, READABLE_FORMATS, kind_of, what_else
from autoenc.pictures.avif import bare_avif
from autoenc.pictures.containers import (
    Bare,
    Refused,
    bare_bmp,
    bare_jpeg,
    bare_png,
    bare_tiff,
    orientation_in,
)

Picture = NDArray[np.uint8]  # (C, H, W), one channel where the source is grey, otherwise three

MAX_BYTES = 50_000_000
MAX_PIXELS = 50_000_000
MAX_GREY_ON_WHITE = 170  # levels: what is brighter can hardly be seen on white

# All that Pillow's readers raise where a file is not what it says.
_READER_ERRORS = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError),
    *(NotImplementedError, struct.error, zlib.error, AssertionError, RuntimeError),
)
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


_READERS: Mapping[str, tuple[Callable[[BytesIO], ImageFile], Callable[[bytes], Bare]]] = {
    "PNG": (PngImageFile, bare_png),
    "JPEG": (JpegImageFile, bare_jpeg),  # of several pictures in one file (MPO) it reads the first
    "WebP": (WebPImageFile, Bare),
    "GIF": (GifImageFile, Bare),
    "AVIF": (AvifImageFile, bare_avif),
    "BMP": (BmpImageFile, bare_bmp),
    "TIFF": (TiffImageFile, bare_tiff),
}


def open_picture(file: Path | str | bytes, name: str = "", longest: int | None = None) -> Picture:
    """The pixels of a PNG, JPEG, WebP, AVIF or BMP, or of the first of a GIF or TIFF, upright.

    What is transparent is white, or black behind strokes that could not be seen on white.

    Args:
        file: its path, or its content.
        name: what the file is called in an error; a path's own where there is none.
        longest: the longer side is reduced to this many pixels, proportions kept; None: unchanged.
    Returns:
        (C, H, W) uint8, one channel where the source is grey, otherwise three.
    Raises:
        PictureError: it cannot be read, is of another kind, is cut off or damaged, or is too large.
    """
    file = Path(file) if isinstance(file, str) else file
    called = repr((name or (file.name if isinstance(file, Path) else "the picture"))[:80])
    content = _read(file, called) if isinstance(file, Path) else file
    if len(content) > MAX_BYTES:
        raise _too_many_bytes(called, len(content))
    kind = _kind(content, called)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow only warns of is checked here
            return _picture(kind, content, called, longest)
    except Refused as error:
        raise PictureError(f"{called} cannot be read: {error}; save it again with another program") from error
    except _READER_ERRORS as error:
        raise PictureError(
            f"{called} is damaged or cut off and cannot be read; open it in another program and save it again"
        ) from error
    except (MemoryError, Image.DecompressionBombError) as error:
        raise PictureError(f"{called} needs more memory than there is; make the picture smaller") from error


def _picture(kind: str, content: bytes, called: str, longest: int | None) -> Picture:
    reader, strip = _READERS[kind]
    bare = strip(content)

    def read(content: bytes) -> Picture:
        with reader(BytesIO(content)) as image:
            _check_size(image.size, called)
            return _pixels(_decoded(image, bare.orientation, longest))

    picture = read(bare.content)
    if bare.again is not None and not np.array_equal(picture, read(bare.again)):
        raise EOFError("more than its end marker is missing")
    return picture


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


def _kind(content: bytes, called: str) -> str:
    """A key of _READERS: how the file begins says what reads it."""
    kind = kind_of(content[:HEAD_BYTES])
    if kind == HEIC:
        raise PictureError(f"{called} is a HEIC picture, which this program does not read; {HEIC_CURE}")
    if kind == "AVIF" and not HAS_AVIF:
        raise PictureError(f"{called} is an AVIF picture, which this machine cannot read; save it as PNG")
    if kind == "WebP" and (size := _webp_size(content)) is not None:
        _check_size(size, called)  # the reader takes room for all pixels as soon as it is made
    elif kind in ("", "WebP"):
        what = "empty" if not content else (other := what_else(content)) and f"{other}; {FILE_CURE}"
        raise PictureError(
            f"{called} is {what or 'not a kind of image that this program reads'}; "
            f"allowed: {READABLE_FORMATS}"
        )
    return kind


def _webp_size(content: bytes) -> tuple[int, int] | None:
    """Width and height from the first chunk of a WebP; None: there is none."""
    chunk, head = content[12:16], content[20:30]
    if len(head) < 10:
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
        raise PictureError(f"{called} has {width} x {height} pixels; choose a picture with pixels")
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"{called} has {width:,} x {height:,} pixels; allowed: {MAX_PIXELS // 1_000_000} million in all; "
            "make it smaller"
        )


# ---------------------------------------------------------------- decoding


def _decoded(image: ImageFile, orientation: int, longest: int | None) -> Image.Image:
    """Upright and not longer than that, in one of the modes L, LA, RGB, RGBA.

    A TIFF, and an AVIF by its own head, are turned on the way.
    """
    if longest is not None:
        image.draft(None, (longest, longest))  # a JPEG can be decoded at a half, a quarter, an eighth
    image.load()
    if exif := image.info.get("exif"):
        orientation = orientation_in(exif)
    plain = _in_a_plain_mode(image)
    if longest is not None and max(plain.size) > longest:
        width, height = (max(1, round(side * longest / max(plain.size))) for side in plain.size)
        plain = plain.resize((width, height), Image.Resampling.BOX)
    return plain.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else plain


def _in_a_plain_mode(image: ImageFile) -> Image.Image:
    if image.mode.startswith("I"):
        return _from_16_bits(image)
    if image.mode == "F":
        raise Refused("its pixels are fractions of unknown range")
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
    plain = Image.fromarray(grey)
    if isinstance(transparent := image.info.get("transparency"), int):
        plain.putalpha(Image.fromarray((values != transparent).astype(np.uint8) * 255))
    return plain


def _from_inks(image: ImageFile) -> Image.Image:
    """Of a JPEG Pillow takes all inks for inverted, as Adobe writes them; without its mark they are not."""
    if isinstance(image, JpegImageFile) and "adobe" not in image.info:
        image = image.point(lambda ink: 255 - ink)  # type: ignore[assignment]
    return image.convert("RGB")


def _is_grey(image: Image.Image) -> bool:
    """Whether the palette has no other colours."""
    colours = np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)
    return bool((colours == colours[:, :1]).all())


def _pixels(image: Image.Image) -> Picture:
    """On a ground where it is transparent."""
    if image.mode in ("LA", "RGBA"):
        mode, alpha = image.mode.removesuffix("A"), image.getchannel("A")
        seen = image.convert("L").histogram(alpha.point(lambda a: 255 * (a > 63)))
        n, brightness = sum(seen), sum(level * n for level, n in enumerate(seen))
        ground = Image.new(mode, image.size, "black" if brightness > MAX_GREY_ON_WHITE * n else "white")
        ground.paste(image.convert(mode), mask=alpha)
        image = ground
    pixels = np.asarray(image)
    return np.ascontiguousarray(pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1))
