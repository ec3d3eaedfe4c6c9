"""What a sweep shows, in plain sentences that follow from its points; empty where there is not enough yet.

Only finished runs whose loss and time are positive numbers count.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from autoenc.captions.baselines import REMARKS, baseline_caption
from autoenc.captions.ratios import MIN_CHANGE, amount, changes, times_text
from autoenc.captions.remarks import EARLIER_TEST_CLAUSE
from autoenc.numerals import counted, decibels, short
from autoenc.pareto import pareto, usable
from autoenc.schema import CODE_UNITS, MODELS, BaselineCurve, Point, psnr_of_mse
from autoenc.schema import MODEL_NAMES as NAMES

READABLE_MSE = 0.01  # 20 dB

# ---------------------------------------------------------------- loss and size


def loss_caption(points: Sequence[Point], baselines: Sequence[BaselineCurve] = ()) -> str:
    """What a doubling of the code buys where it buys most and least; how it compares with the baselines."""
    sentences = []
    for line in _simplest(points, "test_mse"):
        compared = (baseline_caption(line, curve) for curve in baselines)
        clauses = [clause for clause in (_doublings(line), *compared) if clause]
        if clauses:
            sentences.append(f"{_name(line[0])}: {'; '.join(clauses)}.")
        sentences += [REMARKS[c.baseline](line, c) for c in baselines if c.baseline in REMARKS]
    return " ".join(filter(None, sentences))


def tests_caption(points: Sequence[Point]) -> str:
    """Which runs were tested on noisy images of their own."""
    tested = _usable(points, "test_mse")
    n = sum(p.earlier_test for p in tested)
    if not n:
        return ""
    which = "All runs were" if n == len(tested) > 1 else f"{n} of {len(tested)} {'was' if n == 1 else 'were'}"
    return f"{which} {EARLIER_TEST_CLAUSE}"


def _doublings(line: Sequence[Point]) -> str:
    """`from 64 to 128 numbers the test loss halves (0.0079 to 0.0035), from 1 to 2 it falls by a tenth`."""
    if len(line) < 2:
        return ""
    steps = sorted(pairwise(line), key=_gain)
    (a, b), (c, d) = steps[-1], steps[0]
    losses = f"{short(_loss(a))} to {short(_loss(b))}"
    best = f"from {_sizes(a, b)} the test loss {changes(_loss(b) / _loss(a))} ({losses})"
    if len(steps) == 1:
        return best
    if (end := _end_of_gains(line)) is not None:
        return f"{best}, beyond {end.config.latent_size:,} it hardly changes"
    ratio = _loss(d) / _loss(c)
    least = "it hardly changes" if abs(1 - ratio) <= MIN_CHANGE else f"it {changes(ratio)}"
    return f"{best}, from {c.config.latent_size:,} to {d.config.latent_size:,} {least}"


def _end_of_gains(line: Sequence[Point]) -> Point | None:
    """The run after which no larger code helps; None: the largest still does, or none ever did."""
    paying = [b for a, b in pairwise(line) if _loss(b) < (1 - MIN_CHANGE) * _loss(a)]
    return paying[-1] if paying and paying[-1] is not line[-1] else None


def _gain(step: tuple[Point, Point]) -> float:
    """By which factor the loss falls a doubling, as a logarithm."""
    a, b = step
    return math.log(_loss(a) / _loss(b)) / math.log(b.config.latent_size / a.config.latent_size)


def code_caption(points: Sequence[Point], baselines: Sequence[BaselineCurve] = ()) -> str:
    """Which model is better at about equal code size; which codes are as large as the image."""
    lines = {line[0].config.model: line for line in _simplest(points, "test_mse")}
    equal = [_at_equal_code(lines, model, baselines) for model in MODELS if model in lines and model != "mlp"]
    return " ".join(filter(None, (*equal, _larger_than_image(points))))


def _at_equal_code(
    lines: Mapping[str, Sequence[Point]], model: str, baselines: Sequence[BaselineCurve]
) -> str:
    """This model beside the MLP, or beside the baselines."""
    both = [(m, c) for m in lines.get("mlp", []) for c in lines[model]]
    near = [(m, c) for m, c in both if max(m.n_latents / c.n_latents, c.n_latents / m.n_latents) <= 1.6]
    if not near:
        return _against_baselines(lines[model], baselines)
    closest = min(
        near, key=lambda one: (abs(math.log(one[0].n_latents / one[1].n_latents)), -one[0].n_latents)
    )
    better, worse = sorted(closest, key=_loss)
    mlp, other = (point.n_latents for point in closest)
    size = (
        counted(mlp, "number") if mlp == other else f"about equal code size ({mlp:,} and {other:,} numbers)"
    )
    losses = f"{short(_loss(better))} against {short(_loss(worse))}"
    if _loss(worse) / _loss(better) <= 1 + MIN_CHANGE:
        return f"At {size} MLP and {NAMES[model]} are equally good ({losses})."
    how = times_text(_loss(worse) / _loss(better))
    much = f"has {how.removesuffix(' more')} more loss" if how.endswith(" more") else f"has {how} the loss"
    return f"At {size} {_name(better)} is better: {_name(worse)} {much} ({losses})."


def _against_baselines(line: Sequence[Point], baselines: Sequence[BaselineCurve]) -> str:
    """Where the MLP has no code of that size the baselines stand for it."""
    for point in line:
        losses_at_size = [(c.title, c.mse_at(point.n_latents)) for c in baselines if c.has_code]
        losses = [f"{short(mse)} for {title}" for title, mse in losses_at_size if mse is not None]
        if losses:
            losses.append(f"{short(_loss(point))} for {_name(point)}")
            return f"At {counted(point.n_latents, 'number')}: {', '.join(losses)}."
    return ""


def _larger_than_image(points: Sequence[Point]) -> str:
    large = [p for p in _usable(points, "test_mse") if p.n_latents >= p.n_pixels]
    if not large:
        return ""
    least = min(large, key=lambda p: p.n_latents)
    keeps = f"keeps {counted(least.n_latents, 'number')} for {least.n_pixels:,} pixels: it does not compress"
    return f"{_name(least)} with {_size(least)} already {keeps}."


def ratio_caption(points: Sequence[Point]) -> str:
    """The strongest compression that still reaches 20 dB."""
    usable_points = _usable(points, "test_mse")
    level = f"{short(psnr_of_mse(READABLE_MSE))} dB (MSE {short(READABLE_MSE)})"
    if not usable_points:
        return ""
    reaching = [p for p in usable_points if _loss(p) <= READABLE_MSE]
    if not reaching:
        best = min(usable_points, key=_loss)
        return f"No run reaches {level}; the closest is {_run(best)} with {_quality(best)}."
    best = max(reaching, key=lambda p: (p.ratio, -_loss(p)))
    reached = _quality(best)
    if best.ratio <= 1:
        return f"{level} is reached only without compression: by {_run(best)}, {reached}."
    times = f"{short(best.ratio)} times"
    return f"The strongest compression that still reaches {level} is {times}: {_run(best)}, {reached}."


# ---------------------------------------------------------------- time


def time_caption(points: Sequence[Point]) -> str:
    """What a larger code costs in time."""
    sentences = []
    for line in _simplest(points, "seconds"):
        if len(line) < 2:
            continue
        first, last = line[0], line[-1]
        larger = _larger(last.config.latent_size / first.config.latent_size)
        text = f"{_name(first)}: a code {larger} takes {amount(last.seconds / first.seconds, 'time')}"
        if len(line) > 2:
            a, b = line[-2:]
            text += f"; from {_sizes(a, b)} the time {changes(b.seconds / a.seconds)}"
        sentences.append(f"{text}.")
    return " ".join(sentences)


def _larger(ratio: float) -> str:
    """`64 times larger`, `twice as large`, `a third larger`."""
    text = times_text(ratio)
    return "twice as large" if text == "twice" else f"{text.removesuffix(' more')} larger"


def timing_caption(points: Sequence[Point]) -> str:
    """How alike the times were taken."""
    timed = _usable(points, "seconds")
    if not timed:
        return ""
    devices = sorted({p.device for p in timed if p.device})
    alone = [p for p in timed if p.concurrent_jobs == 0]
    if len(alone) == len(timed):
        where = "" if len(devices) != 1 else f", on {devices[0]}{_threads(timed)}"
        caption = (
            "The run had the machine to itself" if len(timed) == 1 else "Each run had the machine to itself"
        )
        return f"{caption}{where}.{_differ(devices)}"
    others_running = [p.concurrent_jobs for p in timed if p.concurrent_jobs]
    n_unknown = sum(p.concurrent_jobs is None for p in timed)
    clauses = []
    if others_running:
        were = "was" if len(others_running) == 1 else "were"
        others = counted(max(others_running), "other run")
        clauses.append(
            f"{len(others_running)} of {counted(len(timed), 'run')} {were} timed with up to {others} at work"
        )
    if n_unknown:
        clauses.append(f"for {n_unknown} of {len(timed)} it is unknown whether others were at work")
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
    front = pareto(points)
    n_runs = len([p for p in _usable(points, "test_mse") if usable(p.seconds)])
    if n_runs < 2:
        return ""
    first, last = front[0], front[-1]
    if len(front) == 1:
        return f"{_run(last)} is both the fastest and the best of {n_runs} runs."
    ends = f"from {_run(first)} ({short(first.seconds)} s) to {_run(last)} ({short(last.seconds)} s)"
    caption = f"{len(front)} of {n_runs} runs are best for their time, {ends}."
    before = next((p for p in reversed(front) if _loss(p) >= 1.9 * _loss(last)), front[-2])
    price = amount(last.seconds / before.seconds, "time")
    loss = changes(_loss(last) / _loss(before))
    return f"{caption} From {_run(before)} to {_run(last)} the loss {loss} for {price}."


def layers_caption(points: Sequence[Point]) -> str:
    """One layer against more at the same size, the largest that both have."""
    return " ".join(_layers(points, model) for model in MODELS if _layers(points, model))


def _layers(points: Sequence[Point], model: str) -> str:
    mine = [p for p in _usable(points, "test_mse") if p.config.model == model]
    pairs = [
        (a, b)
        for a in mine
        for b in mine
        if a.config.latent_size == b.config.latent_size and a.config.layers < b.config.layers
    ]
    if not pairs:
        return ""
    a, b = min(
        pairs, key=lambda pair: (-pair[0].config.latent_size, pair[0].config.layers, pair[1].config.layers)
    )
    text = f"{NAMES[model]} with {_size(a)}: {b.config.layers} layers instead of {a.config.layers} have "
    text += amount(_loss(b) / _loss(a), "loss")
    if usable(a.seconds) and usable(b.seconds):
        text += f" and take {amount(b.seconds / a.seconds, 'time')}"
    if a.n_latents != b.n_latents:
        text += f" (the code has {counted(b.n_latents, 'number')} instead of {a.n_latents:,})"
    return f"{text}."


# ---------------------------------------------------------------- points


def _usable(points: Sequence[Point], name: str) -> list[Point]:
    return [p for p in points if p.finished and usable(getattr(p, name))]


def _simplest(points: Sequence[Point], name: str) -> Iterator[list[Point]]:
    """Of each model the runs of the fewest layers that have a value, by size."""
    for model in MODELS:
        mine = [p for p in _usable(points, name) if p.config.model == model]
        layers = min((p.config.layers for p in mine), default=0)
        line = {p.config.latent_size: p for p in mine if p.config.layers == layers}
        if line:
            yield [line[size] for size in sorted(line)]


def _loss(point: Point) -> float:
    assert point.test_mse is not None
    return point.test_mse


def _quality(point: Point) -> str:
    return decibels(psnr_of_mse(_loss(point)))


def _name(point: Point) -> str:
    layers = point.config.layers
    return NAMES[point.config.model] if layers == 1 else f"{NAMES[point.config.model]}, {layers} layers"


def _size(point: Point) -> str:
    """`1 number`, `64 channels`."""
    k, unit = point.config.latent_size, CODE_UNITS[point.config.model]
    return counted(k, unit)


def _sizes(a: Point, b: Point) -> str:
    return f"{a.config.latent_size:,} to {_size(b)}"


def _run(point: Point) -> str:
    return f"{_name(point)} with {_size(point)}"
