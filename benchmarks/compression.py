"""Bytes and quality on all test images: `python -m benchmarks.compression [mnist] [cifar10-images]`.

Of each data set a model is trained for its bytes (once; its run stays in the checkpoint folder), and all test
images go through real files: through this model at several steps, PCA with the same range coder, and Pillow's
codecs as tiles of one large picture. Printed are bytes an image with everything counted, bits per pixel,
PSNR, the Bjontegaard rate difference, and how long 10,000 images take to encode and to decode.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from time import monotonic

from tabulate import tabulate

from autoenc import checkpoints, compression, datasets
from autoenc.compression import CODECS, Codec, measuring
from autoenc.datasets import Dataset
from autoenc.jobs import TrainJob
from autoenc.published import OF_CIFAR10, RATES_OF_CIFAR10, RATES_SOURCE
from autoenc.schema import RatePoint, Run, Step, TrainConfig

# Digits: the one is trained in a minute on two cores, the other in three. Colour: six minutes each.
_CONV = TrainConfig("mnist", "conv-bottleneck", 48, 2, epochs=10, learning_rate=4e-3, decay_epochs=10)
CONFIGS: dict[str, tuple[TrainConfig, ...]] = {
    "mnist": (
        TrainConfig("mnist", "mlp", 48, 2, epochs=30, learning_rate=4e-3, decay_epochs=30, rate_weight=0.02),
        replace(_CONV, rate_weight=0.02),
    ),
    "cifar10-images": tuple(
        replace(
            _CONV,
            dataset="cifar10-images",
            latent_size=512,
            epochs=16,
            decay_epochs=16,
            rate_weight=weight,
        )
        for weight in (0.0035, 0.0015)  # the second for better pictures
    ),
}
TILED = ("jpeg-tiled", "webp-tiled", "avif-tiled")


def trained(config: TrainConfig) -> Run:
    """The run, from its file where there is one."""
    job = TrainJob(config)
    for _ in job.run():
        pass
    return checkpoints.read(job.job_id)


def table(name: str, points: Iterable[RatePoint], area: int) -> list[tuple[str, ...]]:
    return [
        (
            name,
            f"{p.knob:.3g}",
            f"{p.bytes_per_image:.1f}",
            f"{p.bits_per_pixel(area):.3f}",
            f"{p.psnr_db:.2f}",
        )
        for p in points
    ]


def timed(codec: Codec, data: Dataset) -> tuple[float, float, int, int]:
    """Seconds from images to bytes at step 1 and back, and the bytes of the head and of the tables."""
    began = monotonic()
    content = compression.compress(codec, data.test, codec.step(1.0)).to_bytes()
    encoded = monotonic()
    file = compression.parsed(content, codec.n_tables)
    for _ in compression.decompress(file, codec):
        pass
    return encoded - began, monotonic() - encoded, file.n_bytes_head, file.n_bytes_tables


def own_tables(codec: Codec, data: Dataset) -> RatePoint:
    """At step 1, with tables in the file, as if the run had none."""
    return measuring.point(replace(codec, quantiles=None), data.test, Step.nearest(1.0))


def measure(name: str, configs: Sequence[TrainConfig]) -> None:
    data = datasets.load(name)
    area = data.image_shape[1] * data.image_shape[2]
    curves = {source: list(CODECS[source].points(data)) for source in ("pca", *TILED)}
    rows, compared = [], []
    for config in configs:
        run = trained(config)
        codec = compression.codec_of(run.run_id)
        points = list(measuring.points(codec, data.test, map(codec.step, measuring.TRAINED_STEPS)))
        rows += table(run.run_id, points, area)
        rows += table("  with its tables in the file", [own_tables(codec, data)], area)
        encoding, decoding, head, tables = timed(codec, data)
        print(
            f"{run.run_id}: trained in {run.seconds:.0f} s; {len(data.test):,} images encoded in "
            f"{encoding:.2f} s, decoded in {decoding:.2f} s; head {head} bytes, tables {tables}; "
            f"decoder {measuring.decoder_bytes(run):,} bytes"
        )
        for title, most in (("", math.inf), (" up to 24 dB", 24.0)):
            ours = [point for point in points if point.psnr_db <= most]
            differences = [_difference(ours, reference, most) for reference in curves.values()]
            compared.append((f"{run.run_id}{title}", *differences))
    for source, reference in curves.items():
        rows += table(source, reference, area)
    titles = ("", "knob", "bytes an image", "bits per pixel", "PSNR (dB)")
    print(tabulate(rows, titles, tablefmt="plain", disable_numparse=True))
    print("bytes at equal PSNR, against:")
    print(tabulate(compared, ("", *curves), tablefmt="plain", disable_numparse=True))
    if name in OF_CIFAR10:
        print(f"published ({RATES_SOURCE}), bits per pixel / dB:")
        for title, pairs in RATES_OF_CIFAR10.items():
            print(f"  {title}: " + ", ".join(f"{rate:.2f} / {psnr:.1f}" for rate, psnr in pairs))
        if name == "cifar10-images":
            print("  ours are the same pictures once more as JPEG, which are smoother than the originals")


def _difference(ours: Sequence[RatePoint], theirs: Sequence[RatePoint], most_db: float) -> str:
    """`-44 %, more above 25.0 dB`: of the bytes at equal PSNR."""
    # One point of theirs beyond the limit, or the curve would end before it.
    beyond = sorted(point.psnr_db for point in theirs if point.psnr_db > most_db)[:1]
    within = [point for point in theirs if point.psnr_db <= max([most_db, *beyond])]
    found = compression.compared(ours, within)
    if found.bd_rate is None:
        return "no common PSNR"
    above = "" if found.loses_above_db is None else f", more above {found.loses_above_db:.1f} dB"
    return f"{100 * found.bd_rate:+.0f} %{above}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", nargs="*", metavar="DATASET", help=f"default: {' '.join(CONFIGS)}")
    for name in parser.parse_args().datasets or CONFIGS:
        print(f"\n{name}")
        measure(name, CONFIGS[name])


if __name__ == "__main__":
    main()
