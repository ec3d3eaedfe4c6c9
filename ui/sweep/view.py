"""A sweep on the page, which follows its runs by itself while they come in."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from autoenc.captions import configs
from autoenc.errors import AutoencError
from autoenc.numerals import out_of
from autoenc.schema import Point, State
from autoenc.sweeps import SavedSweep
from ui.app import errors, layout, presenter
from ui.components.accessibility import announce
from ui.core import idle, pages, polling, sessions
from ui.core.text import plain
from ui.sweep import charts, image_grid, lifecycle, readable, settings, table
from ui.widgets import offers


def is_under_way(sweep_id: str) -> bool:
    """Whether a run of it is queued or at work; what a server left behind goes on now."""
    if (followed := lifecycle.follow_sweep(sweep_id)) is not None:
        with errors.shown():
            lifecycle.take_up(*followed)
            lifecycle.begin_baselines(*followed)
        followed = lifecycle.follow_sweep(sweep_id)
    return followed is not None and _moves(*followed)


def is_in_training(sweep_id: str) -> bool:
    """Whether a run of it is trained, and not only its pictures read."""
    followed = lifecycle.follow_sweep(sweep_id)
    return followed is not None and is_active(followed[1])


def sweep_view(sweep_id: str, active: bool, in_training: bool, other_settings: bool) -> None:
    """Everything about a sweep, in one place that does not move while it grows or when it ends.

    Args:
        in_training: what the button beside it was drawn for; where it is otherwise the page is drawn again.
        other_settings: the form shows others, and can take those of the sweep.
    """
    seconds = polling.interval_seconds() if active else None
    follow = st.fragment(_sweep_view, run_every=seconds and seconds * polling.own_pace())
    follow(sweep_id, seconds, in_training, other_settings)
    with suppress(AutoencError):  # the view says what is the matter
        if not active and _moment(sweep_id):
            idle.watch(lambda: _moment(sweep_id))  # another window may go on with it


def _moment(sweep_id: str) -> tuple[tuple[str, float], ...]:
    """Of each run that is not finished what another window would change; how many baselines are missing."""
    followed = lifecycle.follow_sweep(sweep_id)
    if followed is None:
        return ()
    saved, points = followed
    runs = tuple((str(point.state), point.done) for point in points if not point.finished)
    others = ("baselines", lifecycle.n_measuring(saved)), ("readings", readable.n_missing(saved, points))
    return (*runs, *((name, n) for name, n in others if n))


def _moves(saved: SavedSweep, points: tuple[Point, ...]) -> bool:
    """Whether it is to be redrawn often: a run of it is trained, or its pictures are read."""
    return is_active(points) or readable.is_active(saved, points)


def is_active(points: Sequence[Point]) -> bool:
    return any(point.state is not None and point.state.active for point in points)


def _sweep_view(sweep_id: str, seconds: float | None, in_training: bool, other_settings: bool) -> None:
    """Redrawn every `seconds`; None: nothing of it runs."""
    with errors.shown():
        polling.look()
        followed = lifecycle.follow_sweep(sweep_id)
        if followed is None:
            st.warning("This sweep is not on this machine any more.")
            return
        saved, points = followed
        if seconds is not None:  # at the end, too: its last run is read as the others were
            readable.begin_missing(saved, points)
        if (seconds is not None, in_training) != (_moves(saved, points), is_active(points)):
            st.rerun()  # the whole page: its button says what can be done now
        if seconds is not None and seconds != polling.interval_seconds():
            st.rerun()  # others have come or gone
        _headline(saved, points, other_settings)
        _announce(saved, points)
        if is_active(points) and (crowding := sessions.crowded()):
            st.caption(plain(crowding))
        baselines = lifecycle.baselines(saved)
        drawn = tuple(replace(point, done=0.0) for point in points)  # equal from one epoch to the next
        if presenter.is_on():
            _present(saved, drawn, baselines)
        else:
            charts.first(saved, drawn, baselines)
            image_grid.same_images(saved, drawn)
            charts.others(saved, drawn, baselines)
            readable.show(saved, drawn)
            table.results(saved, drawn, baselines)
        pages.write_address()


def _present(saved: SavedSweep, points: charts.Points, baselines: charts.Baselines) -> None:
    """One thing at a time."""
    shown = presenter.stage(settings.SHOWN, charts.presented(points))
    if shown == "pictures":
        image_grid.same_images(saved, points)
    elif shown == "readable":
        readable.show(saved, points)
    else:
        charts.chart(shown, saved, points, baselines)


def _headline(saved: SavedSweep, points: Sequence[Point], other_settings: bool) -> None:
    """What it is, how far it has come, and what can be done about it."""
    row = st.container(horizontal=True, vertical_alignment="center")
    text, what_next = row.container(width="stretch", key="headline"), row.container(width="content")
    with text:
        layout.section(
            f"**{_origin(saved, points, other_settings)}{plain(configs.sweep_title(saved.sweep))}**"
        )
        done = sum(1.0 if point.finished else point.done for point in points) / max(1, len(points))
        st.progress(min(1.0, done), _progress(saved, points))
    with what_next, st.container(horizontal=True, key="actions"):
        if other_settings and st.button(
            "Copy settings", icon=":material/content_copy:", key="take-sweep", help="Into the form."
        ):
            settings.ask_for_settings_of(saved)
            st.rerun()
        _what_next(saved, points)
    if is_active(points):
        running = [point for point in points if point.state is State.RUNNING]
        places = st.columns(max(len(running), sessions.background().n_workers))  # as many: nothing jumps
        for place, point in zip(places, running, strict=False):
            with place:
                _at_work(saved, point)
    _failures(saved, points)


def _origin(saved: SavedSweep, points: Sequence[Point], other_settings: bool) -> str:
    """How it comes to stand beside the form."""
    if saved.example:
        return "Example: "
    if not other_settings:
        return ""
    is_last = is_active(points) or saved.sweep_id == lifecycle.newest_sweep()
    return "Last sweep: " if is_last else "Earlier sweep: "


def _announce(saved: SavedSweep, points: Sequence[Point]) -> None:
    """Start and end of the sweep, and each failure of a run; not each run that is done."""
    title, active = configs.sweep_title(saved.sweep), is_active(points)
    n_done, n_failed = (sum(p.state is state for p in points) for state in (State.FINISHED, State.FAILED))
    moment = "running" if active else "finished" if n_done == len(points) else "stopped"
    sentence = f"Sweep {'started' if active else moment}: {title}. {n_done} of {len(points)} runs are done."
    announce("sweep", saved.sweep_id, moment, sentence, active=active)
    failure = f"{_failure(saved, points)}." if n_failed else ""
    announce("failed-run", saved.sweep_id, str(n_failed), failure, urgent=True)


def _what_next(saved: SavedSweep, points: Sequence[Point]) -> None:
    """Stop belongs to who started it and to the teacher; everyone may go on with what is left."""
    left = sum(not point.finished for point in points)
    if is_active(points):
        if not lifecycle.is_trained_here(saved):
            st.caption("Trained by another program: stop it there.")
        elif lifecycle.may_stop_sweep(saved) and st.button(
            "Stop all", icon=":material/stop:", key="stop-sweep"
        ):
            lifecycle.stop_sweep(saved)
    elif left:
        offers.time(lifecycle.expected_to_continue(saved))
        if st.button(f"Train the other {left}", icon=":material/play_arrow:", key="continue-sweep"):
            lifecycle.continue_sweep(saved, points)
            st.rerun()


def _progress(saved: SavedSweep, points: Sequence[Point]) -> str:
    n_done = sum(point.finished for point in points)
    n_running = sum(point.state is State.RUNNING for point in points)
    words = [f"{n_done} of {len(points)} done"]
    if is_active(points):
        words.append(f"{n_running} running")
        left = lifecycle.left_of(saved, points)
        words += [f"{left.text} left"] if left is not None else []
    elif n_done < len(points):
        words.append("stopped")
    return ", ".join(words)


def _at_work(saved: SavedSweep, point: Point) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"at-work-{point.run_id}"):
        name = configs.in_sweep(point.config, saved.sweep)
        st.progress(point.done, f"{name}: {out_of(point.epochs_done, point.config.epochs, 'epoch')}")
        if lifecycle.may_stop_run(point.run_id) and st.button(
            "", icon=":material/stop:", key=f"stop-{point.run_id}", help=f"Stop only {name}"
        ):
            lifecycle.stop_run_of(saved, point.run_id)


def _failures(saved: SavedSweep, points: Sequence[Point]) -> None:
    if failure := _failure(saved, points):
        st.error(plain(f"{failure}."), icon=":material/error:")


def _failure(saved: SavedSweep, points: Sequence[Point]) -> str:
    """The first run that failed in a sentence, and which others did; empty: none."""
    failed = [point for point in points if point.state is State.FAILED]
    if not failed:
        return ""
    first, *others = (configs.in_sweep(point.config, saved.sweep) for point in failed)
    more = f"; also failed: {', '.join(others)}" if others else ""
    return f"{first}: {failed[0].message}{more}"
