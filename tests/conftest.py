"""What every test gets: its own checkpoint folder, a cache that is not the user's, small real data sets."""

from __future__ import annotations

import multiprocessing.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest

# Threads that wait soon sleep: the tests share their cores with workers and browsers. PyTorch reads it once.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
# Each process of tests has a machine of its own: the locks that stand for its cores are files in this folder.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["TMPDIR"] = tempfile.tempdir = tempfile.mkdtemp(prefix=f"autoenc-tests-{worker}-")
    # After multiprocessing has removed its own folder in there, which has the priority -100.
    multiprocessing.util.Finalize(None, shutil.rmtree, (tempfile.tempdir, True), exitpriority=-200)
# Tests start processes in other folders.
if given := os.environ.get("AUTOENC_DATA_DIR"):
    os.environ["AUTOENC_DATA_DIR"] = os.path.abspath(given)

import torch

from autoenc import datasets, places
from autoenc.datasets import Dataset
from autoenc.errors import DatasetMissing

hypothesis.settings.register_profile("tests", deadline=None)  # other programs may run on the same cores
hypothesis.settings.load_profile("tests")


# Files of long tests, the longest first: begun last, one of them would keep the other processes waiting.
LONG = (
    "browser/test_train_page",
    "test_cli_processes",
    "test_cluster",
    "test_packaging",
    "browser/test_runs_page",
    "test_sessions",
    "browser/test_history",
    "test_starved",
    "browser/test_behind_a_proxy",
    "test_cli_sweep",
    "test_survival",
    "test_experiments_running",
    "test_links",
    "test_lesson",
    "browser/test_sweep_page",
    "browser/test_accessibility",
    "browser/test_in_view",
    "browser/test_presenter",
    "browser/test_latent_bars",
    "browser/test_latent_morph",
    "browser/test_first_paint",
    "browser/test_phone",
    "pages/test_train",
    "test_memory",
    "browser/test_components",
    "browser/test_save_picture",
    "browser/test_start_page",
    "pages/test_denoise",
    "pages/test_runs",
    "browser/test_picture_page",
    "browser/test_latent_map",
    "browser/test_latent_samples",
    "browser/test_live_model",
    "pages/test_sweep",
    "browser/test_denoise_page",
    "test_training",
    "pages/test_start",
    "test_server",
    "test_fork_server",
    "test_train_link",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: place for place, name in enumerate(LONG)}
    folder = Path(__file__).parent

    def order(item: pytest.Item) -> int:
        name = item.path.relative_to(folder).with_suffix("").as_posix()
        return place.get(name, len(LONG))

    items.sort(key=order)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Why a test was tried again, which the report of one that passes in the end does not say."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"tried again: {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


@pytest.fixture(scope="session", autouse=True)
def _cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Prepared data sets are shared by all tests, and by the user's own runs only where the user says so."""
    with pytest.MonkeyPatch.context() as patch:
        if not os.environ.get("AUTOENC_CACHE_DIR"):
            patch.setenv("AUTOENC_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _folder_of_sockets() -> None:
    """Where the fork server listens; a process chooses that folder once.

    Chosen in a test that has a folder of its own for such files, it would have too long a name for a socket:
    all later workers would start by themselves, slowly, and with the test process as their parent.
    """
    multiprocessing.util.get_temp_dir()


@pytest.fixture(autouse=True)
def checkpoint_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "checkpoints"
    monkeypatch.setenv("AUTOENC_CHECKPOINT_DIR", str(folder))
    return folder


@pytest.fixture
def new_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder where the prepared data sets are, and nothing that was measured."""
    monkeypatch.setenv("AUTOENC_CACHE_DIR", str(prepared_only(tmp_path / "cache")))


def prepared_only(folder: Path) -> Path:
    """A new cache folder that shares with that of the tests what is prepared of data sets, nothing else."""
    folder.mkdir()
    for name in ("datasets", "folders"):
        (places.cache_dir() / name).mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(places.cache_dir() / name)
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


@pytest.fixture
def own_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks for the cores that no other test holds; processes take them from the environment."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


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
