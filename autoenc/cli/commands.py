"""The commands, each by a function that loads its module: most need PyTorch, which takes seconds."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

from autoenc.errors import AutoencError

Command = Callable[[Namespace], None]


def train() -> Command:
    from autoenc.cli import training

    return training.train


def sweep() -> Command:
    from autoenc.cli import sweeping

    return sweeping.sweep


def denoise() -> Command:
    from autoenc.cli import denoising

    return denoising.denoise


def recognise() -> Command:
    from autoenc.cli import recognising

    return recognising.recognise


def compress() -> Command:
    from autoenc.cli import compressing

    return compressing.compress


def decompress() -> Command:
    from autoenc.cli import compressing

    return compressing.decompress


def latent() -> Command:
    from autoenc.cli import latent

    return latent.latent


def report() -> Command:
    from autoenc.cli import reporting

    return reporting.report


def list_runs() -> Command:
    from autoenc.cli import runs

    return runs.list_runs


def table_of_runs() -> Command:
    from autoenc.cli import runs

    return runs.table_of_runs


def show_run() -> Command:
    from autoenc.cli import run_files

    return run_files.show_run


def delete_runs() -> Command:
    from autoenc.cli import run_files

    return run_files.delete_runs


def export_run() -> Command:
    from autoenc.cli import run_files

    return run_files.export_run


def import_runs() -> Command:
    from autoenc.cli import run_files

    return run_files.import_runs


def list_data() -> Command:
    from autoenc.cli import data

    return data.list_data


def download_data() -> Command:
    from autoenc.cli import downloading

    return downloading.download_data


def import_data() -> Command:
    from autoenc.cli import data

    return data.import_data


def dashboard() -> Command:
    from autoenc.cli import dashboard

    return dashboard.dashboard


def bench() -> Command:
    try:
        from benchmarks import training_speed  # not part of the package: it stands beside it in the project
    except ImportError:
        raise AutoencError("there are no benchmarks here; run this in the project's folder") from None
    return training_speed.run
