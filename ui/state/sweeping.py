"""A visitor's sweep: its settings, the one they look at, what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from autoenc import datasets, sweeps
from autoenc.errors import AutoencError, ConfigError, DatasetMissing
from autoenc.schema import BaselineCurve, Point, RunSummary, State, Sweep, TrainConfig, whole_numbers
from autoenc.sweeps import Kept, Machine, Plan
from ui.state.address import Address, Param, flag, forget
from ui.state.link import setting
from ui.state.settings import (
    SETTINGS,
    ask_for,
    catalogue,
    config_of,
    info_of,
    is_colour,
    settings,
    take_settings_of,
)
from ui.state.shared import runs_on_disk, sessions, stop
from ui.state.visitor import DASHBOARD, address, is_teacher, may_stop, visitor
from ui.state.world import in_colour

# What a sweep has besides a run: widget -> name in the address, and what is usual.
LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "models": ("models", ("mlp", "conv")),
    "sizes": ("latent_sizes", tuple(str(2**i) for i in range(8))),
    "depths": ("layers", ("1",)),
}
EXAMPLE = Sweep(
    TrainConfig(dataset="digits", epochs=100), models=("mlp",), latent_sizes=tuple(2**i for i in range(7))
)
EXAMPLE_IN_COLOUR = Sweep(
    TrainConfig(dataset="photos", epochs=20), models=("mlp",), latent_sizes=(8, 32, 128)
)
# The settings of a run that all runs of a sweep share.
SHARED = tuple(name for name in SETTINGS if name not in ("model", "latent_size", "layers"))


# ---------------------------------------------------------------- what is asked for


def sweep_settings() -> dict[str, Any]:
    """The visitor's settings; widgets are bound to them by key."""
    return settings()


def asked_sweep() -> Sweep:
    """The sweep that the controls describe.

    Raises:
        ConfigError: it cannot be one.
    """
    models, sizes, depths = (tuple(st.session_state[name]) for name in LISTS)
    shared = settings() | {"model": TrainConfig.model, "latent_size": 1, "layers": 1}
    return Sweep(
        config_of(shared),
        models,
        whole_numbers(sizes, "latent size"),
        whole_numbers(depths, "number of layers"),
    )


def ask_for_sweep(config: TrainConfig) -> None:
    """The page of sweeps shows the sizes of such a model the next time that it is drawn."""
    ask_for(config)
    for name, value in (("models", config.model), ("depths", str(config.layers))):
        st.session_state[name] = [value]


def plan(sweep: Sweep) -> Plan | None:
    """What the sweep would take here; None: its data set is not here."""
    info = info_of(sweep.base.dataset)
    fingerprint = _fingerprint(info.name)
    if fingerprint is None:
        return None
    machine = Machine(sessions().n_cores, sessions().memory_share, sessions().speed())
    return sweeps.plan(sweep, info, fingerprint, machine, _by_id())


def alone() -> bool:
    """Whether the visitor wants one run at a time."""
    return bool(st.session_state["alone"])


def is_shown(sweep: Sweep | None) -> bool:
    """Whether this is the sweep that the visitor looks at."""
    fingerprint = None if sweep is None else _fingerprint(sweep.base.dataset)
    return sweep is not None and fingerprint is not None and sweep.sweep_id(fingerprint) == shown_sweep()


# ---------------------------------------------------------------- what becomes of it


def start_sweep(sweep: Sweep, planned: Plan, *, alone: bool) -> None:
    """Have it done and look at it; what is under way or done already is joined.

    Raises:
        AutoencError: it cannot be kept or started.
    """
    fingerprint = datasets.load(sweep.base.dataset).fingerprint
    kept = Kept(sweep, fingerprint, planned.run_ids, alone=alone, by=visitor())
    before = sweeps.find(kept.sweep_id)
    if before is not None and before.wanted:  # it is under way; stop belongs to whoever began it
        kept = replace(kept, by=before.by)
    sweeps.keep(kept)
    sweeps.begin(sessions(), kept, {run.run_id for run in planned.finished}, address())
    show_sweep(kept.sweep_id)


