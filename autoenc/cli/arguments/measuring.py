"""Options of the commands that ask what trained models are good for: denoise, recognise, compress, latent."""

from __future__ import annotations

from pathlib import Path

from autoenc.cli import commands
from autoenc.cli.arguments.adding import Subparsers, add_command, add_csv
from autoenc.numerals import setting
from autoenc.recipes import NOISE
from autoenc.schema import DEVICES, METHODS, NOISES, USUAL_BITS


def add_denoise(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("denoise", help="measure how well models and filters remove noise")
    parser.add_argument(
        "--run", metavar="RUN_ID", action="append", required=True, help="may be given several times"
    )
    parser.add_argument("--noise", default=NOISE, help=f"{', '.join(NOISES)}; default: {NOISE}")
    parser.add_argument("--levels", help="such as 0.1,0.2; default: twelve levels")
    parser.add_argument("--methods", default=",".join(METHODS), help=f"default: {','.join(METHODS)}")
    add_csv(parser, "one line for each method and level")
    add_command(parser, commands.denoise)


def add_recognise(subparsers: Subparsers) -> None:
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
    add_csv(reading, "one line for each row")
    add_command(parser, commands.recognise)


def add_compress(subparsers: Subparsers) -> None:
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


def add_latent(subparsers: Subparsers) -> None:
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
