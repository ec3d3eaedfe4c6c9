"""Images invented from codes drawn at random, as a recogniser reads them: made once for all visitors."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from autoenc import checkpoints, datasets
from autoenc.captions.readings import SURE
from autoenc.inspection.opening import affordable
from autoenc.latent import sampling
from autoenc.latent.sampling import Distribution
from autoenc.recognition import Readings
from autoenc.schema import RecogniserSummary, Run
from ui.core import codes, recognisers
from ui.core.caching import shared

N_SHOWN = 10  # images
N_READ, N_READ_OF_CLASS = 256, 64  # images, where the model is small
REFERENCES = {"test": "Test images", "reconstructions": "Their reconstructions"}

Source = str | int  # of `sampling.SOURCES` or of REFERENCES; or a class index, for the Gaussian of its codes


@dataclass(frozen=True, eq=False)
class Sampled:
    """Some images from one source."""

    images: np.ndarray = field(repr=False)  # the first, uint8 (B, C, H, W), at most N_SHOWN
    readings: Readings | None = field(repr=False)  # what is read in these; None: nobody reads
    n: int  # how many there are in all
    share: float | None  # of these the recogniser is sure (that they are of this class); None: nobody reads


def sampled(run: Run, source: Source, seed: int) -> Sampled | None:
    """None: there is no image of the class.

    Raises:
        CodeError: the codes, or what is drawn of them, are not all finite.
        AutoencError: the file or the data cannot be used.
    """
    recogniser = recognisers.for_run(run)
    reader_id = recognisers.identity(recogniser)
    seed = 0 if source in REFERENCES else seed
    run_hash = checkpoints.content_hash(run.run_id)
    return _sampled(run.run_id, run_hash, reader_id, source, seed, run, recogniser)


def n_read(run: Run, *, of_class: bool = False) -> int:
    """How many images are made from each source: fewer where a large model would keep the visitor waiting."""
    most = N_READ_OF_CLASS if of_class else N_READ
    return min(most, max(N_SHOWN, affordable(run.model) * most // 4096))


# The hashes of files are part of the key: a file of the same name may be another one.
@shared(max_entries=256, spinner="Inventing images")
def _sampled(
    run_id: str,
    run_hash: str,
    reader_id: str,
    source: Source,
    seed: int,
    _run: Run,
    _recogniser: RecogniserSummary | None,
) -> Sampled | None:
    images = _images(_run, source, seed)
    if images is None:
        return None
    n_shown = min(N_SHOWN, len(datasets.load(_run.config.dataset).test))  # as many in every row
    shown = images[:n_shown].copy()  # the others are only counted
    if _recogniser is None:
        return Sampled(shown, None, len(images), None)
    read = recognisers.reader(_recogniser).read(images)
    is_sure = read.confidences >= SURE
    if isinstance(source, int):
        is_sure &= read.classes == source
    first = Readings(read.classes[:n_shown], read.confidences[:n_shown])
    return Sampled(shown, first, len(images), float(is_sure.mean()))


def _images(run: Run, source: Source, seed: int) -> np.ndarray | None:
    n = n_read(run, of_class=isinstance(source, int))
    if source in REFERENCES:
        x = datasets.load(run.config.dataset).test[:n]
        return np.array(x) if source == "test" else codes.decode(run, codes.codes_of(run, x))
    distribution = _distribution(run, source)
    return None if distribution is None else codes.decode(run, distribution.draw(n, seed))


def _distribution(run: Run, source: Source) -> Distribution | None:
    match source:
        case int():
            return codes.class_gaussian(run, source)
        case "gaussian":
            return codes.gaussian(run)
        case "uniform":
            return codes.box(run)
    return sampling.StandardNormal(run.model.n_latents)
