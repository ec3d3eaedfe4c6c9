"""Section 2.5 of the report: photographs through a model of digits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from autoenc import inspection, out_of_distribution
from autoenc.captions import configs
from autoenc.captions.out_of_distribution import picture_caption
from autoenc.errors import AutoencError
from autoenc.experiments import settings
from autoenc.inspection import Trained
from autoenc.numerals import decibels
from autoenc.out_of_distribution import EXAMPLES, Reconstruction, TestErrors
from autoenc.pictures import fitted
from autoenc.pictures.opening import Picture
from autoenc.report.blocks import Block, Pictures
from autoenc.report.results import Results
from autoenc.report.sections import strips, tables

PHOTOGRAPHS = ("face", "cat", "coffee", "flower")  # of EXAMPLES; the first is spoken of
N_TESTS = 4  # test images beside them


def blocks(results: Results) -> Iterator[Block]:
    """Photographs and test images through the report's model of 512 numbers."""
    (config,) = settings.grey(results.lab, "mlp", 512)
    trained = results.trained(config)
    if trained is None:
        return
    photographs = dict(_photographs(trained))
    tests = [out_of_distribution.reconstruct(trained, x) for x in trained.data.test[:N_TESTS]]
    classes = strips.class_names(trained.data, trained.data.test_labels[: len(tests)])
    every = [*photographs.values(), *tests]
    names = [*(EXAMPLES[name].title for name in photographs), *classes]
    if not every:
        return
    values = [one.psnr_db for one in every]
    x, x_hat = (np.stack([getattr(one, what) for one in every]) for what in ("x", "x_hat"))
    rows = (
        strips.strip("Original", x, names),
        strips.strip(configs.short(config), x_hat, strips.in_decibels(values)),
    )
    numbers = tables.picture_errors("foreign", names, [(trained.run.run_id, values)])
    title = "Photographs in the model's size, beside test images"
    yield Pictures("foreign", title, rows, _caption(trained, photographs), numbers)


def _photographs(trained: Trained) -> Iterator[tuple[str, Reconstruction]]:
    """Fitted to the model's size and channels as the page Your picture does it; without those not here."""
    for name in PHOTOGRAPHS:
        with suppress(AutoencError):  # this version of the library has no such file
            photograph: Picture = out_of_distribution.example(name)
            image = fitted(photograph, trained.data.train)
            yield name, out_of_distribution.reconstruct(trained, image)


def _caption(trained: Trained, photographs: dict[str, Reconstruction]) -> str:
    """What is lost of the first photograph, among the test images; and in decibels, beside all of them."""
    sentences = []
    if photographs:
        name, first = next(iter(photographs.items()))
        spoken = picture_caption(first, _errors(trained))
        sentences.append(f"{EXAMPLES[name].title}: {decibels(first.psnr_db)}. {spoken}")
    if trained.run.test_psnr_db is not None:
        sentences.append(f"All test images together: {decibels(trained.run.test_psnr_db)}.")
    return " ".join(sentences)


def _errors(trained: Trained) -> TestErrors:
    return out_of_distribution.test_errors(inspection.reconstructions(trained).mse, trained.data)
