"""Codes that no image has: drawn from distributions, decoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from autoenc import datasets, plots
from autoenc.captions import configs, readings
from autoenc.captions import latent_samples as in_words
from autoenc.captions.latent_samples import Invented
from autoenc.captions.recognition import share
from autoenc.datasets import distinct_names
from autoenc.latent.sampling import SOURCES, usual_source
from autoenc.numerals import counted
from autoenc.plots import COLOUR, SEVERAL_COLOURS
from autoenc.schema import Run
from ui.app import errors, layout
from ui.components.live_plot import live_plot
from ui.components.pictures import PictureRow, pictures
from ui.components.save_picture import PngText
from ui.core import codes, samples
from ui.core.links import Param, number
from ui.core.samples import N_SHOWN, REFERENCES, Sampled, Source
from ui.core.text import plain
from ui.core.values import Value
from ui.latent import beside
from ui.widgets import png_texts, recogniser_offer
from ui.widgets.lesson import lesson

MAX_CLASSES = 10  # of which images are drawn
MAX_NUMBERS = 64  # whose covariance is drawn
CHART_HEIGHT = 360  # pixels
COLOURS = {
    "test": COLOUR["original"],
    "reconstructions": COLOUR["reconstruction"],
    "gaussian": SEVERAL_COLOURS[0],
    "uniform": SEVERAL_COLOURS[4],
    "normal": SEVERAL_COLOURS[2],
}

SEED = Value("samples_seed", 0)
PARAMS: tuple[Param, ...] = (beside.PARAM, number("draw", SEED))


@dataclass(frozen=True, eq=False)
class _Model:
    """One of the models that are shown."""

    run: Run
    name: str  # `MLP 16`
    rows: dict[Source, Sampled]

    @property
    def classes(self) -> list[int]:
        """Those that have images."""
        return [source for source in self.rows if isinstance(source, int)]

    @property
    def invented(self) -> Invented | None:
        """None: nobody reads."""
        source = usual_source(self.run.config)
        drawn, made, real = (self.rows[name].share for name in (source, "reconstructions", "test"))
        if drawn is None or made is None or real is None:
            return None
        config, n = self.run.config, self.rows[source].n
        return Invented(self.name, config.kind.title, config.kind.has_prior, source, n, drawn, made, real)


def show(run: Run) -> None:
    """The tab."""
    other = beside.shown(run)
    both = [run.config] if other is None else [run.config, other.config]
    names = distinct_names(configs.short_names(both))
    models = [_model(run, names[0])]
    if other is not None:
        with errors.shown():
            models.append(_model(other, names[1]))
    lesson(_lesson(models), key="samples")
    _controls(run)
    _rows(models)
    layout.section("**From the Gaussian of the codes of one class**")
    _class_rows(models)
    _covariances(models)


def _controls(run: Run) -> None:
    """What stands beside the run, and another draw."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="samples-form"):
        with st.container(width=280):
            beside.choice(run)
        st.button("Draw again", icon=":material/casino:", key="draw-again", on_click=_draw_again)


def _draw_again() -> None:
    SEED.put(SEED.get() + 1)


def _model(run: Run, name: str) -> _Model:
    n_classes = min(len(datasets.load(run.config.dataset).class_names), MAX_CLASSES)
    wanted: list[Source] = [*REFERENCES, *SOURCES, *range(n_classes)]
    drawn = ((source, samples.sampled(run, source, SEED.get())) for source in wanted)
    return _Model(run, name, {source: rows for source, rows in drawn if rows is not None})


def _lesson(models: Sequence[_Model]) -> str:
    invented = [model.invented for model in models]
    readable = [one for one in invented if one is not None]
    return in_words.lesson(*readable) if readable else in_words.WITHOUT_READER


# ---------------------------------------------------------------- pictures


def _rows(models: Sequence[_Model]) -> None:
    """Real images and their reconstructions, and below them what is drawn from all codes."""
    usual = {usual_source(model.run.config) for model in models}
    usual_first = sorted(SOURCES, key=lambda source: not ("normal" in usual and source == "normal"))
    titles = REFERENCES | {source: SOURCES[source] for source in usual_first}
    columns = st.columns(len(models))
    for column, model in zip(columns, models, strict=True):
        with column:
            _name(model, models)
            rows = [_row(model, source, title, COLOURS[source]) for source, title in titles.items()]
            _pictures(model, rows, "all", "Images from codes drawn at random")
    run = models[0].run
    if any(model.invented for model in models):
        n, n_of_class = samples.n_read(run), samples.n_read(run, of_class=True)
        st.caption(plain(in_words.counting_note(n, n_of_class)))
    else:
        recogniser_offer.offer(run.config.dataset, "samples")


