"""Two pictures -> what the eye would notice between them, in numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoenc.errors import ShapeError
from autoenc.schema import psnr_of_mse

Image = NDArray[Any]  # (C, H, W), uint8, or float in [0, 1]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]  # (H, W)

_MAX_BLACK, _MIN_INK = 0.1, 0.5  # brightness: empty ground lies below, what is surely drawn above
_MIN_KEPT_BRIGHTNESS = 0.4  # of the drawing's brightness: what is below is gone
_MIN_LOST_SHARE = 0.08  # of the drawing: less is no stroke, but where strokes end and cross
_MIN_VISIBLE_LIGHT = 0.06  # the eye does not see less than this on black
_MIN_ROUGHNESS = 0.03  # the eye sees less than this on nothing
_MAX_GREY_SATURATION = 0.02  # distance of the channels from their mean


@dataclass(frozen=True)
class Measures:
    """What has become of a picture; 1 is as it was where nothing else is said."""

    psnr_db: float  # inf: it came back exactly
    drawn: bool  # bright strokes on black ground
    own_contrast: float  # of x: how far its pixels lie from their mean, 0 to 0.5; 0: it is even
    contrast: float  # how bright the strokes are; in other pictures the distance of light and dark
    contrast_lost: float  # the error without a change of the mean; 1: as much as of an even picture
    own_edges: float  # of x: how far neighbouring pixels differ, 0 to 1
    sharpness: float  # of the edges that there were, for this contrast
    likeness: float  # correlation of the pixels, -1 to 1
    lost: float  # share of the strokes that is gone, 0 to 1
    lost_thin: float  # share of the thin strokes that is gone, 0 to 1; 0 where that is hardly a stroke
    ghosts: float  # light where nothing was, as a share of all the light there was
    haze: float  # how much brighter the ground is that was black, -0.1 to 1
    brighter: float  # mean change of the pixels, -1 to 1
    grain: float  # roughness that x does not account for; 1: as much as all of its own; 0: it is no rougher
    noise: float  # share of the contrast of x_hat that is such roughness, 0 to 1
    own_colour: float  # of x: how far the channels lie from their mean, 0 to 0.5; 0: it is grey
    saturation: float | None  # None: no colours, before or after; inf: where none were
    tint: float  # colour of x_hat that is not the colour of x, weaker or stronger; as own_colour
    largest: float  # difference of three by three pixels, 0 to 1


def measure(x: Image, x_hat: Image, drawn: bool | None = None) -> Measures:
    """What has become of x in x_hat.

    Args:
        x, x_hat: (C, H, W), uint8, or float in [0, 1]; what is no number counts as black.
        drawn: whether it is a drawing; None: x is asked.
    Raises:
        ShapeError: the shapes differ, or they are no image's.
    """
    if x.shape != x_hat.shape or x.ndim != 3 or not x.size:
        raise ShapeError(f"pictures of shape {x.shape} and {x_hat.shape} cannot be compared")
    drawn = is_drawn(x) if drawn is None else drawn
    colours, colours_hat = _floats(x), _floats(x_hat)
    grey, grey_hat = colours.mean(0), colours_hat.mean(0)  # (H, W)
    chroma, chroma_hat = colours - grey, colours_hat - grey_hat
    own_contrast, contrast_lost = _contrast_lost(colours, colours_hat)
    ink = (grey > _MIN_INK) & drawn
    level = _level(grey_hat, ink)
    contrast = level / _level(grey, ink) if ink.any() else _spread(grey, grey_hat)
    gone = ink & (grey_hat < _MIN_KEPT_BRIGHTNESS * max(0.3, level))
    thin = ink & ~_thick(ink)
    ghosts, haze = _on_black(grey, grey_hat)
    grain, noise = _grain(grey, grey_hat)
    return Measures(
        psnr_db=_psnr_db(colours, colours_hat),
        drawn=drawn,
        own_contrast=own_contrast,
        contrast=contrast,
        contrast_lost=contrast_lost,
        own_edges=_edges(grey),
        sharpness=_steepness(grey, grey_hat, ~_grown(gone)) / min(1.0, max(0.05, contrast)),
        likeness=_likeness(grey, grey_hat),
        lost=_share(gone, ink),
        lost_thin=_share(gone, thin) if _share(gone & thin, ink) >= _MIN_LOST_SHARE else 0.0,
        ghosts=ghosts,
        haze=haze,
        brighter=float(grey_hat.mean() - grey.mean()),
        grain=grain,
        noise=noise,
        own_colour=_rms(chroma),
        saturation=_saturation(chroma, chroma_hat),
        tint=_tint(chroma, chroma_hat),
        largest=float(_around(np.abs(colours_hat - colours).max(0)).mean(0).max()),
    )


def is_drawn(images: Image) -> bool:
    """Whether these are bright strokes on black ground: mostly black, and few greys in what is not.

    Args:
        images: (..., C, H, W), one or many of a kind, uint8, or float in [0, 1].
    """
    grey = _floats(images).mean(-3)
    lit = grey > 2 * _MAX_BLACK
    greys = lit & (grey < 1 - 2 * _MAX_BLACK)
    return bool((grey < _MAX_BLACK).mean() > 0.4 and lit.any() and greys.sum() <= 0.6 * lit.sum())


def _floats(images: Image) -> Floats:
    if images.dtype == np.uint8:
        return images / 255.0
    return np.clip(np.nan_to_num(images.astype(np.float64), nan=0.0), 0.0, 1.0)


def _psnr_db(x: Floats, x_hat: Floats) -> float:
    return psnr_of_mse(float(np.square(x_hat - x).mean()))


def _rms(values: Floats) -> float:
    return math.sqrt(float(np.square(values).mean()))


def _contrast_lost(x: Floats, x_hat: Floats) -> tuple[float, float]:
    """The contrast of x, in all channels, and the share of it that is lost."""
    own = x - x.mean((1, 2), keepdims=True)
    contrast = _rms(own)
    error = _rms(x_hat - x_hat.mean((1, 2), keepdims=True) - own)
    return contrast, (error / max(contrast, 1e-6)) ** 2


def _edges(grey: Floats) -> float:
    steps = [np.square(np.diff(grey, axis=axis)).sum() for axis in (0, 1)]
    return math.sqrt(float(sum(steps)) / (2 * grey.size))


def _share(part: Mask, whole: Mask) -> float:
    return float((part & whole).sum() / max(1, whole.sum()))


def _level(grey: Floats, ink: Mask) -> float:
    """How bright the strokes are, wherever they run: what a quarter of this many pixels reaches."""
    n = max(1, int(ink.sum()) // 4)
    return float(np.partition(grey, -n, axis=None)[-n])


def _spread(grey: Floats, grey_hat: Floats) -> float:
    before = float(grey.std())
    return float(grey_hat.std()) / before if before > 1e-6 else 1.0


def _steepness(grey: Floats, grey_hat: Floats, where: Mask) -> float:
    """How steep the edges of `grey` still are in `grey_hat`; edges elsewhere, grain too, do not count."""
    before, shared = 0.0, 0.0
    for axis in (0, 1):
        edges, edges_hat = np.diff(grey, axis=axis), np.diff(grey_hat, axis=axis)
        inside = where[1:] & where[:-1] if axis == 0 else where[:, 1:] & where[:, :-1]
        before += float((edges * edges * inside).sum())
        shared += float((edges * edges_hat * inside).sum())
    return shared / before if before > 1e-9 else 1.0


def _likeness(grey: Floats, grey_hat: Floats) -> float:
    a, b = (grey - grey.mean()).ravel(), (grey_hat - grey_hat.mean()).ravel()
    scale = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / scale if scale > 1e-9 else float(a.any() == b.any())


def _grain(grey: Floats, grey_hat: Floats) -> tuple[float, float]:
    """Grain and noise: the finest detail of `grey_hat` when that of `grey`, faint or strong, is taken out."""
    fine, fine_hat = (plane - _around(plane).mean(0) for plane in (grey, grey_hat))
    energy = float(np.square(fine).mean())
    shared = float((fine * fine_hat).mean()) / energy if energy > 1e-9 else 0.0
    rest = _rms(fine_hat - shared * fine)
    rougher = _roughness(grey_hat) > _roughness(grey)  # else its own detail has become another, as in blocks
    noise = (rest / max(float(grey_hat.std()), _MIN_ROUGHNESS)) ** 2
    return rest / max(math.sqrt(energy), _MIN_ROUGHNESS) * rougher, min(1.0, noise)


def _roughness(plane: Floats) -> float:
    """Changes that are neither along rows nor along columns: the edges of blocks do not count."""
    return float(np.square(np.diff(np.diff(plane, axis=0), axis=1)).sum())


def _saturation(chroma: Floats, chroma_hat: Floats) -> float | None:
    """How far the channels still part, in the same direction."""
    before, after = _rms(chroma), _rms(chroma_hat)
    if before < _MAX_GREY_SATURATION:
        return math.inf if after > 2 * _MAX_GREY_SATURATION else None
    return float((chroma * chroma_hat).mean()) / before**2


def _tint(chroma: Floats, chroma_hat: Floats) -> float:
    """How far the channels part in another direction than before."""
    energy = float(np.square(chroma).mean())
    shared = float((chroma * chroma_hat).mean()) / energy if energy > 1e-9 else 0.0
    return _rms(chroma_hat - shared * chroma)


def _on_black(grey: Floats, grey_hat: Floats) -> tuple[float, float]:
    """Ghosts and haze, away from what was lit; 0 where the picture has no black ground."""
    ground = ~_grown(grey > _MAX_BLACK)
    if ground.mean() < 0.3:
        return 0.0, 0.0
    light = _around(grey_hat - grey).mean(0)[ground]
    haze = float(np.median(light))
    ghosts = np.clip(light - max(_MIN_VISIBLE_LIGHT, haze + _MIN_VISIBLE_LIGHT / 2), 0, None).sum()
    return float(ghosts / max(grey.sum(), 0.01 * grey.size)), haze


def _thick(ink: Mask) -> Mask:
    """The strokes less those that are one or two pixels wide in a picture of 28: an opening."""
    core = ink
    for _ in range(_reach(ink)):
        core = np.logical_and(core, _around(core)[1::2].all(axis=0))  # the four beside it
    return np.logical_and(_grown(core), ink)


def _grown(mask: Mask) -> Mask:
    for _ in range(_reach(mask)):
        mask = np.logical_or.reduce(_around(mask))
    return mask


def _reach(plane: Mask) -> int:
    return int(max(1, round(min(plane.shape) / 28)))


def _around(plane: NDArray[Any]) -> NDArray[Any]:
    """Each pixel's neighbourhood of three by three, row by row: (9, H, W); the border repeats itself."""
    height, width = plane.shape
    padded = np.pad(plane, 1, mode="edge")
    return np.stack([padded[i : i + height, j : j + width] for i in range(3) for j in range(3)])
