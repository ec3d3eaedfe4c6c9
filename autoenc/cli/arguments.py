"""All that can be asked for: the commands and their options; nothing heavy is loaded for them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from autoenc import recipes
from autoenc.cli import commands
from autoenc.cli.commands import Command
from autoenc.cli.settings import add_settings, suited_help
from autoenc.numerals import setting
from autoenc.recipes import NOISE
from autoenc.runs import SORTS
from autoenc.schema import DEVICES, METHODS, MODELS, NOISES, USUAL_BITS, TrainConfig

ONE_AT_A_TIME_NOTE = " on its own"  # where several models are compared, all have plain settings
Subparsers = Any  # what `add_subparsers` makes; argparse keeps the name of its type to itself


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Wrong usage in one line instead of two dozen."""
        self.exit(2, f"autoenc: {message}; see `{self.prog} --help`\n")


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = _Parser(prog="python -m autoenc", description="Autoencoders for a classroom.")
    subparsers = top.add_subparsers(required=True, metavar="COMMAND")
    for add in (_add_train, _add_sweep, _add_denoise, _add_recognise, _add_compress):
        add(subparsers)
    for add in (_add_latent, _add_report, _add_runs, _add_data):
        add(subparsers)
    bench = subparsers.add_parser("bench", help="measure training speed against the lab's own loop")
    add_command(bench, commands.bench)
    return top


def add_command(parser: argparse.ArgumentParser, command: Callable[[], Command]) -> None:
    """Have the command loaded when the parser was chosen; each can answer in JSON."""
    parser.add_argument("--json", action="store_true", help="print one JSON document to stdout")
    parser.set_defaults(command=command)


