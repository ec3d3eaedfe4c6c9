"""How far runs lie apart that differ only by their seed, and which of several settings is best."""

from __future__ import annotations

from collections.abc import Sequence

from autoenc.captions.sweep.terms import loss_of, name_of, run_name, simplest, size_of, usable_points
from autoenc.groups import Group, Spread, groups, n_seeds, telling, variant_of
from autoenc.numerals import listed, short
from autoenc.schema import MODEL_NAMES as NAMES
from autoenc.schema import MODELS, Point


def spread_over_seeds(points: Sequence[Point]) -> str:
    """What dots and bars are where there are several seeds; the spread at the largest size of each model."""
    if n_seeds(points) < 2:
        return ""
    ends = [line[-1] for line in simplest(points, "test_mse")]
    having = [(end, loss) for end in ends if (loss := spread_of(points, end)) is not None and loss.std]
    losses = [f"{run_name(end, points)} {average(loss)}" for end, loss in having]
    dots = "Each dot is a mean over seeds, its bar one standard deviation; the small dots are single runs."
    where = " at the largest size" if len({point.config.latent_size for point in points}) > 1 else ""
    return f"{dots} Test loss{where}: {listed(losses)}." if losses else ""


def average(loss: Spread) -> str:
    """`0.0041 on average over 3 seeds, ± 0.0002`."""
    if loss.std is None:
        return short(loss.mean)
    return f"{short(loss.mean)} on average over {loss.n} seeds, ±\u00a0{short(loss.std, 1)}"


def spread_of(points: Sequence[Point], mean: Point) -> Spread | None:
    """The test losses of the runs that this one is the mean of; None: there are none."""
    group = next((group for group in groups(points) if mean.run_id in _ids(group)), None)
    return None if group is None else group.of(lambda p: p.test_mse)


def _ids(group: Group) -> set[str]:
    return {point.run_id for point in group.points}


def undecided(points: Sequence[Point], one: Point, other: Point) -> str:
    """Why nobody can tell which of two means is less: they differ by less than seeds do; empty: one is."""
    spreads = [spread_of(points, point) for point in (one, other)]
    bars = [loss.std for loss in spreads if loss is not None and loss.std]
    if not bars or abs(loss_of(one) - loss_of(other)) >= max(bars):
        return ""
    return f"The difference is smaller than the spread over seeds (±\u00a0{short(max(bars), 1)})"


def best_settings(points: Sequence[Point]) -> str:
    """Of settings that have several values: with which of them each model is best and worst."""
    return " ".join(filter(None, (_best_setting(points, model) for model in MODELS)))


def _best_setting(points: Sequence[Point], model: str) -> str:
    """At the largest size that two values have, with the fewest layers there."""
    told = telling(points, model)
    mine = [p for p in usable_points(points, "test_mse") if p.config.model == model]
    alike: dict[tuple[int, int], list[Point]] = {}
    for point in mine:
        alike.setdefault((point.config.latent_size, -point.config.layers), []).append(point)
    compared = [several for _, several in sorted(alike.items()) if len(several) > 1]
    if not told or not compared:
        return ""
    ranked = sorted(compared[-1], key=loss_of)
    first, second, last = ranked[0], ranked[1], ranked[-1]
    names = [f"{variant_of(p.config, told)} ({short(loss_of(p))})" for p in (first, last)]
    layers = "" if first.config.layers == 1 else f", {first.config.layers} layers"
    text = f"{NAMES[model]}{layers} with {size_of(first)} is best with {names[0]}, worst with {names[1]}."
    if why := undecided(points, first, second):
        return f"{text} {why} between the best and {variant_of(second.config, told)}."
    return text


def equal_within_spread(points: Sequence[Point], size: str, better: Point, worse: Point) -> str:
    """Of two models at equal code size; empty: the better one is."""
    if not (why := undecided(points, better, worse)):
        return ""
    both = f"{name_of(better, points)} has {short(loss_of(better))} and {name_of(worse, points)}"
    return f"At {size} {both} {short(loss_of(worse))}. {why}: these runs do not show which is better."
