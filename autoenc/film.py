"""The film of a run as one file, for slides and web pages."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from autoenc.captions import frames
from autoenc.export import EXPORT_GAP, picture_row, picture_rows
from autoenc.schema import Preview, Run

FORMATS: Mapping[str, str] = {"GIF": "image/gif", "WebP": "image/webp"}  # and what browsers call them
MAX_COLUMNS, N_GROUPS = 8, 2  # pictures beside each other; so many times, the rows under each other
MAX_WIDTH = 1100  # screen pixels; pictures of 28 pixels, four times enlarged, need 928
# Milliseconds. The first steps change the most; all epochs together take EPOCHS_MS, if they can.
UNTRAINED_MS, STEP_MS, EPOCHS_MS, LAST_MS = 1000, 600, 6000, 3000
MIN_EPOCH_MS, MAX_EPOCH_MS = 80, 400
PAPER, INK, FAINT_INK = ((grey,) * 3 for grey in (255, 32, 104))  # grey: so grey films stay exact
LABEL_SIZE, LEGEND_SIZE, LABEL_HEIGHT = 26, 17, 44


def animation(run: Run, file_format: str) -> bytes:
    """All frames with their labels, for ever from the first to the last, which stands still for a while.

    Args:
        file_format: one of FORMATS. GIF has 256 colours for all frames; grey pictures are exact in both.
    """
    first, *others = _frames(run, n_colours=256 if file_format == "GIF" else None)
    options = {"lossless": True, "method": 2} if file_format == "WebP" else {"optimize": False}
    file = io.BytesIO()
    first.save(
        file, file_format, save_all=True, append_images=others, duration=durations(run), loop=0, **options
    )
    return file.getvalue()


def still(run: Run) -> bytes:
    """The last frame with its label, as a PNG."""
    file = io.BytesIO()
    _frame(run, run.previews[-1]).save(file, "PNG")
    return file.getvalue()


def durations(run: Run) -> list[int]:
    """Milliseconds for which each frame is shown, in tens."""
    n_epochs = sum(preview.epoch is not None for preview in run.previews)
    epoch_ms = min(MAX_EPOCH_MS, max(MIN_EPOCH_MS, EPOCHS_MS // n_epochs // 10 * 10))
    shown = [STEP_MS if preview.epoch is None else epoch_ms for preview in run.previews]
    shown[0] = UNTRAINED_MS
    shown[-1] = LAST_MS
    return shown


def _frames(run: Run, n_colours: int | None) -> Iterator[Image.Image]:
    draw = partial(_frame, run)
    if run.x.shape[1] != 3:
        return (draw(preview).convert("L") for preview in run.previews)
    if n_colours is None:
        return map(draw, run.previews)
    # One palette: with one for each frame the originals, which do not change, would flicker.
    samples = [np.asarray(draw(preview))[::3, ::3] for preview in run.previews]
    palette = Image.fromarray(np.concatenate(samples)).quantize(n_colours, dither=Image.Dither.NONE)
    return (draw(preview).quantize(palette=palette, dither=Image.Dither.NONE) for preview in run.previews)


def _frame(run: Run, preview: Preview) -> Image.Image:
    """Its label above groups of rows: the original above, the reconstruction below."""
    rows = picture_rows(run, preview.x_hat)
    side = picture_row(rows[0][:1]).shape[1]  # with the gap
    columns = max(1, min(MAX_COLUMNS, MAX_WIDTH // side))
    groups = [
        np.concatenate([picture_row(row[first : first + columns]) for row in rows])
        for first in range(0, min(len(rows[0]), N_GROUPS * columns), columns)
    ]
    height, width, _ = groups[0].shape
    height += 2 * EXPORT_GAP
    whole = Image.new("RGB", (width + EXPORT_GAP, LABEL_HEIGHT + len(groups) * height), PAPER)
    for i, group in enumerate(groups):
        whole.paste(Image.fromarray(group), (EXPORT_GAP, LABEL_HEIGHT + i * height))
    _write_label(whole, frames.frame(run, preview), noisy=run.x_noisy is not None)
    return whole


def _write_label(whole: Image.Image, label: str, noisy: bool) -> None:
    """At the left what the frame is; at the right, where there is room, which row is which."""
    draw = ImageDraw.Draw(whole)
    large, small = (ImageFont.load_default(size) for size in (LABEL_SIZE, LEGEND_SIZE))
    baseline = LABEL_HEIGHT - 14
    draw.text((EXPORT_GAP, baseline), label, INK, large, anchor="ls")
    legend = f"top to bottom: original, {'noisy, ' if noisy else ''}reconstruction"
    right = whole.width - EXPORT_GAP
    if draw.textlength(label, large) + draw.textlength(legend, small) + 40 < right:
        draw.text((right, baseline), legend, FAINT_INK, small, anchor="rs")
