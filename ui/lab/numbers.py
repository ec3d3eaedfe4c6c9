"""The report's numbers beside ours, and where they differ the reason."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from autoenc.experiments import LabNow
from autoenc.numerals import short
from autoenc.report import UNKNOWN, Comparison, Section, shown
from ui.app import layout
from ui.core import labs
from ui.core.text import plain
from ui.lab import listing, tables

COLUMNS = ("Number", "The report", "Ours", "Report / ours", "Why they differ")
AGREES = "They agree."


def of_section(section: Section) -> None:
    """Below the figures of an experiment."""
    if section.comparisons:
        layout.subsection("**The report's numbers, and ours**")
        tables.draw(COLUMNS, _rows(section.comparisons), key=f"numbers-{section.experiment.key}")


def every_one(latest: LabNow) -> None:
    """Those of all experiments."""
    if not latest.lab.is_the_reports:
        st.info(
            f"The report's numbers are of MNIST. {plain(latest.lab.grey.short_title)} stand in for it "
            "here, so there is nothing to compare.",
            icon=":material/info:",
        )
        return
    compared = labs.numbers(latest)
    if not compared:
        st.info("No number of the report can be compared yet.", icon=":material/info:")
        return
    st.markdown(
        f"Ours: {plain(latest.lab.conditions(latest.lab.grey))}. The report: all 60,000 training images, "
        "10 epochs, on its own machine."
    )
    by_title = {listing.title(now): _rows(comparisons) for now, comparisons in compared}
    tables.draw_all(COLUMNS, by_title, key="numbers")


def _rows(comparisons: Iterable[Comparison]) -> tables.Rows:
    return [_row(one) for one in comparisons]


def _row(one: Comparison) -> tuple[str, ...]:
    unit = f" ({one.unit})" if one.unit else ""
    ratio = UNKNOWN if one.ratio is None else short(one.ratio)
    why = one.reason or (AGREES if one.ours is not None else "Not trained yet.")
    return f"{one.what}{unit}", one.printed, shown(one.ours), ratio, why