def _add_train(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("train", help="train a model, or continue one")
    usual = TrainConfig()
    parser.add_argument(
        "--model", default=usual.model, help=f"one of {', '.join(MODELS)}; default: {usual.model}"
    )
    parser.add_argument(
        "--latent-size",
        type=int,
        help=f"numbers in the code; conv: its channels; default: {usual.latent_size}",
    )
    parser.add_argument(
        "--layers",
        type=int,
        help=f"1 to 4 in the encoder, and as many in the decoder; {suited_help('layers')}",
    )
    add_settings(parser)
    parser.add_argument("--device", default="auto", help=", ".join(DEVICES))
    add_command(parser, commands.train)


def _add_sweep(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "sweep", help="train many models at once: loss, time and size against latent size"
    )
    models = ",".join(recipes.SWEPT_MODELS)
    parser.add_argument("--models", default=models, help=f"some of {', '.join(MODELS)}; default: {models}")
    sizes = ",".join(map(str, recipes.SWEPT_SIZES))
    parser.add_argument("--latent-sizes", default=sizes, help=f"default: {sizes}")
    parser.add_argument("--layers", help=f"such as 1,2; {suited_help('layers', ONE_AT_A_TIME_NOTE)}")
    add_settings(parser, ONE_AT_A_TIME_NOTE)
    parser.add_argument(
        "--one-at-a-time",
        action="store_true",
        help="train one run at a time, so that times can be compared",
    )
    parser.add_argument(
        "--csv", metavar="FILE", type=Path, help="write the table to this file, one line for each run"
    )
    add_command(parser, commands.sweep)


def _add_denoise(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("denoise", help="measure how well models and filters remove noise")
    parser.add_argument(
        "--run", metavar="RUN_ID", action="append", required=True, help="may be given several times"
    )
    parser.add_argument("--noise", default=NOISE, help=f"{', '.join(NOISES)}; default: {NOISE}")
    parser.add_argument("--levels", help="such as 0.1,0.2; default: twelve levels")
    parser.add_argument("--methods", default=",".join(METHODS), help=f"default: {','.join(METHODS)}")
    parser.add_argument(
        "--csv",
        metavar="FILE",
        type=Path,
        help="write the figures to this file, one line for each method and level",
    )
    add_command(parser, commands.denoise)


def _add_recognise(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "recognise", help="train a classifier of the images, or let it read what models draw"
    )
    training = parser.add_argument_group("to train a recogniser, or to continue one")
    training.add_argument("--dataset", help="default: mnist where it is on this machine, else digits")
    training.add_argument("--epochs", type=int, help="default: as many as suit the data set")
    training.add_argument(
        "--noise", help="KIND:LEVEL or KIND:0-LEVEL, such as gaussian:0-1: train on images with this noise"
    )
    training.add_argument("--seed", type=int, help="default: 0")
    training.add_argument("--device", help=f"{', '.join(DEVICES)}; default: auto")
    reading = parser.add_argument_group("to measure how many reconstructions are still recognised")
    reading.add_argument("--run", metavar="RUN_ID", action="append", help="may be given several times")
    reading.add_argument("--with", metavar="RECOGNISER_ID", help="default: the best one of this data set")
    reading.add_argument(
        "--probe",
        action="store_true",
        default=None,
        help="also fit a linear classifier on the numbers of each code",
    )
    reading.add_argument(
        "--csv", metavar="FILE", type=Path, help="write the table to this file, one line for each row"
    )
    add_command(parser, commands.recognise)


def _add_compress(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "compress", help="write images to one file, as small as a trained model can"
    )
    parser.add_argument(
        "pictures", metavar="PICTURE", nargs="*", type=Path, help="reduced to the model's size"
    )
    parser.add_argument("--run", metavar="RUN_ID", required=True, help="the model whose code is stored")
    parser.add_argument("--test-set", action="store_true", help="all test images of the run's data set")
    parser.add_argument("--out", metavar="FILE.aec", type=Path, required=True)
    parser.add_argument(
        "--step",
        type=float,
        help="code values are rounded to multiples of this; default: 1 for a model trained for its bytes, "
        f"else what makes {setting(USUAL_BITS)} bits of the most widely spread number",
    )
    add_command(parser, commands.compress)
    parser = subparsers.add_parser("decompress", help="open a file that compress has made")
    parser.add_argument("file", metavar="FILE.aec", type=Path)
    parser.add_argument(
        "--out", metavar="FOLDER", type=Path, required=True, help="new or empty; gets PNG files"
    )
    add_command(parser, commands.decompress)


def _add_latent(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "latent", help="write the codes of the test images, or pictures of other codes"
    )
    parser.add_argument("--run", metavar="RUN_ID", required=True, help="the model whose codes these are")
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        help="codes.npz, with the code and the class of each test image; with --samples a .png file",
    )
    parser.add_argument(
        "--tsv",
        action="store_true",
        help="also write vectors.tsv and metadata.tsv beside it, for projector.tensorflow.org",
    )
    parser.add_argument(
        "--sheet", metavar="FILE.png", type=Path, help="what the decoder draws over a plane of the code"
    )
    drawn = parser.add_argument_group("to draw codes at random, and decode them")
    drawn.add_argument("--samples", metavar="N", type=int, help="how many; --out is the picture of them")
    drawn.add_argument(
        "--from",
        metavar="SOURCE",
        help="gaussian: fitted to all codes; uniform: the box of the codes; normal: N(0, I); or the name of "
        "a class: the Gaussian of its codes; default: gaussian, for a VAE normal",
    )
    drawn.add_argument("--seed", type=int, help="default: 0")
    add_command(parser, commands.latent)


def _add_report(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "report", help="write the lab report's experiments, done again, to one HTML file"
    )
    parser.add_argument(
        "--size", default="lesson", help="lesson: fewer images and epochs; full: all; default: lesson"
    )
    parser.add_argument(
        "--out", metavar="FILE.html", type=Path, required=True, help="opens anywhere, without a network"
    )
    parser.add_argument("--csv", metavar="DIR", type=Path, help="also write all its numbers to this folder")
    parser.add_argument(
        "--run", action="store_true", help="first train and measure what is missing; may take hours"
    )
    add_command(parser, commands.report)


def _add_runs(subparsers: Subparsers) -> None:
    runs = subparsers.add_parser("runs", help="list, show, delete, export or import runs").add_subparsers(
        required=True, metavar="WHAT"
    )
    listed = runs.add_parser("list", help="list all runs, or those that match")
    listed.add_argument(
        "--find", default="", metavar="WORDS", help="parts of a run's name, such as 'conv k16'"
    )
    listed.add_argument("--dataset", default="", metavar="NAMES", help="such as mnist,digits; default: all")
    listed.add_argument("--model", default="", metavar="NAMES", help="such as mlp,conv; default: all")
    listed.add_argument("--finished", action="store_true", help="only finished runs")
    listed.add_argument("--sort", default="newest", help=f"{', '.join(SORTS)}; default: newest")
    add_command(listed, commands.list_runs)
    show = runs.add_parser("show", help="show one run: settings, model, losses")
    show.add_argument("run_id", metavar="RUN_ID")
    add_command(show, commands.show_run)
    delete = runs.add_parser("delete", help="delete runs for good")
    delete.add_argument("run_ids", metavar="RUN_ID", nargs="+")
    add_command(delete, commands.delete_runs)
    out = runs.add_parser(
        "export", help="export a run for other programs: CSV, JSON, PNG, TensorBoard, its file"
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
    add_command(out, commands.export_run)
    bring = runs.add_parser("import", help="import runs from another machine")
    bring.add_argument("files", metavar="FILE", type=Path, nargs="+")
    add_command(bring, commands.import_runs)


def _add_data(subparsers: Subparsers) -> None:
    data = subparsers.add_parser("data", help="list, download or import data sets").add_subparsers(
        required=True, metavar="WHAT"
    )
    add_command(
        data.add_parser("list", help="all known data sets, and which are on this machine"), commands.list_data
    )
    download = data.add_parser("download", help="download a data set to this machine")
    download.add_argument("name", metavar="NAME")
    download.set_defaults(command=commands.download_data)
    import_dataset = data.add_parser("import", help="make a data set of pictures")
    import_dataset.add_argument(
        "source",
        metavar="ARCHIVE_OR_FOLDER",
        type=Path,
        help="a folder, .zip, .tar, .tar.gz or .tar.xz with train/CLASS and test/CLASS, or with CLASS only",
    )
    import_dataset.add_argument(
        "--name", required=True, help="name of the new data set: letters, digits and hyphens"
    )
    import_dataset.add_argument(
        "--size", type=int, help="width and height of the pictures in pixels, 8 to 64"
    )
    add_command(import_dataset, commands.import_data)
