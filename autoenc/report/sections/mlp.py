"""Sections 1 and 2 of the report: the images, the multilayer perceptron."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from autoenc import models, plots
from autoenc.captions import configs, training
from autoenc.experiments import settings
from autoenc.report.blocks import Block, Chart, Printed
from autoenc.report.results import Results
from autoenc.report.sections.tables import epochs


def _model(results: Results) -> Iterator[Block]:
    (config,) = settings.grey(results.lab, "mlp", 1)
    model = models.describe(config, results.lab.grey.image_shape)
    yield Printed("mlp-model", configs.short(config), str(model))


def _curves(results: Results) -> Iterator[Block]:
    for config in settings.grey(results.lab, "mlp", 1, 128):
        if (run := results.run(config)) is not None:
            name, caption = configs.short(config), training.loss_caption(run)
            figure = plots.loss_curve(run).to_json()
            key = f"mlp-curve-{config.latent_size}"
            yield Chart(key, f"Loss of {name}", figure, epochs(key, (run,)), caption)


SECTIONS: Mapping[str, Callable[[Results], Iterator[Block]]] = {
    "mlp-model": _model,
    "mlp-curves": _curves,
}
