"""Which array is what: by the words in its name, and its shape where the name says nothing.

Keras: x_train, y_train, x_test, y_test. MedMNIST: train_images, val_labels, ... MNIST and EMNIST:
train-images-idx3-ubyte, t10k-labels-idx1-ubyte. KMNIST: kmnist-train-imgs.npz with arr_0. Folders are words
too: test/images.npy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autoenc.datasets.arrays.receiving import ArrayFile
from autoenc.datasets.splitting import N_FOR_TEST, TEST, TRAIN
from autoenc.errors import DatasetError

WANTED = "name them x_train, y_train, x_test and y_test, or only images and labels"
MAX_NAMED = 3  # arrays, in a sentence
_TRAIN = {*TRAIN, "xtrain", "ytrain"}
_VALIDATION = {*TEST[N_FOR_TEST:], "xval", "yval"}
_TEST = {*TEST[:N_FOR_TEST], "t10k", "xtest", "ytest"}
_IMAGES = {"x", "image", "images", "img", "imgs", "picture", "pictures", "pixels", "xtrain", "xtest", "xval"}
_LABELS = {"y", "label", "labels", "target", "targets", "ytrain", "ytest", "yval"}
_NAMES = {"names", "classes", "categories", "classnames"}


@dataclass(frozen=True)
class Split:
    """Images, and what is known of them."""

    images: ArrayFile
    labels: ArrayFile | None


@dataclass(frozen=True)
class Roles:
    """The arrays of a data set."""

    train: Split
    test: Split | None  # None: a part of train is to be put aside
    class_names: ArrayFile | None
    notes: tuple[str, ...]  # a sentence each


@dataclass(frozen=True)
class _Role:
    split: str  # "train", "val", "test"; "": the name does not say
    what: str  # "images", "labels", "names"; "": none of them
    named: bool  # whether the name says so, or only the shape


def roles_of(files: Sequence[ArrayFile]) -> Roles:
    """What each of the arrays is.

    Raises:
        DatasetError: there are no images, none to train, or several arrays for one thing.
    """
    roles = [(file, _role(file)) for file in files]
    splits = {
        split: Split(images, _only(roles, split, "labels"))
        for split in ("train", "", "val", "test")
        if (images := _only(roles, split, "images")) is not None
    }
    if not splits:
        named = ", ".join(file.name for file in files[:MAX_NAMED])
        raise DatasetError(
            f"there are no images in {named}; they should be (N, H, W) or (N, H, W, 3); {WANTED}"
        )
    train = splits.get("train") or splits.get("")
    if train is None:
        raise DatasetError(f"there are no images to train, only {_names(splits)}; {WANTED}")
    test = splits.get("test") or splits.get("val")
    names = _only([(file, _Role("", role.what, True)) for file, role in roles], "", "names")
    notes = []
    if test is not None and test is splits.get("val"):
        notes.append(f"the images in {test.images.name} are used for testing")
    used = [train.images, train.labels, *((test.images, test.labels) if test else ()), names]
    if others := [file.name for file in files if file not in used]:
        more = f" and {len(others) - MAX_NAMED:,} more" if len(others) > MAX_NAMED else ""
        notes.append(f"arrays that are left out: {', '.join(others[:MAX_NAMED])}{more}")
    return Roles(train, test, names, tuple(notes))


def _names(splits: dict[str, Split]) -> str:
    return " and ".join(split.images.name for split in splits.values())


def _only(roles: Sequence[tuple[ArrayFile, _Role]], split: str, what: str) -> ArrayFile | None:
    """The one array for this; those that are named so come before those that only have the shape."""
    fitting = [(file, role) for file, role in roles if (role.split, role.what) == (split, what)]
    named = [file for file, role in fitting if role.named] or [file for file, _ in fitting]
    if len(named) > 1:
        raise DatasetError(
            f"{named[0].name} and {named[1].name} may both be the {f'{split} {what}'.strip()}; import only "
            "one of them"
        )
    return named[0] if named else None


def _role(file: ArrayFile) -> _Role:
    words = _words(file.name)
    split = next((s for s in (_split_of(word) for word in reversed(words)) if s), "")
    n_dimensions = len(file.shape)
    if file.kind in "US":
        what = "names" if _NAMES & set(words) else "labels"
        return _Role(split, what if 1 <= n_dimensions <= 2 else "", True)
    if _LABELS & set(words) and n_dimensions:
        return _Role(split, "labels", True)
    if _IMAGES & set(words) and n_dimensions > 1:
        return _Role(split, "images", True)
    is_row = n_dimensions == 1 or (n_dimensions == 2 and file.shape[1] == 1)
    return _Role(split, "images" if n_dimensions > 2 else "labels" if is_row else "", False)


def _words(name: str) -> list[str]:
    """In small letters; trainX has two."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.findall(r"[a-z0-9]+", apart.casefold())


def _split_of(word: str) -> str:
    return "train" if word in _TRAIN else "test" if word in _TEST else "val" if word in _VALIDATION else ""
