"""`denoise`: how well models and classical methods take a noise away, level by level, on the test set."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict

from autoenc import memory
from autoenc.cli.measuring import finished_runs, measured
from autoenc.cli.printing import Result, check_csv, give, split, table
from autoenc.csv_text import csv_text
from autoenc.errors import ConfigError
from autoenc.jobs import CurveJob, Job
from autoenc.numerals import decibels, setting
from autoenc.schema import METHODS, NOISES, Curve, check_levels, usual_levels


def denoise(args: argparse.Namespace) -> None:
    levels = _levels(args.noise, args.levels)
    methods = split(args.methods)
    if unknown := [method for method in methods if method not in METHODS]:
        raise ConfigError(f"unknown method {unknown[0]!r:.40}; known: {', '.join(METHODS)}")
    check_csv(args)
    dataset = finished_runs(args.run)[0].config.dataset
    memory.keep_freed()
    jobs: dict[Job, str] = {
        CurveJob(dataset, args.noise, method, levels): method for method in (*methods, *args.run)
    }
    curves = list(measured(jobs).values())
    result = Result(
        text=lambda: _quality_table(curves, levels),
        document=lambda: [asdict(curve) for curve in curves],
        csv=lambda: as_csv(curves),
    )
    give(args, result)


def _levels(noise: str, text: str | None) -> tuple[float, ...]:
    try:
        levels = usual_levels(noise) if text is None else tuple(map(float, split(text)))
    except KeyError:
        levels = ()  # the check tells which noises there are
    except ValueError:
        raise ConfigError(f"levels are {text!r:.60}; they are written as numbers: 0.1,0.2,0.3") from None
    return check_levels(noise, levels)


def _quality_table(curves: Sequence[Curve], levels: Sequence[float]) -> str:
    """PSNR and SSIM of each method, a line a level."""
    names = [METHODS.get(curve.method, curve.method) for curve in curves]
    head = (NOISES[curves[0].noise].title, *names)
    rows = []
    for level in levels:
        qualities = [curve.at(level) for curve in curves]
        cells = [f"{decibels(point.psnr_db)}  {point.ssim:.3f}" if point else "" for point in qualities]
        rows.append((setting(level), *cells))
    images = ", ".join(f"{name}: {curve.n_images:,}" for name, curve in zip(names, curves, strict=True))
    return f"{table(head, rows)}\nPSNR of the mean error, and SSIM; test images: {images}"


def as_csv(curves: Sequence[Curve]) -> str:
    """A line for each method and level."""
    figures = ("mse", "psnr_db", "psnr_low", "psnr_high", "ssim", "ssim_low", "ssim_high")
    rows = (
        (
            *(curve.dataset, curve.noise, f"{point.level:g}", curve.method, curve.n_images),
            *(getattr(point, name) for name in figures),
        )
        for curve in curves
        for point in curve.points
    )
    return csv_text(("dataset", "noise", "level", "method", "n_images", *figures), rows)
