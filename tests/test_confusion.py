"""What is read in the originals against what is read in the reconstructions: counted, drawn, told."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from plotly.graph_objects import Figure
from sklearn.metrics import confusion_matrix

from autoenc import captions, inspection, plots
from autoenc.datasets import Dataset
from autoenc.errors import ConfigError
from autoenc.inspection import Reconstructions

NAMES = [str(digit) for digit in range(10)]
LABELS = np.array([4, 4, 7, 9, 4, 7, 1], np.uint8)
BEFORE = np.array([4, 4, 7, 9, 9, 7, 1])  # the fifth is misread already
AFTER = np.array([9, 4, 1, 9, 9, 1, 4])
SURE = np.array([0.6, 0.9, 0.7, 1.0, 0.9, 0.8, 0.7], np.float32)


def test_counts_are_those_of_scikit_learn() -> None:
    draw = np.random.default_rng(0)
    before, after = draw.integers(0, 7, 500), draw.integers(0, 7, 500)
    ours = inspection.confusion_counts(before, after, 9)  # two classes are never read
    assert np.array_equal(ours, confusion_matrix(before, after, labels=range(9)))


def test_changes_are_told_the_most_frequent_first() -> None:
    counts = inspection.confusion_counts(BEFORE, AFTER, 10)
    assert inspection.changed_readings(counts) == [(7, 1, 2), (1, 4, 1), (4, 9, 1)]
    assert inspection.changed_readings(np.diag([3, 4])) == []


def test_of_many_classes_those_with_the_most_changes_are_shown_in_their_own_order() -> None:
    counts = inspection.confusion_counts(BEFORE, AFTER, 10)  # 1: three changes; 4, 7: two; 9: one
    assert inspection.most_changed(counts, 3).tolist() == [1, 4, 7]
    assert inspection.most_changed(counts, 12).tolist() == list(range(10))


def test_the_images_of_a_cell_come_surest_first() -> None:
    assert inspection.images_read(BEFORE, AFTER, SURE, 7, 1).tolist() == [5, 2]
    assert inspection.images_read(BEFORE, AFTER, SURE, 0, 1).tolist() == []


# ---------------------------------------------------------------- the order "no longer recognised"


def test_no_longer_recognised_is_what_was_and_is_not_the_surest_mistakes_first() -> None:
    lost = inspection.no_longer_recognised(LABELS, BEFORE, AFTER, SURE)
    assert lost.tolist() == [5, 2, 6, 0]  # not the fifth, whose original is misread; equally sure: in order


def test_the_order_of_the_page_is_that_and_keeps_to_a_class(digits: Dataset) -> None:
    nothing = np.zeros(7, np.float32)
    made = Reconstructions(None, digits.test[:7], nothing, nothing[:, None])
    data = replace(digits, test_labels=LABELS)
    lost = inspection.no_longer_recognised(LABELS, BEFORE, AFTER, SURE)
    how = "no longer recognised"
    assert how in inspection.IMAGE_ORDERS
    assert inspection.order(made, data, how, None, 0, lost).tolist() == lost.tolist()
    assert inspection.order(made, data, how, 7, 0, lost).tolist() == [5, 2]
    with pytest.raises(ConfigError, match="no recogniser has read them"):
        inspection.order(made, data, how, None, 0)


# ---------------------------------------------------------------- the matrix


def figure_of(counts: NDArray[np.intp], classes: list[int], **more: Any) -> Figure:
    return plots.confusion_matrix(NAMES, classes, counts, **more)


COUNTS = np.diag([1000] * 10)
COUNTS[4, 9], COUNTS[9, 4], COUNTS[7, 1] = 12, 3, 1


def test_what_stays_the_same_does_not_drown_what_changes() -> None:
    same, changed, numbers = figure_of(COUNTS, list(range(10))).data
    assert [row[i] for i, row in enumerate(same.z)] == [1.0] * 10
    off_diagonal = {(i, j): z for i, row in enumerate(changed.z) for j, z in enumerate(row) if z is not None}
    assert off_diagonal.keys() == {(4, 9), (9, 4), (7, 1)}  # cells without images have no colour
    assert off_diagonal[4, 9] > off_diagonal[9, 4] > off_diagonal[7, 1] == changed.zmin
    assert changed.zmax == off_diagonal[4, 9]  # a thousand on the diagonal do not stretch the scale
    written = dict(zip(zip(numbers.y, numbers.x, strict=True), numbers.text, strict=True))
    assert (written[0, 0], written[4, 9], len(written)) == ("1,000", "12", 13)


def test_a_single_change_is_pale_though_it_is_the_most_frequent() -> None:
    counts = np.diag([10, 10])
    counts[0, 1] = 1
    _, changed, _ = plots.confusion_matrix("ab", [0, 1], counts).data
    assert (changed.z[0][1], changed.zmax) == (0, 1)


def test_a_click_answers_class_indices_whichever_classes_are_shown() -> None:
    figure = figure_of(COUNTS, [4, 9], chosen=(4, 9), caption="said")
    assert figure.data[1].customdata[0][1] == [4, 9]
    assert figure.data[1].hovertext[0][1] == "4 in the original,<br>9 in the reconstruction: 12 images"
    assert figure.layout.yaxis.ticktext == ("4", "9")
    [frame] = figure.layout.shapes
    assert (frame.y0, frame.x0) == (-0.5, 0.5)  # the first row, the second column
    assert not figure_of(COUNTS, [4, 9], chosen=(7, 1)).layout.shapes
    assert figure.layout.meta["caption"] == "said"


def test_names_stand_in_the_matrix_as_they_are() -> None:
    figure = plots.confusion_matrix(["<b>", "automobile"], [0, 1], np.ones((2, 2), np.intp))
    assert figure.layout.xaxis.ticktext == ("&lt;b&gt;", "automobile")
    assert figure.layout.xaxis.tickangle == -45
    assert figure_of(COUNTS, [0, 1]).layout.xaxis.tickangle == 0


# ---------------------------------------------------------------- in words


def test_the_headline_compares_originals_and_reconstructions() -> None:
    said = captions.readings.accuracy_caption(LABELS, BEFORE, AFTER, noisy=False)
    assert said == "Originals: 86 % recognised. After compression: 29 %."  # 6 and 2 of 7
    noisy = captions.readings.accuracy_caption(LABELS, BEFORE, AFTER, noisy=True)
    assert "Reconstructed from noisy images: 29 %." in noisy


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([], "All 50 reconstructions are recognised as what their originals are recognised as."),
        ([(4, 9, 1)], "1 reconstruction is recognised differently from its original."),
        (
            [(4, 9, 1), (7, 1, 1)],
            "2 of 50 reconstructions are recognised differently from their originals.",
        ),
        (
            [(8, 9, 12), (7, 1, 2), (3, 5, 2)],
            "16 of 50 reconstructions are recognised differently from their originals. "
            "Most often an 8 is read as a 9 (12 images) and a 7 as a 1 (2 images).",
        ),
        (
            [(8, 9, 12), (7, 1, 1)],
            "13 of 50 reconstructions are recognised differently from their originals. "
            "Most often an 8 is read as a 9 (12 images).",
        ),
    ],
)
def test_which_classes_are_confused_first_is_told(changes: list[tuple[int, int, int]], said: str) -> None:
    assert captions.readings.changes_caption(NAMES, changes, 50) == said


def test_a_changed_reading_is_marked_in_letters_and_nobody_is_quite_sure() -> None:
    classes, sure = np.array([9, 4]), np.array([0.614, 0.9999], np.float32)
    notes = captions.readings.notes(NAMES, classes, sure, np.array([True, False]))
    assert notes == ("≠9: 61 %", "4: 99 %")
    assert captions.readings.hints(NAMES, classes, sure)[0] == "recognised as 9, 61 % sure"
    assert captions.readings.notes(["Bag", "Ankle boot of leather"], np.array([1]), sure[:1]) == (
        "Ankle …ather\n61 %",
    )
