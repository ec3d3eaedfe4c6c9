"""A visitor's sweep: its settings, the one they look at, what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from autoenc import numerals, recipes, sweeps
from autoenc.errors import ConfigError
from autoenc.schema import GRID, OPTIONAL, Sweep, TrainConfig, whole_numbers
from autoenc.sweeps import SavedSweep
from ui.core.links import Address, Param, flag, held, one_of
from ui.core.values import Value
from ui.core.workspace import separate
from ui.widgets.training_settings import (
    CHANGED_BY_VISITOR,
    DATASET,
    SEED,
    SETTINGS,
    ask_for,
    config_of,
    judge_again,
    parse,
    setting,
    settings,
    take_settings_of,
)

# What a presenter shows one by one: the charts, and the pictures.
PRESENTED = {
    "by-size": "Loss",
    "time": "Time",
    "large": "Large sizes",
    "by-code": "Equal code",
    "frontier": "Worth its time",
    "ratio": "Compression",
    "readable": "Recognised",
    "pictures": "Pictures",
}

# What a sweep has besides a run; its widgets hold texts.
MODELS = Value("models", list(recipes.SWEPT_MODELS))
SIZES = Value("sizes", [str(size) for size in recipes.SWEPT_SIZES])
DEPTHS = Value("depths", [str(TrainConfig.layers)])
N_SEEDS = Value("n_seeds", 1)  # of each run, the first of which is that of the form
# The other settings of which a sweep has several values, by field: from the command line or from an address.
# What a list holds counts in place of the setting of its name.
LISTS = {one.field: Value[list[str]](f"list_{one.plural}", []) for one in GRID}
ALONE = Value("alone", False)  # one run at a time
SWEEP_ID = Value[str | None]("sweep", None)  # that is looked at
USUAL_SWEEP = Value[str | None]("usual sweep", None)  # what is shown to those who asked for none
POINT = Value[str | None]("point", None)  # the run_id of the point that was clicked
SHOWN = Value("sweep_shown", "by-size")  # by a presenter
NONE = "none"  # in LISTS: all images, a constant rate, no noise
MAX_SEEDS = 5  # of a form
LOG_SIZE = Value("sweep_log_size", True)
LOG_LOSS = Value("sweep_log_loss", True)
# The settings of a run that all runs of a sweep share.
SHARED_SETTINGS = tuple(name for name in SETTINGS if name not in ("model", "latent_size", "layers"))


# ---------------------------------------------------------------- what is asked for


def form_sweep() -> Sweep:
    """The sweep that the controls describe.

    Raises:
        ConfigError: it cannot be one.
    """
    models, sizes, depths = (tuple(value.get()) for value in (MODELS, SIZES, DEPTHS))
    shared = settings(models) | {"model": TrainConfig.model, "latent_size": 1, "layers": 1}
    return Sweep(
        config_of(shared),
        models,
        whole_numbers(sizes, "latent size"),
        whole_numbers(depths, "number of layers"),
        **_other_lists(),
    )


def _other_lists() -> dict[str, tuple[Any, ...]]:
    """What else the sweep of the form has several values of.

    Raises:
        ConfigError: a value is not allowed.
    """
    lists: dict[str, tuple[Any, ...]] = {
        one.plural: tuple(_value(one.field, text) for text in LISTS[one.field].get())
        for one in GRID
        if LISTS[one.field].get()
    }
    if N_SEEDS.get() > 1 and "seeds" not in lists:
        first = settings()["seed"]
        lists["seeds"] = tuple(range(first, first + N_SEEDS.get()))
    return lists


def _value(name: str, text: str) -> Any:
    """What a text of LISTS stands for; raises ConfigError where it is nothing."""
    may_be_none = name in OPTIONAL or name == "noise"
    if may_be_none and text.strip() in (NONE, "0"):
        return None
    return parse(name, text.strip())


def _text(value: Any) -> str:
    """The inverse of `_value`."""
    if value is None:
        return NONE
    if not isinstance(value, float):
        return str(value)
    short = numerals.setting(value).replace(",", "")
    return short if float(short) == value else repr(value)


def ask_for_sweep(config: TrainConfig) -> None:
    """The page of sweeps shows the sizes of such a model the next time that it is drawn."""
    ask_for(config)
    MODELS.put_next([config.model])
    DEPTHS.put_next([str(config.layers)])
    for value in LISTS.values():
        value.put_next([])
    CHANGED_BY_VISITOR[DEPTHS.key].put_next(None)


def ask_for_settings_of(saved: SavedSweep) -> None:
    """The form shows what this sweep says the next time that it is drawn."""
    ask_for(saved.sweep.base)
    for value, of_sweep in _lists(saved.sweep):
        value.put_next(of_sweep)
    CHANGED_BY_VISITOR[DEPTHS.key].put_next(None)
    ALONE.put_next(saved.alone)


def show_sweep(sweep_id: str) -> None:
    if sweep_id != SWEEP_ID.get():
        POINT.forget()
    SWEEP_ID.put(sweep_id)


# ---------------------------------------------------------------- the address


def _take(saved: SavedSweep) -> None:
    """The controls show what this sweep says; before they are drawn."""
    take_settings_of(saved.sweep.base, SHARED_SETTINGS)
    for value, of_sweep in _lists(saved.sweep):
        value.put(of_sweep)
    judge_again(DEPTHS.key)
    ALONE.put(saved.alone)


def _lists(sweep: Sweep) -> Iterator[tuple[Value[Any], Any]]:
    """What the widgets of its lists hold."""
    yield N_SEEDS, len(sweep.seeds) if _is_counted(sweep.seeds) else 1
    for one in GRID:
        values = () if one.field == "seed" and _is_counted(sweep.seeds) else getattr(sweep, one.plural)
        yield LISTS[one.field], [_text(value) for value in values]
    lists = (sweep.models, sweep.latent_sizes, sweep.layers)
    for value, of_sweep in zip((MODELS, SIZES, DEPTHS), lists, strict=True):
        yield value, [str(one) for one in of_sweep]


def _is_counted(seeds: tuple[int, ...]) -> bool:
    """Whether the form says them by their number: some from the first on, one after the other."""
    return 0 < len(seeds) <= MAX_SEEDS and seeds == tuple(range(seeds[0], seeds[0] + len(seeds)))


def _take_sweep(sweep_id: str) -> None:
    """Show it; it brings its settings, unless the address says what they are."""
    saved = sweeps.find(sweep_id)
    if saved is None:
        raise ConfigError(f"sweep {sweep_id[:80]!r} is not on this machine")
    if not DATASET.is_set:
        _take(saved)
    show_sweep(sweep_id)


def _take_point(run_id: str) -> None:
    saved = sweeps.find(SWEEP_ID.get() or "")
    if saved is None or run_id not in saved.run_ids:
        raise ConfigError(f"point {run_id[:80]!r} is not in this sweep")
    POINT.put(run_id)


def _models(text: str) -> list[str]:
    return list(replace(_ANY, models=tuple(name.strip() for name in text[:1000].split(","))).models)


def _sizes(text: str) -> list[str]:
    sizes = whole_numbers(text[:1000].split(","), "latent size")
    return [str(size) for size in replace(_ANY, latent_sizes=sizes).latent_sizes]


def _depths(text: str) -> list[str]:
    depths = whole_numbers(text[:1000].split(","), "layer")
    return [str(depth) for depth in replace(_ANY, layers=depths).layers]


def _list(field: str) -> Callable[[str], list[str]]:
    """Reads the values of one of LISTS; raises ConfigError where one is not allowed or is given twice."""

    def read(text: str) -> list[str]:
        texts = text[:1000].split(",")
        (one,) = (one for one in GRID if one.field == field)
        values = tuple(_value(field, each) for each in texts)
        if len(set(values)) < len(values):
            raise ConfigError(f"{one.plural.replace('_', ' ')} {text[:80]!r} name a value twice")
        return [_text(value) for value in values]

    return read


def _take_seeds(text: str) -> None:
    seeds = whole_numbers(text[:1000].split(","), "seed")
    replace(_ANY, seeds=seeds)  # which refuses what no sweep has
    if _is_counted(seeds):
        SEED.put(seeds[0])
        N_SEEDS.put(len(seeds))
    else:
        LISTS["seed"].put([str(seed) for seed in seeds])


def _seeds() -> str | None:
    listed = LISTS["seed"].get()
    first, n = SEED.get() or 0, N_SEEDS.get()
    return ",".join(listed or map(str, range(first, first + n))) if listed or n > 1 else None


def _other_list(field: str, plural: str) -> Param:
    """A list in the address, where there is one; some have the name of the setting itself."""
    value, single, read = LISTS[field], setting(field), _list(field)
    if field != plural:
        return held(plural, value, read, ",".join)

    def take(text: str) -> None:
        if "," in text:
            value.put(read(text))
            single.take(next(each for each in text.split(",") if each.strip() not in (NONE, "0")))
        else:
            single.take(text)

    return Param(field, (*single.values, value), take, lambda: ",".join(value.get()) or single.text())


def _always(name: str, value: Value[list[str]], read: Callable[[str], list[str]]) -> Param:
    """A list that is in the address, whatever it holds."""
    return Param(name, (value,), lambda text: value.put(read(text)), lambda: ",".join(value.get()))


_SAME_NAMES = tuple(one.field for one in GRID if one.field == one.plural)
_ANY = Sweep(TrainConfig(), ("mlp",), (1,))  # it refuses what no sweep can have
_PARAMS = (
    setting("dataset"),
    Param("sweep", (SWEEP_ID,), _take_sweep, lambda: SWEEP_ID.get() or USUAL_SWEEP.get()),
    *(setting(name) for name in SHARED_SETTINGS if name not in ("dataset", *_SAME_NAMES)),
    *(_other_list(one.field, one.plural) for one in GRID if one.field != "seed"),
    Param("seeds", (N_SEEDS, LISTS["seed"]), _take_seeds, _seeds),
    _always("models", MODELS, _models),
    _always("latent_sizes", SIZES, _sizes),
    replace(held("layers", DEPTHS, _depths, ",".join), values=(DEPTHS, CHANGED_BY_VISITOR[DEPTHS.key])),
    flag("alone", ALONE),
    Param("point", (POINT,), _take_point, POINT.get),
    one_of("show", SHOWN, list(PRESENTED)),
    flag("log_size", LOG_SIZE),
    flag("log_loss", LOG_LOSS),
)
SWEEP = Address(_PARAMS)
separate(USUAL_SWEEP, *(value for param in _PARAMS for value in param.values))
