"""What every test gets: its own checkpoint folder, a cache that is not the user's, small real data sets."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest

# Threads that wait sleep: the tests share their cores with workers and browsers. PyTorch reads it once.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# Each process of tests has a machine of its own: the locks that stand for its cores are files in this folder.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["TMPDIR"] = tempfile.tempdir = tempfile.mkdtemp(prefix=f"autoenc-tests-{worker}-")
    atexit.register(shutil.rmtree, tempfile.tempdir, ignore_errors=True)
# Tests start processes in other folders.
if given := os.environ.get("AUTOENC_DATA_DIR"):
    os.environ["AUTOENC_DATA_DIR"] = os.path.abspath(given)

import torch

from autoenc import datasets
from autoenc.datasets import Dataset
from autoenc.errors import DatasetMissing

hypothesis.settings.register_profile("tests", deadline=None)  # other programs may run on the same cores
hypothesis.settings.load_profile("tests")


# Files of long tests, the longest first: begun last, one of them would keep the other processes waiting.
LONG = (
    *("test_train_page", "test_sessions", "test_cluster", "test_cli_sweep", "test_survival", "test_training"),
    *("test_pages", "test_runs_page", "test_memory", "test_cli", "test_sweep_page"),
    *("test_denoise_page", "test_picture_page", "test_colour_page", "test_start_page", "test_dataset_upload"),
    *("test_live_model",),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.stem, len(LONG)))


@pytest.fixture(scope="session", autouse=True)
def _cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Prepared data sets are shared by all tests, and by the user's own runs only where the user says so."""
    with pytest.MonkeyPatch.context() as patch:
        if not os.environ.get("AUTOENC_CACHE_DIR"):
            patch.setenv("AUTOENC_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def checkpoint_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "checkpoints"
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _threads_of_the_process() -> Iterator[None]:
    """A job run in this process may choose its number of threads; the next test has what there was."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def _main_of_the_process() -> Iterator[None]:
    """A page under test takes the place of the main module, which new workers would run."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """300 + 60 real handwritten digits: no multiple of a batch of 128, 64 or 7."""
    whole = datasets.load("digits")
    small = {"train": 300, "train_labels": 300, "test": 60, "test_labels": 60}
    arrays = {name: getattr(whole, name)[:n].copy() for name, n in small.items()}
    return replace(whole, fingerprint=datasets.fingerprint_of(arrays.values()), **arrays)


@pytest.fixture(scope="session")
def mnist() -> Dataset:
    try:
        return datasets.load("mnist")
    except DatasetMissing as missing:
        pytest.skip(f"the real MNIST is needed: {missing}")
