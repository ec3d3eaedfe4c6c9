"""What a presenter's page says and shows of a run, and names that a chooser has room for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoenc import datasets
from autoenc.captions.remarks import code_remark, remarks
from autoenc.captions.training import rate_caption
from autoenc.datasets import DatasetInfo
from autoenc.datasets.published import PUBLISHED
from autoenc.schema import Images, StepRecord
from tests.runs import PLAIN, trained
from ui.core.catalogue import MAX_CHOICE, choice_titles


def test_the_size_of_the_code_is_told_beside_that_of_the_image() -> None:
    run, _ = trained(replace(PLAIN, latent_size=32), datasets.load("digits"), epochs=1)
    assert code_remark(run) == "Each image of 784 pixels is drawn again from 32 numbers: 24.5 times smaller."


def test_of_a_model_for_few_bytes_the_bytes_are_told_and_what_its_loss_leaves_out() -> None:
    config = replace(PLAIN, latent_size=32, rate_weight=0.05)
    run, _ = trained(config, datasets.load("digits"), epochs=1)
    run = replace(run, epochs=(replace(run.epochs[0], test_bits=112.0),))
    assert run.code_bytes == 14.0
    assert code_remark(run) == (
        "Each image of 784 pixels is drawn again from 32 whole numbers in about 14 bytes: 56 times smaller."
    )
    assert rate_caption(run) == "After epoch 1 the code takes 14 bytes per image."
    longer = replace(run, epochs=(*run.epochs, replace(run.epochs[0], test_bits=80.0)))
    assert rate_caption(longer) == "After epoch 2 the code takes 10 bytes per image (14 after epoch 1)."
    assert remarks(run) == (
        "Trained for few bytes: MSE + 0.05 x bits per pixel. The losses shown are the MSE; the training loss "
        "contains the noise that stands for rounding.",
    )


def test_before_the_first_epoch_ends_the_bytes_are_those_of_the_latest_steps() -> None:
    run, _ = trained(replace(PLAIN, rate_weight=0.05), datasets.load("digits"), epochs=1)
    begun = replace(run, epochs=())
    assert begun.after(StepRecord(1, (0.1,), rate=80.0)).code_bytes == 10.0
    assert run.after(StepRecord(2, (0.1,), rate=80.0)).code_bytes == run.code_bytes
    assert replace(begun, step_rate=None).code_bytes is None
    assert rate_caption(begun) == ""


def test_the_first_of_some_images_are_the_first_bytes() -> None:
    images = Images((3, 1, 1, 2), b"aabbcc")
    assert images.first(2) == Images((2, 1, 1, 2), b"aabb")
    assert images.first(9) == images


@pytest.mark.parametrize("present", [True, False])
def test_titles_in_a_chooser_fit_and_differ_for_every_published_data_set(present: bool) -> None:
    infos = [replace(info, present=present) for info in datasets.catalogue() if info.name in PUBLISHED]
    titles = choice_titles(infos)
    assert set(titles) == {info.name for info in infos}
    assert len(set(titles.values())) == len(infos)
    assert max(map(len, titles.values())) <= MAX_CHOICE
    assert titles["mnist"] == ("MNIST handwritten digits" if present else "MNIST (missing)")
    assert all(title.endswith(" (missing)") != present for title in titles.values())


def test_a_title_is_cut_at_its_comma_before_the_short_one_stands_for_it() -> None:
    (digits,) = [info for info in datasets.catalogue() if info.name == "digits"]
    assert digits.title == "UCI handwritten digits, 8x8 enlarged to 28x28"
    assert choice_titles([digits]) == {"digits": "UCI handwritten digits"}
    own: DatasetInfo = replace(digits, title="x" * 40, short_title="mine")
    assert choice_titles([own]) == {"digits": "mine"}
