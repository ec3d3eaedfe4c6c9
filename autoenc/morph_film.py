"""The film from one image to another as a GIF: through the code and beside it through the pixels."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from autoenc.film import INK, LABEL_SIZE, PAPER

N_FRAMES = 25  # one way
SHARES = np.linspace(0, 1, N_FRAMES)  # of the way; what a film is made of
FRAME_MS, END_MS = 60, 800  # milliseconds: a frame, and one at an end
SIDE, GAP, LABEL_HEIGHT = 252, 16, 44  # pixels: a picture, about; around it; the words above it
LABELS = ("Through the code", "Through the pixels")

Bytes = NDArray[np.uint8]


def gif(through_code: Bytes, through_pixels: Bytes) -> bytes:
    """For ever, to the last picture and back.

    Args:
        through_code, through_pixels: (N, C, H, W), side by side in the film.
    """
    way = [_frame(pair) for pair in zip(through_code, through_pixels, strict=True)]
    frames = [*way, *way[-2:0:-1]]
    durations = [END_MS if i in (0, len(way) - 1) else FRAME_MS for i in range(len(frames))]
    if through_code.shape[1] == 3:
        samples = np.concatenate([np.asarray(frame)[::3, ::3] for frame in way])
        palette = Image.fromarray(samples).quantize(256, dither=Image.Dither.NONE)  # one: no flicker
        frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    else:
        frames = [frame.convert("L") for frame in frames]
    file = io.BytesIO()
    frames[0].save(
        file, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=False
    )
    return file.getvalue()


def _frame(pair: tuple[Bytes, Bytes]) -> Image.Image:
    """Two pictures, a label above each."""
    pictures = [_enlarged(image) for image in pair]
    width, height = pictures[0].size
    whole = Image.new("RGB", (2 * width + 3 * GAP, LABEL_HEIGHT + height + GAP), PAPER)
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(LABEL_SIZE)
    for i, (picture, label) in enumerate(zip(pictures, LABELS, strict=True)):
        left = GAP + i * (width + GAP)
        draw.text((left, LABEL_HEIGHT - 12), label, INK, font, anchor="ls")
        whole.paste(picture, (left, LABEL_HEIGHT))
    return whole


def _enlarged(image: Bytes) -> Image.Image:
    """(C, H, W) pixel by pixel, to about SIDE."""
    scale = max(1, round(SIDE / max(image.shape[1:])))
    pixels = image.repeat(scale, 1).repeat(scale, 2).transpose(1, 2, 0)
    return Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).convert("RGB")
