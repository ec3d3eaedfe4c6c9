"""What the runs of a sweep cost in time, and what is had for it."""

from __future__ import annotations

from collections.abc import Sequence

from autoenc.captions.ratios import amount, changes, times_text
from autoenc.captions.sweep.terms import (
    loss_of,
    name_of,
    run_name,
    simplest,
    size_of,
    sizes_of,
    so_far,
    usable_points,
    usable_runs,
)
from autoenc.groups import means, n_seeds, telling, variant_of
from autoenc.numerals import counted, short
from autoenc.pareto import pareto, usable
from autoenc.schema import MODEL_NAMES as NAMES
from autoenc.schema import MODELS, Point


def time_caption(points: Sequence[Point]) -> str:
    """What a larger code costs in time."""
    sentences = []
    for line in simplest(points, "seconds"):
        if len(line) < 2:
            continue
        first, last = line[0], line[-1]
        larger = _larger(last.config.latent_size / first.config.latent_size)
        text = (
            f"{name_of(first, points)}: a code {larger} takes {amount(last.seconds / first.seconds, 'time')}"
        )
        if len(line) > 2:
            a, b = line[-2:]
            text += f"; from {sizes_of(a, b)} the time {changes(b.seconds / a.seconds)}"
        sentences.append(f"{text}.")
    return so_far(points, " ".join(sentences))


def _larger(ratio: float) -> str:
    """`64 times larger`, `twice as large`, `a third larger`."""
    text = times_text(ratio)
    return "twice as large" if text == "twice" else f"{text.removesuffix(' more')} larger"


def timing_caption(points: Sequence[Point]) -> str:
    """How alike the times were taken."""
    return so_far(points, _timing(points))


def _timing(points: Sequence[Point]) -> str:
    timed = usable_runs(points, "seconds")
    if not timed:
        return ""
    devices = sorted({p.device for p in timed if p.device})
    alone = [p for p in timed if p.concurrent_jobs == 0]
    if len(alone) == len(timed):
        where = "" if len(devices) != 1 else f", on {devices[0]}{_threads(timed)}"
        each = "The run" if len(timed) == 1 else "Each run"
        caption = f"{each} had the machine to itself"
        return f"{caption}{where}.{_differ(devices)}"
    others_running = [p.concurrent_jobs for p in timed if p.concurrent_jobs]
    n_unknown = sum(p.concurrent_jobs is None for p in timed)
    clauses = []
    if others_running:
        were = "was" if len(others_running) == 1 else "were"
        others = counted(max(others_running), "other run")
        clauses.append(
            f"{len(others_running)} of {counted(len(timed), 'run')} {were} timed beside up to {others}"
        )
    if n_unknown:
        clauses.append(f"for {n_unknown} of {len(timed)} it is unknown whether other runs shared the machine")
    caption = ", ".join(clauses)
    return f"{caption[0].upper()}{caption[1:]} (hollow dots): compare these with care.{_differ(devices)}"


def _threads(timed: Sequence[Point]) -> str:
    threads = [p.threads for p in timed if p.threads]
    if not threads or len(threads) < len(timed):
        return ""
    low, high = min(threads), max(threads)
    if low != high:
        return f" with {low} to {high} threads"
    return f" with {low} thread{'s' * (low != 1)}"


def _differ(devices: Sequence[str]) -> str:
    return (
        f" Devices differ ({', '.join(devices)}): their times cannot be compared." if len(devices) > 1 else ""
    )


def front_caption(points: Sequence[Point]) -> str:
    """Which runs are best for their time, and what the last factor of loss costs."""
    return so_far(points, _front(points))


def _front(points: Sequence[Point]) -> str:
    front, several = pareto(means(points)), n_seeds(points) > 1
    runs = "means over seeds" if several else "runs"
    n_runs = len([p for p in usable_points(points, "test_mse") if usable(p.seconds)])
    if n_runs < 2:
        return ""
    first, last = front[0], front[-1]
    if len(front) == 1:
        return f"{run_name(last, points)} is both the fastest and the best of {n_runs} {runs}."
    name, last_name = run_name(first, points), run_name(last, points)
    ends = f"from {name} ({short(first.seconds)} s) to {last_name} ({short(last.seconds)} s)"
    caption = f"{len(front)} of {n_runs} {runs} are best for their time, {ends}."
    before = next((p for p in reversed(front) if loss_of(p) >= 1.9 * loss_of(last)), front[-2])
    price = amount(last.seconds / before.seconds, "time")
    loss = changes(loss_of(last) / loss_of(before))
    return f"{caption} From {run_name(before, points)} to {last_name} the loss {loss} for {price}."


def layers_caption(points: Sequence[Point]) -> str:
    """One layer against more at the same size, the largest that both have."""
    return " ".join(_layers(points, model) for model in MODELS if _layers(points, model))


def _layers(points: Sequence[Point], model: str) -> str:
    mine = [p for p in usable_points(points, "test_mse") if p.config.model == model]
    told = telling(points, model)
    pairs = [
        (a, b)
        for a in mine
        for b in mine
        if a.config.latent_size == b.config.latent_size
        and a.config.layers < b.config.layers
        and variant_of(a.config, told) == variant_of(b.config, told)
    ]
    if not pairs:
        return ""
    a, b = min(
        pairs, key=lambda pair: (-pair[0].config.latent_size, pair[0].config.layers, pair[1].config.layers)
    )
    name = ", ".join(filter(None, (NAMES[model], variant_of(a.config, told))))
    loss = amount(loss_of(b) / loss_of(a), "loss")
    text = f"{name} with {size_of(a)}: {b.config.layers} layers instead of {a.config.layers} have {loss}"
    if usable(a.seconds) and usable(b.seconds):
        text += f" and take {amount(b.seconds / a.seconds, 'time')}"
    if a.n_latents != b.n_latents:
        text += f" (the code has {counted(b.n_latents, 'number')} instead of {a.n_latents:,})"
    return f"{text}."
