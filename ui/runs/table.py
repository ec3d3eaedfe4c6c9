"""All runs of the checkpoint folder: find, compare, open, delete, bring in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from autoenc import captions, datasets, plots
from autoenc.captions import configs, remarks
from autoenc.errors import AutoencError
from autoenc.numerals import counted
from autoenc.plots import COLOUR, MAX_COMPARED, SEVERAL_COLOURS
from autoenc.runs import SORTS, Selection
from autoenc.schema import MODEL_NAMES, Run, RunSummary
from ui.app import errors, layout, presenter
from ui.components import pixels
from ui.components.live_plot import live_plot
from ui.components.pictures import PictureRow, pictures
from ui.components.save_picture import PngText
from ui.core import catalogue, links, messages, sessions, visitor
from ui.core.text import plain
from ui.run import picture_names, read_rows
from ui.runs import columns, settings
from ui.widgets import upload_warning
from ui.widgets.lesson import lesson

ROW_HEIGHT = 36  # pixels
MAX_IMPORT = 200  # MB
MAX_COMPLAINTS = 3
LETTERS = "ABCDEFGH"


# ---------------------------------------------------------------- find


def miss(runs: Sequence[RunSummary]) -> None:
    """Tell of chosen runs that are there no more: another window, or another person, has deleted them."""
    here = {run.run_id for run in runs}
    for run_id in settings.SELECTED_RUNS.get():
        if run_id not in here:
            messages.leave_message("error", f"run {run_id[:80]} is not on this machine any more")
    settings.SELECTED_RUNS.put(tuple(run_id for run_id in settings.SELECTED_RUNS.get() if run_id in here))


def filters(runs: Sequence[RunSummary]) -> list[RunSummary]:
    """The runs that the visitor wants to see."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        text = st.text_input(
            "Find",
            placeholder="mnist conv k16",
            key=settings.FIND.key,
            help="Match all of these words.",
            width=260,
        )
        names = sorted({run.config.dataset for run in runs})
        settings.OF_DATASET.limit(names)
        data = st.multiselect(
            "Data set",
            names,
            key=settings.OF_DATASET.key,
            placeholder="all",
            width=260,
        )
        kinds = st.pills(
            "Model",
            list(MODEL_NAMES),
            format_func=MODEL_NAMES.__getitem__,
            selection_mode="multi",
            key=settings.OF_MODEL.key,
        )
        sort = st.selectbox(
            "Sort", list(SORTS), format_func=SORTS.__getitem__, key=settings.SORT.key, width=190
        )
        done = st.toggle("Finished only", key=settings.ONLY_FINISHED.key)
    return Selection(text, data, kinds, done, sort).of(runs)


def table(runs: Sequence[RunSummary]) -> list[RunSummary]:
    """All runs with settings and results; returns the chosen ones.

    Streamlit keeps the numbers of the chosen rows, and a run that comes or goes gives them to others: another
    list is another table, which begins with the same runs chosen.
    """
    if not runs:
        st.info("No matching runs.", icon=":material/search_off:")
        return []
    key = settings.table_of(tuple(run.run_id for run in runs))
    rows = {run.run_id: row for row, run in enumerate(runs)}
    before = [row for run_id in settings.SELECTED_RUNS.get() if (row := rows.get(run_id)) is not None]
    frame = st.dataframe(
        columns.of(runs),
        hide_index=True,
        column_config=columns.COLUMNS,
        on_select="rerun",
        selection_mode="multi-row",
        height=min(11, len(runs) + 1) * ROW_HEIGHT,
        row_height=ROW_HEIGHT,
        key=key,
        selection_default={"selection": {"rows": before}},
    )
    selected = [runs[row] for row in frame.selection.rows]
    settings.SELECTED_RUNS.put(tuple(run.run_id for run in selected))
    return selected


def unreadable() -> None:
    """The files of the folder that are no runs, and why."""
    complaints = sessions.unreadable()
    for sentence in complaints[:MAX_COMPLAINTS]:
        st.caption(f":material/warning: {plain(sentence)}")
    if len(complaints) > MAX_COMPLAINTS:
        st.caption(f"{counted(len(complaints) - MAX_COMPLAINTS, 'more file')} cannot be read.")


# ---------------------------------------------------------------- with the chosen ones


def compare(selected: Sequence[RunSummary]) -> None:
    """The curves of several runs in one chart, and what comes back of the same images in one grid."""
    runs = [run for summary in selected[:MAX_COMPARED] if (run := _run(summary.run_id)) is not None]
    if not runs:
        return
    if len(selected) > MAX_COMPARED:
        st.caption(f"The first {MAX_COMPARED} of the {len(selected):,} chosen runs.")
    names = configs.differences([run.config for run in runs])
    compared = [
        Compared(letter, f"{letter}: {name}", colour, run)
        for letter, name, colour, run in zip(LETTERS, names, SEVERAL_COLOURS, runs, strict=False)
    ]
    shown = presenter.stage(settings.SHOWN, settings.PRESENTED) if presenter.is_on() else ""
    if shown != "pictures":
        _chart(compared)
    if shown != "chart":
        for fingerprint in dict.fromkeys(run.fingerprint for run in runs):
            _grid([one for one in compared if one.run.fingerprint == fingerprint])


