"""What can still be recognised, in words; empty where there is not enough yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from autoenc.captions import configs
from autoenc.groups import Line, lines, n_seeds
from autoenc.numerals import counted, listed, percent, short, with_article
from autoenc.schema import (
    READABLE,
    Point,
    Probe,
    ReadingCurve,
    Recogniser,
    Reliability,
)

# Of the originals: with fewer, no reconstructions could reach READABLE; nine tenths of these are asked for.
WELL_READ = 0.95
MIN_GAP = 0.05  # of two shares of the images: less is no difference to speak of
MIN_MISTAKES = 3  # images: fewer are chance


def share(accuracy: float) -> str:
    """`99.3 %`, `61 %`: near all, one more digit tells recognisers apart; less than all is never 100 %."""
    if accuracy < 0.95:
        return percent(accuracy)
    return f"{short(100 * accuracy if accuracy == 1 else min(99.9, 100 * accuracy), 3)} %"


def accuracies(points: Sequence[Point], curves: Mapping[str, ReadingCurve]) -> dict[str, float]:
    """Of the runs that are read wholly, by run_id; `curves` by source."""
    read = ((point.run_id, curves[point.run_id]) for point in points if point.run_id in curves)
    return {
        run_id: curve.readings[0].accuracy for run_id, curve in read if curve.done >= 1 and curve.readings
    }


def recogniser_caption(recogniser: Recogniser) -> str:
    """What it has learnt."""
    if recogniser.accuracy is None:
        return ""
    so_far = "" if recogniser.finished else f"So far, after {counted(len(recogniser.epochs), 'epoch')}: "
    return (
        f"{so_far}{share(recogniser.accuracy)} of the test images are recognised; a guess among "
        f"{counted(len(recogniser.class_names), 'class', 'classes')} would be right in "
        f"{percent(recogniser.chance)}."
    )


def readable_caption(
    points: Sequence[Point],
    curves: Mapping[str, ReadingCurve],
    class_names: Sequence[str],
    originals: float | None = None,
) -> str:
    """Of each model down to which size its pictures can be read, and what is confused first below it.

    Args:
        points: finished runs, by model, layers and size.
        curves: what was read of them, by run_id.
        originals: share of the originals that is recognised.
    """
    enough = _enough(originals)
    read = [(p, curves[p.run_id]) for p in points if p.run_id in curves and curves[p.run_id].done >= 1]
    by_id = {p.run_id: (p, curve) for p, curve in read}
    several = [_of_one_seed(line) for line in lines([p for p, _ in read])]
    sentences = [
        _family_caption([by_id[p.run_id] for p in line.points], line.variant, class_names, enough)
        for line in several
    ]
    so_far = "So far: " if read and len(read) < len(points) else ""
    return so_far + " ".join(filter(None, sentences)) if any(sentences) else ""


def _of_one_seed(line: Line) -> Line:
    """Of several seeds that of which most runs have been read: those of others would contradict it."""
    if n_seeds(line.points) == 1:
        return line
    counts = Counter(p.config.seed for p in line.points)
    seed = min(counts, key=lambda one: (-counts[one], one))
    same = tuple(p for p in line.points if p.config.seed == seed)
    return Line(same, ", ".join(filter(None, (line.variant, f"seed {seed}"))))


def _enough(originals: float | None) -> float:
    """The share of the images from which on a set of pictures counts as legible."""
    return READABLE if originals is None or originals >= WELL_READ else READABLE * originals


def _family_caption(
    read: Sequence[tuple[Point, ReadingCurve]], variant: str, class_names: Sequence[str], enough: float
) -> str:
    ordered = sorted(read, key=lambda one: one[0].n_latents)
    name = ", ".join(filter(None, (configs.family(ordered[0][0].config), variant)))
    accuracies = [curve.readings[0].accuracy for _, curve in ordered]
    if len(ordered) == 1:
        numbers = counted(ordered[0][0].n_latents, "number")
        return f"{name}, {numbers}: {share(accuracies[0])} recognised."
    below = [i for i, accuracy in enumerate(accuracies) if accuracy < enough]
    if not below:
        least = counted(ordered[0][0].n_latents, "number")
        return f"{name}: at least {share(min(accuracies))} recognised, even with {least}."
    if len(below) == len(ordered):
        best = max(range(len(ordered)), key=accuracies.__getitem__)
        at = counted(ordered[best][0].n_latents, "number")
        return f"{name}: never above {percent(enough)}; at most {share(accuracies[best])}, with {at}."
    last = below[-1]
    low, mixed = ordered[last][0].n_latents, _confused(ordered[last][1], class_names)
    larger = ordered[last + 1] if last + 1 < len(ordered) else None
    above = (
        f"{counted(larger[0].n_latents, 'number')} are enough for {share(accuracies[last + 1])}; "
        if larger
        else ""
    )
    falls = f"with {low:,} it falls below {percent(enough)}, to {share(accuracies[last])}{mixed}"
    return f"{name}: {above}{falls}."


def _confused(curve: ReadingCurve, class_names: Sequence[str]) -> str:
    """`: most often a 4 is taken for a 9`."""
    mistakes = curve.readings[0].mistakes
    if not mistakes or mistakes[0][2] < MIN_MISTAKES:
        return ""
    true, read, n = mistakes[0]
    names = f"{with_article(class_names[true])} is taken for {with_article(class_names[read])}"
    return f": most often {names} ({counted(n, 'image')})"


def psnr_caption(points: Sequence[Point], accuracies: Mapping[str, float]) -> str:
    """Whether a picture of more decibels is always the one that is recognised better."""
    known = [p for p in points if p.run_id in accuracies and p.test_mse]
    worst: tuple[float, Point, Point] | None = None
    for one in known:
        for other in known:
            gap = accuracies[one.run_id] - accuracies[other.run_id]
            if (
                (one.test_mse or 0) > (other.test_mse or 0)
                and gap >= MIN_GAP
                and (worst is None or gap > worst[0])
            ):
                worst = gap, one, other
    if worst is None:
        return ""
    _, better, other = worst
    so_far = "So far: " * (len(known) < sum(p.finished for p in points))
    return (
        f"{so_far}PSNR does not decide: {configs.short(better.config)} has the larger error, and "
        f"{share(accuracies[better.run_id])} of its pictures are recognised, but only "
        f"{share(accuracies[other.run_id])} of the pictures of {configs.short(other.config)}."
    )


def probe_caption(
    points: Sequence[Point], probes: Mapping[str, float], accuracies: Mapping[str, float]
) -> str:
    """Where the code holds a class that its picture does not show, and the other way round."""
    both = [p for p in points if p.run_id in probes and p.run_id in accuracies]
    if not both:
        return ""
    gaps = {p.run_id: probes[p.run_id] - accuracies[p.run_id] for p in both}
    hidden, shown = max(both, key=lambda p: gaps[p.run_id]), min(both, key=lambda p: gaps[p.run_id])
    sentences = []
    if gaps[hidden.run_id] >= MIN_GAP:
        sentences.append(
            f"The code may hold more than its picture shows: from {_codes(hidden)} a linear classifier reads "
            f"{share(probes[hidden.run_id])} of the classes, the recogniser from the pictures "
            f"{share(accuracies[hidden.run_id])}."
        )
    if gaps[shown.run_id] <= -MIN_GAP:
        sentences.append(
            f"And a picture may show what no straight line in the code tells apart: {_codes(shown)}: "
            f"{share(probes[shown.run_id])} from the code, "
            f"{share(accuracies[shown.run_id])} from the pictures."
        )
    if len(both) < sum(p.finished for p in points):
        return " ".join(("So far:", *sentences)) if sentences else ""
    return " ".join(sentences) or "Code and picture tell about as much of the class."


def _codes(point: Point) -> str:
    return f"the {counted(point.n_latents, 'number')} of {configs.short(point.config)}"


def probe_epochs_caption(probe: Probe) -> str:
    """How the knowledge of the class grows with training."""
    if len(probe.accuracies) < 2:
        return ""
    (_, first), (epoch, last) = probe.accuracies[0], probe.accuracies[-1]
    after = counted(epoch, "epoch")
    if abs(last - first) < 0.01:
        return f"Untrained: {share(first)} of the classes read from the code; after {after} the same."
    return (
        f"Untrained, {share(first)} of the classes can be read from the code; after {after} {share(last)}: "
        "the model never saw a class label."
    )


def calibration_caption(reliability: Reliability) -> str:
    """Whether its confidence can be taken at its word."""
    error = f"On average its confidence is off by {percent(reliability.error)}."
    unsure = [one for one in reliability.bins if one.confidence < READABLE]
    n_unsure, n = sum(one.n_images for one in unsure), sum(one.n_images for one in reliability.bins)
    if not n_unsure:
        return error
    right = sum(one.accuracy * one.n_images for one in unsure) / n_unsure
    return (
        f"{error} It is less than {percent(READABLE)} sure of {counted(n_unsure, 'image')} of {n:,}, and "
        f"recognises {percent(right)} of these."
    )


def noise_caption(curves: Sequence[tuple[str, ReadingCurve]], originals: float | None = None) -> str:
    """Where recognition breaks down, with each method.

    Args:
        curves: of each method its name, as in a sentence, and what was read.
        originals: share of the originals that is recognised.
    """
    enough = _enough(originals)
    whole = [(name, curve) for name, curve in curves if curve.done >= 1 and curve.readings]
    sentences = []
    for name, curve in whole:
        below = next((reading for reading in curve.readings if reading.accuracy < enough), None)
        if below is None:
            continue
        sentences.append((below.at, f"with {name} from {short(below.at)} on"))
    always = [name for name, curve in whole if all(r.accuracy >= enough for r in curve.readings)]
    texts = []
    if sentences:
        texts.append(
            f"Fewer than {percent(enough)} are recognised " + ", ".join(t for _, t in sorted(sentences)) + "."
        )
    if always:
        texts.append(f"At least {percent(enough)} at every level: {listed(always)}.")
    return " ".join(texts)
