"""A visitor's sweep: its settings, the one they look at, what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from autoenc import recipes, sweeps
from autoenc.errors import ConfigError
from autoenc.schema import Sweep, TrainConfig, whole_numbers
from autoenc.sweeps import SavedSweep
from ui.core.links import Address, Param, flag, held, one_of
from ui.core.values import Value
from ui.core.workspace import separate
from ui.widgets.training_settings import (
    CHANGED_BY_VISITOR,
    DATASET,
    SETTINGS,
    ask_for,
    config_of,
    judge_again,
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
ALONE = Value("alone", False)  # one run at a time
SWEEP_ID = Value[str | None]("sweep", None)  # that is looked at
USUAL_SWEEP = Value[str | None]("usual sweep", None)  # what is shown to those who asked for none
POINT = Value[str | None]("point", None)  # the run_id of the point that was clicked
SHOWN = Value("sweep_shown", "by-size")  # by a presenter
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
    )


def ask_for_sweep(config: TrainConfig) -> None:
    """The page of sweeps shows the sizes of such a model the next time that it is drawn."""
    ask_for(config)
    MODELS.put_next([config.model])
    DEPTHS.put_next([str(config.layers)])
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


def _lists(sweep: Sweep) -> Iterator[tuple[Value[list[str]], list[str]]]:
    """What the widgets of its lists hold."""
    lists = (sweep.models, sweep.latent_sizes, sweep.layers)
    for value, of_sweep in zip((MODELS, SIZES, DEPTHS), lists, strict=True):
        yield value, [str(one) for one in of_sweep]


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


def _always(name: str, value: Value[list[str]], read: Callable[[str], list[str]]) -> Param:
    """A list that is in the address, whatever it holds."""
    return Param(name, (value,), lambda text: value.put(read(text)), lambda: ",".join(value.get()))


_ANY = Sweep(TrainConfig(), ("mlp",), (1,))  # it refuses what no sweep can have
_PARAMS = (
    setting("dataset"),
    Param("sweep", (SWEEP_ID,), _take_sweep, lambda: SWEEP_ID.get() or USUAL_SWEEP.get()),
    *(setting(name) for name in SHARED_SETTINGS if name != "dataset"),
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