def _class_rows(models: Sequence[_Model]) -> None:
    """A row for each class; of one model in two columns."""
    names = datasets.load(models[0].run.config.dataset).class_names
    every = [(model, model.classes) for model in models]
    if len(models) == 1:
        ((model, classes),) = every
        half = -(-len(classes) // 2)
        every = [(model, part) for part in (classes[:half], classes[half:])]
    for i, (column, (model, classes)) in enumerate(zip(st.columns(2), every, strict=True)):
        with column:
            _name(model, models)
            rows = [_row(model, index, names[index], COLOURS["gaussian"]) for index in classes]
            if rows:
                title = f"Images from codes of one class, {names[classes[0]]} to {names[classes[-1]]}"
                _pictures(model, rows, f"classes-{i}", title)
    if len(names) > MAX_CLASSES:
        st.caption(f"The first {MAX_CLASSES} of {counted(len(names), 'class', 'classes')}.")


def _name(model: _Model, models: Sequence[_Model]) -> None:
    if len(models) > 1:
        st.markdown(f"**{plain(model.name)}**")


def _row(model: _Model, source: Source, title: str, colour: str) -> PictureRow:
    drawn, names = model.rows[source], datasets.load(model.run.config.dataset).class_names
    if drawn.readings is None or drawn.share is None:
        return PictureRow(title, drawn.images, colour)
    read = (names, drawn.readings.classes, drawn.readings.confidences)
    hints = tuple(f"{title}, {hint}" for hint in readings.hints(*read))
    label = f"{title}: {share(drawn.share)}".replace(" %", "\u00a0%")  # which stay in one line
    return PictureRow(label, drawn.images, colour, notes=in_words.notes(*read), hints=hints)


def _pictures(model: _Model, rows: Sequence[PictureRow], part: str, title: str) -> None:
    key = f"samples-{part}-{model.run.run_id}"
    png = _png(model, f"samples-{part}", title)
    with st.container(key=f"samples-rows-{len(rows)}-{key}"):  # whose height theme.css reserves
        pictures(rows, key=key, columns=N_SHOWN, narrow_columns=N_SHOWN, png=png)


def _png(model: _Model, part: str, title: str) -> PngText:
    """With the name that tells the model from the one beside it."""
    of = f"{model.name}, {datasets.short_title(model.run.config.dataset)}"
    return png_texts.of_run(model.run, part, f"{title}: {of}")


# ---------------------------------------------------------------- covariance


def _covariances(models: Sequence[_Model]) -> None:
    """Side by side; of one model the sentence stands beside the chart."""
    layout.section("**Covariance of the code values**")
    columns = st.columns(2, vertical_alignment="top" if len(models) > 1 else "center")
    for i, model in enumerate(models):
        numbers, matrix = codes.gaussian(model.run).most_varied(MAX_NUMBERS)
        caption = _covariance_caption(model, matrix)
        with columns[i]:
            _name(model, models)
            if len(numbers) > 1:
                png = _png(model, "covariance", "Covariance of the code values")
                figure = plots.covariance(matrix, numbers.tolist(), caption).to_json()
                live_plot(figure, key=f"covariance-{model.run.run_id}", height=CHART_HEIGHT, png=png)
        with columns[i if len(models) > 1 or len(numbers) == 1 else 1]:
            lesson(caption, key=f"covariance-{model.run.run_id}")
            if (n := model.run.model.n_latents) > len(numbers):
                st.caption(f"The {len(numbers)} code values that vary most, of {n:,}.")


def _covariance_caption(model: _Model, matrix: np.ndarray) -> str:
    n_axes, n_latents = len(codes.gaussian(model.run).variances), model.run.model.n_latents
    return in_words.covariance_caption(matrix, n_latents, n_axes, has_prior=model.run.config.kind.has_prior)
