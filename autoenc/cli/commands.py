"""What each command does: its module is loaded only then, for most need PyTorch, which loads for seconds."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

from autoenc.errors import AutoencError

Command = Callable[[Namespace], None]


def train(args: Namespace) -> None:
    from autoenc.cli import training

    training.train(args)


def sweep(args: Namespace) -> None:
    from autoenc.cli import sweeping

    sweeping.sweep(args)


def denoise(args: Namespace) -> None:
    from autoenc.cli import denoising

    denoising.denoise(args)


def recognise(args: Namespace) -> None:
    from autoenc.cli import recognising

    recognising.recognise(args)


def compress(args: Namespace) -> None:
    from autoenc.cli import compressing

    compressing.compress(args)


def decompress(args: Namespace) -> None:
    from autoenc.cli import compressing

    compressing.decompress(args)


def list_runs(args: Namespace) -> None:
    from autoenc.cli import runs

    runs.list_runs(args)


def show_run(args: Namespace) -> None:
    from autoenc.cli import run_files

    run_files.show_run(args)


def delete_runs(args: Namespace) -> None:
    from autoenc.cli import run_files

    run_files.delete_runs(args)


def export_run(args: Namespace) -> None:
    from autoenc.cli import run_files

    run_files.export_run(args)


def import_runs(args: Namespace) -> None:
    from autoenc.cli import run_files

    run_files.import_runs(args)


def list_data(args: Namespace) -> None:
    from autoenc.cli import data

    data.list_data(args)


def download_data(args: Namespace) -> None:
    from autoenc.cli import downloading

    downloading.download_data(args)


def import_data(args: Namespace) -> None:
    from autoenc.cli import data

    data.import_data(args)


def bench(args: Namespace) -> None:
    try:
        from benchmarks import training_speed  # not part of the package: it stands beside it in the project
    except ImportError:
        raise AutoencError("there are no benchmarks here; run this in the project's folder") from None
    training_speed.run(as_json=args.json)
