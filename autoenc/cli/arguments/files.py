"""Options of the commands for what is on disk: runs, data."""

from __future__ import annotations

import argparse
from pathlib import Path

from autoenc.cli import commands
from autoenc.cli.arguments.adding import Subparsers, add_command, add_csv
from autoenc.runs import SORTS


def add_runs(subparsers: Subparsers) -> None:
    runs = subparsers.add_parser(
        "runs", help="list, show, delete, export or import runs; a table of them"
    ).add_subparsers(required=True, metavar="WHAT")
    listed = runs.add_parser("list", help="list all runs, or those that match")
    _add_selection(listed)
    listed.set_defaults(examples=False)
    add_csv(listed, "one line for each run")
    add_command(listed, commands.list_runs)
    rows = runs.add_parser("table", help="all settings and results as CSV, one line for each run, for pandas")
    _add_selection(rows)
    rows.add_argument("--examples", action="store_true", help="also the runs that come with the program")
    rows.add_argument("--csv", metavar="FILE", type=Path, help="write to this file; default: -, stdout")
    add_command(rows, commands.table_of_runs)
    show = runs.add_parser("show", help="show one run: settings, model, losses")
    show.add_argument("run_id", metavar="RUN_ID")
    add_csv(show, "one line for each epoch")
    add_command(show, commands.show_run)
    delete = runs.add_parser("delete", help="delete runs for good")
    delete.add_argument("run_ids", metavar="RUN_ID", nargs="+")
    add_command(delete, commands.delete_runs)
    out = runs.add_parser(
        "export", help="export a run for other programs: CSV, JSON, PNG, TensorBoard, ONNX, its file"
    )
    out.add_argument("run_id", metavar="RUN_ID")
    out.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        required=True,
        help="folder to write to; each run gets its own folder in it",
    )
    out.add_argument("--tensorboard", action="store_true", help="also write a TensorBoard folder")
    out.add_argument(
        "--onnx", action="store_true", help="also write the encoder, the decoder and both as ONNX files"
    )
    out.add_argument(
        "--torch-export",
        action="store_true",
        help="also write the three for torch.export.load (.pt2), which takes a few seconds",
    )
    add_command(out, commands.export_run)
    bring = runs.add_parser("import", help="import runs from another machine")
    bring.add_argument("files", metavar="FILE", type=Path, nargs="+")
    add_command(bring, commands.import_runs)


def _add_selection(parser: argparse.ArgumentParser) -> None:
    """Which runs: the same for a list and for a table."""
    parser.add_argument(
        "--find", default="", metavar="WORDS", help="parts of a run's name, such as 'conv k16'"
    )
    parser.add_argument("--dataset", default="", metavar="NAMES", help="such as mnist,digits; default: all")
    parser.add_argument("--model", default="", metavar="NAMES", help="such as mlp,conv; default: all")
    parser.add_argument("--finished", action="store_true", help="only finished runs")
    parser.add_argument("--sort", default="newest", help=f"{', '.join(SORTS)}; default: newest")


def add_data(subparsers: Subparsers) -> None:
    data = subparsers.add_parser("data", help="list, download or import data sets").add_subparsers(
        required=True, metavar="WHAT"
    )
    listed = data.add_parser("list", help="all known data sets, and which are on this machine")
    add_csv(listed, "one line for each data set")
    add_command(listed, commands.list_data)
    download = data.add_parser("download", help="download a data set to this machine")
    download.add_argument("name", metavar="NAME")
    add_command(download, commands.download_data)
    import_dataset = data.add_parser("import", help="make a data set of pictures")
    import_dataset.add_argument(
        "sources",
        metavar="ARCHIVE_OR_FOLDER",
        type=Path,
        nargs="+",
        help="a folder, .zip, .tar, .tar.gz or .tar.xz with train/CLASS and test/CLASS, or with CLASS only; "
        "or arrays of images and labels: .npz, .npy or idx files, one or several",
    )
    import_dataset.add_argument(
        "--name", required=True, help="name of the new data set: letters, digits and hyphens"
    )
    import_dataset.add_argument(
        "--size", type=int, help="width and height of the pictures in pixels, 8 to 64"
    )
    import_dataset.add_argument(
        "--classes",
        type=lambda text: [name.strip() for name in text.split(",") if name.strip()],
        default=[],
        metavar="NAMES",
        help="names for the labels of arrays, from 0, such as cat,dog",
    )
    add_command(import_dataset, commands.import_data)
