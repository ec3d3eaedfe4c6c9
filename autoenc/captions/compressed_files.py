"""What a code weighs, in words; empty where there is not enough yet."""

from __future__ import annotations

import math
from collections.abc import Mapping

from autoenc.numerals import counted, listed, short


def image_bytes_caption(
    n_bytes: float, n_bytes_head: int, others: Mapping[str, float], numbers: float = 1
) -> str:
    """What an image takes here, and elsewhere for as good a picture.

    Args:
        n_bytes: of an image, without the head of its file.
        others: bytes of a whole file, by the name of the image codec.
        numbers: of the code, in numbers of the image: above 1 the code is the larger one.
    """
    begins = f"Its code is {short(numbers, 3)} times larger than the image; coded, it takes {_bytes(n_bytes)}"
    if numbers <= 1:
        begins = f"An image takes {_bytes(n_bytes)} here"
    here = f"{begins}, {n_bytes_head} more for the head of its file"
    if not others:
        return f"{here}."
    needed = [f"{name} {'needs ' * (i == 0)}{short(n, 3)}" for i, (name, n) in enumerate(others.items())]
    return f"{here}; for as good a picture {listed(needed)}."


def together_caption(n_images: int, n_bytes: int) -> str:
    """Many images share a head."""
    return (
        f"All {counted(n_images, 'image')} in one file: {n_bytes:,} bytes, {_bytes(n_bytes / n_images)} each."
    )


def weights_caption(decoder_bytes: int, n_bytes: float, png: float) -> str:
    """From how many images on a file and the decoder's weights are smaller than PNG files.

    Args:
        n_bytes, png: of an image.
    """
    weights = f"The decoder's weights are not in the file: {_kilobytes(decoder_bytes)}."
    if n_bytes >= png:
        return f"{weights} A PNG takes fewer: {_bytes(png)} an image."
    n_images = math.floor(decoder_bytes / (png - n_bytes)) + 1
    return f"{weights} Counted with them, it is smaller than PNG from {counted(n_images, 'image')} on."


def own_tables_note() -> str:
    """Beside what is said of a run of an earlier version."""
    return (
        "An earlier version trained this run: its file does not say how its code is spread, so that every "
        "file brings tables of its own. Train it again for smaller files."
    )


def opened_caption(n_images: int, n_bytes: int, n_bytes_head: int, n_bytes_tables: int) -> str:
    """What a compressed file consists of."""
    code = n_bytes - n_bytes_head - n_bytes_tables
    tables = f"{_bytes(n_bytes_tables)} of tables" if n_bytes_tables else "no tables: the run has them"
    return (
        f"{counted(n_images, 'image')} in {_bytes(n_bytes)}: {_bytes(n_bytes_head)} of head, {tables}, "
        f"{_bytes(code)} of code, {_bytes(code / n_images)} an image."
    )


def _bytes(n: float) -> str:
    """`13.8 bytes`, `1 byte`, `138,000 bytes`."""
    return f"{short(n, 3)} {'byte' if n == 1 else 'bytes'}"


def _kilobytes(n: int) -> str:
    return f"{short(n / 1000, 3)} kB" if n < 1e6 else f"{short(n / 1e6, 3)} MB"
