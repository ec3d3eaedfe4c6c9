"""The arrays of a source -> arrays.npz: which images train, in which order, how large; and notes of it."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from autoenc.datasets.arrays import stored
from autoenc.datasets.arrays.labels import classes_of, names_in
from autoenc.datasets.arrays.order import Order, mixed, put_aside
from autoenc.datasets.arrays.pixels import images_of, layout_of, ranges, scale_for
from autoenc.datasets.arrays.receiving import ArrayFile
from autoenc.datasets.arrays.roles import Roles, Split, roles_of
from autoenc.datasets.decoding import LARGEST_SIDE, SIDE
from autoenc.datasets.raw import Bytes
from autoenc.datasets.splitting import TEST_EVERY, put_aside_note
from autoenc.errors import DatasetError

WHOLE = "whole"  # a folder, when it is ready
ONE_CLASS = "images"  # the name of the one class where there are no labels
MIXED_NOTE = "the images were sorted by class; they are mixed, so that the first ones are of all classes"


@dataclass(frozen=True, eq=False)
class _Part:
    """The images to train, or those for the test."""

    file: ArrayFile
    labels: Bytes
    order: Order | None = None  # their indices in the file; None: all, as they are there

    def chosen(self, order: Order) -> _Part:
        """Some of them, or all in another order."""
        indices = order if self.order is None else self.order[order]
        return replace(self, labels=self.labels[order], order=indices)


@dataclass(frozen=True, eq=False)
class _Plan:
    """What there is to do."""

    parts: tuple[_Part, _Part]  # train, test
    class_names: tuple[str, ...]
    side: int | None  # to which the images are resized
    notes: tuple[str, ...]

    @property
    def files(self) -> list[ArrayFile]:
        """Of images; one, where a part is put aside."""
        train, test = (part.file for part in self.parts)
        return [train] if train is test else [train, test]


def assemble(
    files: Sequence[ArrayFile], scratch: Path, side: int | None, class_names: Sequence[str]
) -> Generator[None, None, tuple[str, ...]]:
    """Makes a folder with arrays.npz, in many steps; returns what is to be said of it, a sentence each.

    Args:
        scratch: where it is made, called WHOLE; other files that are left there are not needed any more.
        side: to which all images are resized; None: only large ones are, and those of two sizes.
        class_names: for the labels from 0; none: as the source calls them.
    Raises:
        DatasetError: the arrays are no data set, or too large.
    """
    plan = _plan(roles_of(files), side, class_names)
    seen: list[tuple[float, float]] = []
    for _ in ranges(plan.files, seen):
        yield
    scale = scale_for(plan.files, seen)
    notes = (*plan.notes, scale.note) if scale.note else plan.notes
    channels = max(layout_of(file).channels for file in plan.files)
    drawn, coloured = list[Bytes](), False
    for number, part in enumerate(plan.parts):
        target = _room(scratch / f"{number}.npy", part, channels, plan.side)
        n = 0
        for images in images_of(part.file, part.order, scale, plan.side):
            target[n : n + len(images)] = images  # grey goes to all channels
            n += len(images)
            coloured |= _is_coloured(images)
            yield
        drawn.append(target)
    arrays = [images if coloured else images[:, :1] for images in drawn]
    labels = [part.labels for part in plan.parts]
    (scratch / WHOLE).mkdir()
    for _ in stored.write(scratch / WHOLE, (arrays[0], labels[0], arrays[1], labels[1]), plan.class_names):
        yield
    return notes


def _plan(roles: Roles, side: int | None, class_names: Sequence[str]) -> _Plan:
    """Only labels and heads are read."""
    splits = [roles.train] if roles.test is None else [roles.train, roles.test]
    layouts = [layout_of(split.images) for split in splits]
    sizes = {(layout.height, layout.width) for layout in layouts}
    if side is None and (len(sizes) > 1 or max(map(max, sizes)) > LARGEST_SIDE):
        side = SIDE
    labels, names, notes = _classes(roles, splits, class_names)
    parts = [_Part(split.images, row) for split, row in zip(splits, labels, strict=True)]
    if len(parts) == 1:
        chosen = put_aside(parts[0].labels)
        counts = np.bincount(labels[0])
        notes.append(put_aside_note(bool((counts[counts > 0] < TEST_EVERY).any())))
        parts = [parts[0].chosen(order) for order in chosen]
    if not parts[1].labels.size:
        raise DatasetError(
            f"{parts[0].file.name} has one image of each class, so none is left to test; add some"
        )
    orders = [mixed(part.labels) for part in parts]
    parts = [part if order is None else part.chosen(order) for part, order in zip(parts, orders, strict=True)]
    if any(order is not None for order in orders):
        notes.append(MIXED_NOTE)
    if side is not None:
        notes.insert(0, f"on import, cut to their centre square and resized to {side}x{side}")
    return _Plan((parts[0], parts[1]), names, side, (*notes, *roles.notes))


def _classes(
    roles: Roles, splits: Sequence[Split], class_names: Sequence[str]
) -> tuple[list[Bytes], tuple[str, ...], list[str]]:
    """Indices for each split, names, notes."""
    files = [split.labels for split in splits if split.labels is not None]
    if not files:
        if len(class_names) > 1:
            raise DatasetError(f"there are names for {len(class_names)} classes, but no labels; add labels")
        labels = [np.zeros(split.images.shape[0], np.uint8) for split in splits]
        return (
            labels,
            tuple(class_names) or (ONE_CLASS,),
            ["there are no labels: all images are of one class"],
        )
    for split in splits:
        if split.labels is None:
            raise DatasetError(f"{split.images.name} has no labels, others have {files[0].name}; add them")
        n_images, n_labels = split.images.shape[0], split.labels.shape[0]
        if n_images != n_labels:
            raise DatasetError(
                f"{split.images.name} has {n_images:,} images and {split.labels.name} has {n_labels:,} "
                "labels; there should be one label for each image"
            )
    if class_names and files[0].kind in "US":
        raise DatasetError(f"{files[0].name} holds the names of the classes already; give no others")
    if not class_names and roles.class_names is not None:
        class_names = names_in(roles.class_names)
    labels, names = classes_of(files, tuple(class_names))
    return labels, names, ["all images are of one class"] * (len(names) == 1)


def _room(path: Path, part: _Part, channels: int, side: int | None) -> Bytes:
    """For the images, on the disk: they need not fit into memory."""
    layout = layout_of(part.file)
    shape = (len(part.labels), channels, side or layout.height, side or layout.width)
    if (n_bytes := math.prod(shape)) > stored.MAX_BYTES:
        raise DatasetError(
            f"the {shape[0]:,} images of {part.file.name} would take {n_bytes / 1e9:.1f} GB; allowed: "
            f"{stored.MAX_BYTES / 1e9:.0f} GB; resize them, or import fewer"
        )
    return np.lib.format.open_memmap(path, "w+", np.uint8, shape)


def _is_coloured(images: Bytes) -> bool:
    return images.shape[1] == 3 and not (
        (images[:, 0] == images[:, 1]).all() and (images[:, 0] == images[:, 2]).all()
    )
