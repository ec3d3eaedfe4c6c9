"""Freed memory stays or goes as set, a run that would not fit is refused, a shortage is a sentence."""

import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from autoenc import memory, models
from autoenc.errors import AutoencError
from autoenc.memory import readable_shortage
from autoenc.numerals import data_size
from autoenc.schema import TrainConfig

ROOT = Path(__file__).parents[1]

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's data")
glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be set")

PAGE_FAULTS = """
import resource
from autoenc import memory
if {keep}: memory.keep_freed()
def faults():
    x = b"x" * 40_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
first = faults()
for _ in range(10): last = faults()
print(last - first)
"""

RESIDENT = """
from autoenc import memory
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
memory.keep_freed()
blocks = [b"x" * 1_000_000 for _ in range(200)]
full = resident()
del blocks
kept = resident()
memory.give_back()
print(full - kept, kept - resident())
"""


# One process, three times under a limit: how each ended, and whether the limit is gone.
UNDER_A_LIMIT = """
import resource, torch
from autoenc import memory
from autoenc.errors import AutoencError
from autoenc.jobs import TrainJob
from autoenc.schema import TrainConfig

def train(**settings):
    list(TrainJob(TrainConfig(dataset="digits", epochs=1, train_images=256, **settings)).run())

def under(n_mb, work):
    try:
        with memory.limited(n_mb * 10**6), memory.readable_shortage():
            work()
        print("no shortage")
    except AutoencError as error:
        print(error)

def more_threads():
    with memory.unlimited():
        torch.set_num_threads(torch.get_num_threads() + 2)
        torch.ones(1_000_000).exp()

train(model="conv", latent_size=4)
before = resource.getrlimit(resource.RLIMIT_DATA)
under(300, lambda: train(model="conv", latent_size=1024, stride=1))
under(400, lambda: train(model="conv", latent_size=16))
under(1, more_threads)
print(resource.getrlimit(resource.RLIMIT_DATA) == before)
"""

# How much the peak of a process grows while it trains {settings}, in bytes; the data set's pages left out.
PEAK = """
from pathlib import Path
from autoenc.jobs import TrainJob
from autoenc.schema import TrainConfig

def status(name):
    text = Path("/proc/self/status").read_text()
    return 1024 * int(text.partition(name + ":")[2].split()[0])

def train(**settings):
    list(TrainJob(TrainConfig(dataset="digits", epochs=1, **settings)).run())

train(model="conv", latent_size=4)
train(model="mlp", latent_size=4)
before = status("VmRSS")
Path("/proc/self/clear_refs").write_text("5")  # the peak starts again
train({settings})
print(status("VmHWM") - before)
"""