@dataclass(frozen=True)
class Compared:
    """A run beside others, with the colour of its curve."""

    letter: str
    name: str
    colour: str
    run: Run


def _png_text(compared: Sequence[Compared], part: str, title: str) -> PngText:
    configs_of = [one.run.config for one in compared]
    ids = tuple(one.run.run_id for one in compared)
    if len(compared) == 1:
        return PngText(title, configs.every_setting(configs_of[0]), ids, part)
    data = " and ".join(dict.fromkeys(datasets.short_title(config.dataset) for config in configs_of))
    return PngText(title, f"{data}; {'; '.join(one.name for one in compared)}", ids, part)


def _chart(compared: Sequence[Compared]) -> None:
    """The curves, and what is to be said of them."""
    with st.container(key="loss-axes"):
        log = st.toggle("Log axis", key=settings.LOG.key)
    runs = {one.letter: one.run for one in compared}
    spoken = captions.training.comparison_caption({one.name: one.run for one in compared})
    figure = plots.comparison(runs, log=log).update_layout(meta={"caption": spoken})
    png = _png_text(compared, "test-loss", "Test loss by epoch")
    live_plot(figure.to_json(), key="comparison", height=360, png=png)
    lesson(captions.training.comparison_caption(runs), key="comparison")
    lesson(remarks.compared(runs), key="comparison-remark")


def _grid(same_data: Sequence[Compared]) -> None:
    """The original images, and below them what each run makes of them."""
    first = same_data[0].run
    layout.section(
        f"**The same test images of {catalogue.data_title(first.config.dataset)}**, by the last epoch of each"
    )
    names = picture_names.originals(first)
    rows = [PictureRow("Original", pixels.array(first.x), COLOUR["original"], hints=names)]
    for one in same_data:
        if one.run.previews:
            x_hat = pixels.array(one.run.previews[-1].x_hat)
            names = picture_names.reconstructions(one.run, x_hat)
            rows.append(PictureRow(one.name, x_hat, one.colour, hints=names))
    png = _png_text(same_data, "reconstructions", "The same test images, by the last epoch of each run")
    pictures(read_rows.of_run(rows, first), key=f"grid-{first.fingerprint}", png=png)


def _run(run_id: str) -> Run | None:
    """None, and a sentence, where it cannot be read; it may have been deleted a moment ago."""
    with errors.shown():
        snapshot = sessions.snapshot(run_id)
        if snapshot is None or snapshot.run is None:
            raise AutoencError(f"run {run_id} is not on this machine any more")
        return snapshot.run
    return None


def actions(runs: Sequence[RunSummary], selected: Sequence[RunSummary]) -> None:
    """Buttons for the chosen runs, and Import."""
    with st.container(horizontal=True, vertical_alignment="center", key="run-actions"):
        if runs and st.button(
            "Open in Train",
            icon=":material/school:",
            disabled=len(selected) != 1,
            key="open-run",
            help="Choose one run in the table.",
        ):
            links.go_to("train", {"run": selected[0].run_id})
        if visitor.is_teacher():
            if runs:
                _delete_button(selected)
            with st.popover("Import", icon=":material/upload_file:", key="import-runs"):
                _import()
    for icon, sentence in messages.messages_to_show():
        (st.success if icon == "done" else st.error)(plain(sentence))


def _delete_button(selected: Sequence[RunSummary]) -> None:
    with st.popover("Delete", icon=":material/delete:", disabled=not selected, key="delete-runs"):
        n = len(selected)
        whose = "this run and its trained model" if n == 1 else f"these {n:,} runs and their models"
        st.markdown(f"Delete {whose}?")
        if st.button("Delete for good", type="primary", key="delete-for-good"):
            _delete(selected)


def _delete(selected: Sequence[RunSummary]) -> None:
    """One that cannot be deleted does not save the others."""
    left = []
    for run in selected:
        try:
            sessions.delete_run(run.run_id)
        except AutoencError as error:
            messages.leave_message("error", str(error))
            left.append(run.run_id)
    settings.SELECTED_RUNS.put(tuple(left))
    if deleted := len(selected) - len(left):
        messages.leave_message("done", f"Deleted {deleted} run{'s'[: deleted > 1]}.")
    st.rerun()


def _import() -> None:
    upload_warning.warn()
    file = st.file_uploader(
        "A checkpoint file (.safetensors)",
        type="safetensors",
        max_upload_size=MAX_IMPORT,
        key=f"import-{messages.n_messages()}",
        help="A run exported here or elsewhere. It is checked first, and nothing in it is executed. "
        "For a larger file, use `python -m autoenc runs import FILE` on this machine.",
    )
    if file is None:
        return
    try:
        run_id = sessions.import_run(file)
    except AutoencError as error:
        messages.leave_message("error", str(error))
    else:
        messages.leave_message("done", f"Imported {run_id}.")
    st.rerun()
