"""A sweep in numbers, with the lab report's beside them, and for other programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import streamlit as st

from autoenc import captions, plots, sweeps
from autoenc.captions import configs
from autoenc.captions.remarks import EARLIER_TEST_CLAUSE
from autoenc.groups import best, groups, n_seeds
from autoenc.numerals import decibels, short
from autoenc.pareto import usable
from autoenc.schema import MODEL_NAMES, BaselineCurve, Point, psnr_of_mse
from autoenc.sweeps import Row, SavedSweep
from ui.app import layout
from ui.components.copy_text import copy_text
from ui.core import links
from ui.core.text import plain
from ui.widgets.lesson import lesson

NOTE = (
    "(*) As printed in the report: its test losses are probably sums over batches, and its times are of "
    "another machine."
)


def results(saved: SavedSweep, points: Sequence[Point], baselines: Sequence[BaselineCurve]) -> None:
    """All finished runs, sortable; beside them baselines at equal code size, and the report's figures."""
    rows, columns = sweeps.rows(points, baselines), sweeps.columns_of(baselines)
    if not rows:
        return
    finished = [point for point in points if point.finished]
    layout.subsection("**All runs**")
    every = _columns(rows, columns, _others(saved, finished))
    if n_seeds(points) > 1:
        _means(saved, points)
        with st.expander("Single runs", icon=":material/scatter_plot:"):
            st.dataframe(every, hide_index=True, column_config=_formats(columns), key="sweep-table")
    else:
        st.dataframe(every, hide_index=True, column_config=_formats(columns), key="sweep-table")
    _best(saved, points)  # below: on a phone the table's buttons lie over the line above it
    lesson(captions.sweep.layers_caption(points), key="layers")
    if any(row.lab_train_loss is not None for row in rows):
        st.caption(NOTE)
    if any(row.earlier_test for row in rows):
        st.caption(plain(f"Other test noise: {EARLIER_TEST_CLAUSE}"))
    with st.container(horizontal=True):
        st.download_button(
            "CSV",
            sweeps.as_csv(points, baselines),
            f"{saved.sweep_id}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="sweep-csv",
        )
        for name, write in (("Markdown", sweeps.as_markdown), ("LaTeX", sweeps.as_latex)):
            with st.popover(name, icon=":material/content_copy:", key=f"copy-{name.lower()}"):
                copy_text(write(points, baselines), label=f"table in {name}", key=f"text-{name.lower()}")


def _best(saved: SavedSweep, points: Sequence[Point]) -> None:
    """The run with the least test loss, where there are others, and the way to it."""
    run = best(points)
    if run is None or run.test_mse is None or sum(point.finished for point in points) < 2:
        return
    loss = f"{short(run.test_mse)} ({decibels(psnr_of_mse(run.test_mse))})"
    label = f"Best run: {configs.in_sweep(run.config, saved.sweep)}, test loss {loss}"
    links.link_to("train", label, ":material/trophy:", {"run": run.run_id})


def _means(saved: SavedSweep, points: Sequence[Point]) -> None:
    """A row for the runs that differ only by their seed: their mean and standard deviation."""
    having = [
        (group, mean, loss)
        for group in groups(points)
        if (mean := group.mean) is not None and (loss := group.of(lambda p: p.test_mse)) is not None
    ]
    columns: dict[str, list[Any]] = {
        "Model": [MODEL_NAMES[mean.config.model] for _, mean, _ in having],
        "Layers": [mean.config.layers for _, mean, _ in having],
        **_others(saved, [mean for _, mean, _ in having], but="seed"),
        "Latent size": [mean.config.latent_size for _, mean, _ in having],
        "Numbers in the code": [mean.n_latents for _, mean, _ in having],
        "Seeds": [loss.n for _, _, loss in having],
        "Test loss": [loss.mean for _, _, loss in having],
        "±": [loss.std for _, _, loss in having],
        "PSNR (dB)": [psnr.mean if (psnr := group.of(_psnr)) else None for group, _, _ in having],
        "Time (s)": [mean.seconds for _, mean, _ in having],
    }
    number = st.column_config.NumberColumn
    formats = dict.fromkeys(("Test loss", "±"), number(format="%.5f"))
    formats |= {"PSNR (dB)": number(format="%.1f"), "Time (s)": number(format="accounting")}
    formats |= dict.fromkeys(("Latent size", "Numbers in the code"), number(format="localized"))
    st.dataframe(columns, hide_index=True, column_config=formats, key="sweep-means")
    st.caption("Means over seeds. ± is one standard deviation of the test loss.")


def _psnr(point: Point) -> float | None:
    return psnr_of_mse(point.test_mse) if point.test_mse and usable(point.test_mse) else None


def _others(saved: SavedSweep, points: Sequence[Point], but: str = "") -> dict[str, list[Any]]:
    """A column for each other setting of which the sweep has several values."""
    columns: dict[str, list[Any]] = {}
    for one in saved.sweep.swept:
        values = [getattr(point.config, one.field) for point in points]
        if one.field != but:
            numeric = all(isinstance(value, int | float) for value in values)
            title = plots.setting_title(one.field).capitalize()
            columns[title] = values if numeric else [configs.value_text(value) for value in values]
    return columns


def _columns(
    rows: Sequence[Row], baselines: Sequence[BaselineCurve], others: Mapping[str, list[Any]]
) -> dict[str, list[Any]]:
    values = {field.name: [getattr(row, field.name) for row in rows] for field in fields(Row)}
    values["model"] = [MODEL_NAMES[name] for name in values["model"]]
    values["earlier_test"] = [row.earlier_test or None for row in rows]
    first = ("model", "layers")
    shown = {TITLES[name]: values[name] for name in first} | dict(others)
    shown |= {title: values[name] for name, title in TITLES.items() if name not in first}
    shown |= {_title(curve): [row.baseline_mse[i] for row in rows] for i, curve in enumerate(baselines)}
    return {title: column for title, column in shown.items() if any(value is not None for value in column)}


# Field of a row -> head of its column, in this order.
TITLES = {
    "model": "Model",
    "layers": "Layers",
    "latent_size": "Latent size",
    "n_latents": "Numbers in the code",
    "ratio": "Times smaller",
    "n_parameters": "Parameters",
    "seconds": "Time (s)",
    "train_loss": "Last training loss",
    "test_mse": "Test loss",
    "test_psnr_db": "PSNR (dB)",
    "earlier_test": "Other test noise",
    "lab_seconds": "Report: time (s)",
    "lab_train_loss": "Report: training loss",
    "lab_test_loss_as_printed": "Report: test loss (*)",
    "threads": "Threads",
    "concurrent_jobs": "Concurrent runs",
}
FORMATS = {
    "latent_size": "localized",
    "n_latents": "localized",
    "ratio": "%.3g",
    "n_parameters": "localized",
    "seconds": "accounting",
    "train_loss": "%.5f",
    "test_mse": "%.5f",
    "test_psnr_db": "%.1f",
}


def _title(baseline: BaselineCurve) -> str:
    return f"{baseline.title}: test loss"


def _formats(baselines: Sequence[BaselineCurve]) -> dict[str, Any]:
    formats = {TITLES[name]: form for name, form in FORMATS.items()}
    formats |= {_title(curve): FORMATS["test_mse"] for curve in baselines}
    return {title: st.column_config.NumberColumn(format=form) for title, form in formats.items()}
