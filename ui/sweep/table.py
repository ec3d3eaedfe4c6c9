"""A sweep in numbers, with the lab report's beside them, and for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import streamlit as st

from autoenc import captions, sweeps
from autoenc.captions.remarks import EARLIER_TEST_CLAUSE
from autoenc.schema import MODEL_NAMES, BaselineCurve, Point
from autoenc.sweeps import Row, SavedSweep
from ui.app import layout
from ui.components.copy_text import copy_text
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
    layout.subsection("**All runs**")
    st.dataframe(_columns(rows, columns), hide_index=True, column_config=_formats(columns), key="sweep-table")
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


def _columns(rows: Sequence[Row], baselines: Sequence[BaselineCurve]) -> dict[str, list[Any]]:
    values = {field.name: [getattr(row, field.name) for row in rows] for field in fields(Row)}
    values["model"] = [MODEL_NAMES[name] for name in values["model"]]
    values["earlier_test"] = [row.earlier_test or None for row in rows]
    shown = {title: values[name] for name, title in TITLES.items()}
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