def continue_sweep(kept: Kept, points: Sequence[Point]) -> None:
    """Have the runs done that were stopped, interrupted or failed; raises as `start_sweep` does."""
    kept = replace(kept, wanted=True, stopped=frozenset(), by=visitor())
    sweeps.keep(kept)
    sweeps.begin(sessions(), kept, {point.run_id for point in points if point.finished}, address())


def stop_sweep(kept: Kept) -> None:
    """Stop all of its runs.

    Raises:
        AutoencError: another visitor has started it.
    """
    _check_own(kept)
    sweeps.keep(replace(kept, wanted=False))
    for run_id, known in sessions().snapshots(kept.run_ids).items():
        if known.state.active and known.by == kept.by:  # others may want this run too
            sessions().stop(run_id)


def stop_run_of(kept: Kept, run_id: str) -> None:
    """Stop one of its runs, and do not take it up again.

    Raises:
        AutoencError: another visitor has started it, perhaps before the sweep.
    """
    if (known := sessions().snapshot(run_id)) is not None:
        stop(known)
        sweeps.keep(replace(kept, stopped=kept.stopped | {run_id}))


def may_stop_run(run_id: str) -> bool:
    known = sessions().snapshot(run_id)
    return known is not None and may_stop(known)


def may_stop_sweep(kept: Kept) -> bool:
    return is_teacher() or kept.by == visitor()


def _check_own(kept: Kept) -> None:
    if not may_stop_sweep(kept):
        raise AutoencError("this sweep was started by somebody else; they can stop it, and the teacher")


def follow_sweep(sweep_id: str) -> tuple[Kept, tuple[Point, ...]] | None:
    """The sweep and its runs at this moment; None: it is not on this machine."""
    kept = sweeps.find(sweep_id)
    return None if kept is None else (kept, _points(kept))


def take_up(kept: Kept, points: Sequence[Point]) -> None:
    """Start what is wanted and nobody is at: a server that has ended left it so.

    A sweep that has ended is not wanted any more: one of its runs that is deleted later stays deleted.

    Raises:
        AutoencError: its runs cannot be started, or the folder cannot be written to.
    """
    if not kept.wanted:
        return
    left = {p.run_id for p in points if p.state in (None, State.INTERRUPTED)} - kept.stopped
    if left:
        source = "" if kept.by == DASHBOARD else address()  # the example is not charged to the class
        sweeps.begin(sessions(), kept, {point.run_id for point in points} - left, source)
    elif not any(point.state is not None and point.state.active for point in points):
        sweeps.keep(replace(kept, wanted=False))


def _points(kept: Kept) -> tuple[Point, ...]:
    known = sessions().snapshots(kept.run_ids)
    return sweeps.points(kept, info_of(kept.sweep.base.dataset).image_shape, known, _by_id())


def baselines(kept: Kept) -> tuple[BaselineCurve, ...]:
    """What its runs are compared with, as far as it is measured; none where the images are not here."""
    if _fingerprint(kept.sweep.base.dataset) is None:
        return ()
    return sweeps.baseline_curves(sessions(), sweeps.baseline_jobs(kept))


def left_of(kept: Kept) -> tuple[Plan | None, float | None]:
    """What is still to train, and seconds until then; None: not known."""
    planned = plan(kept.sweep)
    seconds = planned and planned.seconds(sessions().n_workers, sessions().n_cores, alone=kept.alone)
    return planned, seconds


# ---------------------------------------------------------------- which one is looked at


def shown_sweep() -> str:
    """The sweep_id that the visitor looks at: the one they asked for, or the newest when they came."""
    for name in ("sweep", "usual sweep"):
        if (sweep_id := st.session_state.get(name)) is not None:
            return str(sweep_id)
    of = [info.name for info in catalogue() if is_colour(info) or not in_colour()]
    st.session_state["usual sweep"] = usual = sweeps.newest(of) or _example()
    return usual


def show_sweep(sweep_id: str) -> None:
    if sweep_id != st.session_state.get("sweep"):
        forget("point")
    st.session_state["sweep"] = sweep_id