def lines_of(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def printed_by(code: str) -> list[int]:
    return [int(word) for line in lines_of(code) for word in line.split()]


def needed(**settings: Any) -> int:
    config = TrainConfig(**settings)
    return memory.needed_bytes(config, models.describe(config, (1, 28, 28)), n_train=60_000, n_test=10_000)


@glibc
def test_kept_memory_is_used_again_without_asking_the_kernel() -> None:
    n_pages = 40_000_000 // 4096
    (with_default,) = printed_by(PAGE_FAULTS.format(keep=False))
    (with_kept,) = printed_by(PAGE_FAULTS.format(keep=True))
    assert with_default > 5 * n_pages / 512  # ten times all pages; a kernel may hand out 512 at once
    assert with_kept < n_pages / 512


@glibc
def test_kept_memory_stays_until_it_is_given_back() -> None:
    gone_by_itself, given_back = printed_by(RESIDENT)
    assert gone_by_itself < 20_000_000
    assert given_back > 150_000_000


def test_memory_that_python_is_refused_is_told() -> None:
    with (
        pytest.raises(AutoencError, match="there was not enough memory; choose a smaller model"),
        readable_shortage(),
    ):
        raise MemoryError


def test_memory_that_pytorch_is_refused_is_told() -> None:
    with pytest.raises(AutoencError, match="there was not enough memory"), readable_shortage():
        torch.empty(10**18)


def test_any_other_error_is_left_as_it_is() -> None:
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"), readable_shortage():
        torch.ones(2, 3) @ torch.ones(2, 3)


def test_a_failure_of_onednn_or_cpp_for_lack_of_memory_is_told() -> None:
    for text in ("could not create a primitive", "could not create a memory object", "std::bad_alloc"):
        with pytest.raises(AutoencError, match="there was not enough memory"), readable_shortage():
            raise RuntimeError(text)


def test_leaving_a_block_early_is_no_shortage() -> None:
    for leaving in (GeneratorExit, KeyboardInterrupt):
        with pytest.raises(leaving), readable_shortage():
            raise leaving


# ---------------------------------------------------------------- what a run needs


def test_a_model_of_many_weights_needs_ten_times_its_weights() -> None:
    # 784-1185-1792-2709-4096 and back: 38.0 million weights. Weights, gradients, Adam's two states: 4 times.
    # A save has three of these as tensors and two copies of them as bytes: 6 times more.
    weights = 4 * 2 * (784 * 1185 + 1185 * 1792 + 1792 * 2709 + 2709 * 4096)
    assert 10 < needed(model="mlp", latent_size=4096, layers=4, train_images=256, epochs=1) / weights < 13


def test_a_convolution_of_many_channels_needs_its_outputs_and_their_gradients() -> None:
    # 128 images of 1024 x 28 x 28 numbers: the output, what ReLU makes of it, and the gradient of each.
    outputs = 4 * 128 * 1024 * 28 * 28
    assert 4 < needed(model="conv", latent_size=1024, stride=1, epochs=1) / outputs < 8


def test_the_shuffled_images_are_kept_once_however_many_epochs() -> None:
    few, many = needed(train_images=10_000), needed(train_images=60_000)
    n_bytes = 50_000 * 28 * 28  # a byte a pixel
    assert n_bytes < many - few < 1.1 * n_bytes
    assert needed(epochs=20) - needed(epochs=2) < n_bytes / 10


def test_one_image_a_step_needs_memory_for_the_steps() -> None:
    assert needed(batch_size=1, epochs=1) > needed(batch_size=100, epochs=1) + 30_000_000


@linux
@pytest.mark.parametrize(
    "settings",
    [
        {"model": "mlp", "latent_size": 1024, "layers": 4, "train_images": 128},
        {"model": "conv", "latent_size": 1024, "train_images": 128},
    ],
    ids=str,
)
def test_the_peak_of_a_real_run_is_foreseen(settings: dict[str, Any]) -> None:
    (peak,) = printed_by(PEAK.format(settings=", ".join(f"{k}={v!r}" for k, v in settings.items())))
    assert 0.9 * peak < needed(**settings, epochs=1) < 4 * peak


def test_a_run_that_fits_exactly_is_let_through() -> None:
    memory.check_fits(10**9, 10**9)


def test_a_run_that_does_not_fit_is_refused_in_one_sentence() -> None:
    with pytest.raises(AutoencError) as caught:
        memory.check_fits(12 * 10**9, 2_500_000_000)
    assert str(caught.value) == (
        "this run needs about 12 GB of memory and 2.5 GB are allowed; "
        "choose a smaller latent size, a smaller batch or fewer images"
    )


@pytest.mark.parametrize(
    ("n_bytes", "sentence"),
    [(0, "0 MB"), (-5, "0 MB"), (349_600_000, "350 MB"), (999_999_999, "1.0 GB"), (123 * 10**9, "123 GB")],
)
def test_sizes_are_for_people(n_bytes: int, sentence: str) -> None:
    assert data_size(n_bytes) == sentence


# ---------------------------------------------------------------- what there is


def test_free_memory_is_more_than_none_and_at_most_the_machines() -> None:
    assert 0 < memory.free_bytes() <= psutil.virtual_memory().total


def test_what_a_control_group_may_still_take_counts_its_cached_files_as_free(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("2000\n")
    (tmp_path / "memory.current").write_text("1500\n")
    (tmp_path / "memory.stat").write_text("anon 900\nfile 600\ninactive_file 400\nactive_file 200\n")
    assert memory._room_in(tmp_path) == 2000 - 1500 + 400


def test_an_older_control_group_has_other_files(tmp_path: Path) -> None:
    (tmp_path / "memory.limit_in_bytes").write_text("2000\n")
    (tmp_path / "memory.usage_in_bytes").write_text("1500\n")
    (tmp_path / "memory.stat").write_text("inactive_file 1\ntotal_inactive_file 300\n")
    assert memory._room_in(tmp_path) == 2000 - 1500 + 300


def test_a_control_group_without_a_limit_sets_none(tmp_path: Path) -> None:
    assert memory._room_in(tmp_path) is None
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("1500\n")
    assert memory._room_in(tmp_path) is None


def test_the_kernels_kills_are_counted_from_its_list_of_events(tmp_path: Path) -> None:
    events = tmp_path / "memory.events"
    events.write_text("low 0\nhigh 0\nmax 31\noom 2\noom_kill 7\noom_group_kill 0\n")
    assert memory._field(events, "oom_kill") == 7
    assert memory._field(tmp_path / "missing", "oom_kill") is None
    assert memory.kernel_kills() >= 0


# ---------------------------------------------------------------- the limit


@pytest.fixture(scope="module")
def ends_under_a_limit() -> list[str]:
    return lines_of(UNDER_A_LIMIT)


@linux
def test_a_run_over_its_limit_ends_with_a_sentence(ends_under_a_limit: list[str]) -> None:
    assert ends_under_a_limit[0].startswith("there was not enough memory; choose a smaller model")


@linux
def test_the_same_process_trains_a_run_within_its_limit_afterwards(ends_under_a_limit: list[str]) -> None:
    assert ends_under_a_limit[1] == "no shortage"


@linux
def test_threads_start_in_a_time_without_the_limit(ends_under_a_limit: list[str]) -> None:
    assert ends_under_a_limit[2] == "no shortage"


@linux
def test_the_limit_ends_with_the_block(ends_under_a_limit: list[str]) -> None:
    assert ends_under_a_limit[3] == "True"