def _example() -> str:
    """A small one on embedded images, for who has none to look at yet; begun at the first call."""
    example = EXAMPLE_IN_COLOUR if in_colour() else EXAMPLE
    fingerprint = datasets.load(example.base.dataset).fingerprint
    run_ids = tuple(config.run_id(fingerprint) for config in example.configs())
    kept = Kept(example, fingerprint, run_ids, by=DASHBOARD)
    if sweeps.find(kept.sweep_id) is None:
        sweeps.keep(kept)
    return kept.sweep_id


# ---------------------------------------------------------------- the point that was chosen


def chosen_point() -> str | None:
    """The run_id of the point that the visitor has clicked."""
    run_id: str | None = st.session_state.get("point")
    return run_id


def choose_point(run_id: str) -> None:
    st.session_state["point"] = run_id


def sweep_axes() -> tuple[bool, bool]:
    """Whether sizes and losses are on logarithmic axes. The widgets come after the charts."""
    return st.session_state["sweep_log_size"], st.session_state["sweep_log_loss"]


def _fingerprint(dataset: str) -> str | None:
    """None: the data set is not here, or not any more."""
    try:
        return datasets.load(dataset).fingerprint
    except DatasetMissing:
        return None


def _by_id() -> dict[str, RunSummary]:
    return {run.run_id: run for run in runs_on_disk()}


# ---------------------------------------------------------------- the address


def _take(kept: Kept) -> None:
    """The controls show what this sweep says; before they are drawn."""
    take_settings_of(kept.sweep.base, SHARED)
    lists = (kept.sweep.models, kept.sweep.latent_sizes, kept.sweep.layers)
    for name, values in zip(LISTS, lists, strict=True):
        st.session_state[name] = [str(value) for value in values]
    st.session_state["alone"] = kept.alone


def _take_sweep(sweep_id: str) -> None:
    """Show it; it brings its settings, unless the address says what they are."""
    kept = sweeps.find(sweep_id)
    if kept is None:
        raise ConfigError(f"sweep {sweep_id[:80]!r} is not on this machine")
    if "dataset" not in st.session_state:
        _take(kept)
    show_sweep(sweep_id)


def _sweep_text() -> str | None:
    """Of the newest too, where the visitor has asked for none."""
    return st.session_state.get("sweep") or st.session_state.get("usual sweep")


def _take_point(run_id: str) -> None:
    kept = sweeps.find(str(st.session_state.get("sweep")))
    if kept is None or run_id not in kept.run_ids:
        raise ConfigError(f"point {run_id[:80]!r} is not in this sweep")
    choose_point(run_id)


def _list(widget: str) -> Param:
    """One of LISTS."""
    name, usual = LISTS[widget]

    def take(text: str) -> None:
        st.session_state[widget] = _listed(widget, text)

    def text() -> str | None:
        values = tuple(st.session_state.get(widget, usual))
        return None if values == usual and widget == "depths" else ",".join(values)

    return Param(name, (widget,), take, text, list(usual))


def _listed(widget: str, text: str) -> list[str]:
    """What the widget holds for `1,2,4`; only what can be in a sweep."""
    values = tuple(part.strip() for part in text[:1000].split(","))
    usual = Sweep(TrainConfig(), ("mlp",), (1,))
    if widget == "models":
        return list(replace(usual, models=values).models)
    numbers = whole_numbers(values, LISTS[widget][0].replace("_", " ")[:-1])
    field = {"latent_sizes": numbers} if widget == "sizes" else {"layers": numbers}
    return [str(n) for n in getattr(replace(usual, **field), next(iter(field)))]


_PARAMS = (
    setting("dataset"),
    Param("sweep", ("sweep",), _take_sweep, _sweep_text),
    *(setting(name) for name in SHARED if name != "dataset"),
    *map(_list, LISTS),
    flag("alone", False),
    Param("point", ("point",), _take_point, chosen_point),
    flag("log_size", True, key="sweep_log_size"),
    flag("log_loss", True, key="sweep_log_loss"),
)
SWEEP = Address(lambda given: _PARAMS)
