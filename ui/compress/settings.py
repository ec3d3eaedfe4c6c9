"""What the visitor looks at on the page of compression, and its address."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from autoenc.compression import CODECS, FAMILIES
from autoenc.compression.matching import By
from autoenc.errors import ConfigError
from autoenc.numerals import setting
from autoenc.runs import for_a_picture
from autoenc.schema import RunSummary
from ui.compress.contestants import AGAINST_PARAM, SOURCE_PARAM
from ui.core.catalogue import fingerprint_of
from ui.core.links import Address, Param, flag, held, number, one_of, parts
from ui.core.sessions import runs_to_show
from ui.core.values import Value

# The tabs, as they stand in a link and on the page.
VIEWS = {
    "step": "The step under your finger",
    "rates": "Bytes and quality",
    "file": "A file",
    "contest": "Contest",
}

N_IMAGES = 16  # that are looked at
MAX_BITS = 16.0  # that an address may ask for
EQUALS: Mapping[By, str] = {"psnr": "As good a picture", "bytes": "As many bytes"}

RUN = Value[str | None]("compressed_run", None)  # run_id; None: the best there is
VIEW = Value("compress_view", VIEWS["step"])
BITS = Value[float | None]("compress_bits", None)  # where the slider rests; None: as suits the run
FIRST_IMAGE = Value("compress_first_image", 0)
EQUAL: Value[By] = Value("compress_equal", "psnr")  # in what the image codecs are like the run

# Bytes and quality: what the run is compared with.
MAX_OTHERS = 3  # runs
MAX_AT_FIRST = 2
OTHERS = Value[list[str] | None]("rates_others", None)  # run_ids; None: what is usual
CODEC_FAMILIES = Value("rates_codecs", list(FAMILIES))
LOG_RATE = Value("rates_log", True)
POINT = Value[tuple[str, float] | None]("rates_point", None)  # the source and the knob that were clicked


def runs() -> tuple[RunSummary, ...]:
    """Finished runs whose images are here, those first that were trained for their bytes."""
    listed = runs_to_show()
    here = {name: fingerprint_of(name) for name in {run.config.dataset for run in listed if run.finished}}
    return tuple(sorted(for_a_picture(listed, here), key=_rank))


def _rank(run: RunSummary) -> tuple[bool, bool]:
    return run.config.noise is not None, run.config.rate_weight is None


def chosen(listed: tuple[RunSummary, ...]) -> RunSummary | None:
    """Before its widget is drawn: the run to compress with; None: there is none."""
    by_id = {run.run_id: run for run in listed}
    if not by_id:
        return None
    RUN.limit(list(by_id), next(iter(by_id)))
    return by_id[RUN.get() or ""]


# ---------------------------------------------------------------- the step


def run_changed() -> None:
    """Another run: bits that suit it."""
    BITS.forget()


def first_image(n_test: int) -> int:
    """The number of the first test image that is looked at, of `n_test`."""
    return min(FIRST_IMAGE.get(), max(0, n_test - N_IMAGES))


def next_images(n_test: int) -> None:
    FIRST_IMAGE.put((first_image(n_test) + N_IMAGES) % max(1, n_test - N_IMAGES + 1))


# ---------------------------------------------------------------- bytes and quality


def others_of(run: RunSummary) -> dict[str, RunSummary]:
    """By their ids, the runs of the same images, those first that tell most: other sizes, then as listed.

    Of what differs only in the latent size the nearest comes first; a model trained for its bytes before all.
    """
    alike = [one for one in runs() if one.fingerprint == run.fingerprint and one.run_id != run.run_id]
    return {one.run_id: one for one in sorted(alike, key=lambda one: _distance(one, run))}


def _distance(one: RunSummary, run: RunSummary) -> tuple[bool, bool, bool, float]:
    is_rated, is_family = one.config.rate_weight is not None, one.config.model == run.config.model
    times = abs(math.log(one.config.latent_size / run.config.latent_size))
    return one.config.noise is not None, not is_rated, not is_family, times


def limit_others(run: RunSummary) -> None:
    """Before their widget is drawn: those that were chosen and are of these images, or the usual ones."""
    listed, chosen = list(others_of(run)), OTHERS.get()
    here = [run_id for run_id in chosen or [] if run_id in listed]
    OTHERS.put(here or ([] if chosen == [] else listed[:MAX_AT_FIRST]))
    CODEC_FAMILIES.limit(FAMILIES)


def _others(text: str) -> list[str]:
    run_ids = parts(text, most=2000)
    if len(run_ids) > MAX_OTHERS:
        raise ConfigError(f"the link asks for {len(run_ids):,} other runs; allowed: {MAX_OTHERS}")
    return [_run(run_id) for run_id in run_ids]


def _others_text() -> str | None:
    """Empty: none is chosen, though there are some."""
    run_ids, run = OTHERS.get(), next((one for one in runs() if one.run_id == RUN.get()), None)
    is_usual = run is not None and run_ids == list(others_of(run))[:MAX_AT_FIRST]
    return None if run_ids is None or is_usual else ",".join(run_ids)


def _families(text: str) -> list[str]:
    names = parts(text.replace("_", " "))
    for name in names:
        if name not in FAMILIES:
            raise ConfigError(f"codecs has {name[:40]!r}; known: {', '.join(FAMILIES)}")
    return names


def _families_text(families: list[str]) -> str:
    return ",".join(families).replace(" ", "_")


def _point(text: str) -> tuple[str, float]:
    """`webp-tiled@10`."""
    source, _, knob = text.rpartition("@")
    try:
        value = float(knob)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise ConfigError(f"point is {text[:80]!r}; allowed: a source and its setting, as in webp-tiled@10")
    return (source if source in CODECS else _run(source)), value


def _point_text(point: tuple[str, float] | None) -> str | None:
    return None if point is None else f"{point[0]}@{point[1]!r}"


# ---------------------------------------------------------------- the address


def _run(run_id: str) -> str:
    if run_id not in {run.run_id for run in runs()}:
        raise ConfigError(f"run {run_id[:80]!r} is not on this machine, or is not finished")
    return run_id


def _bits(text: str) -> float:
    if not re.fullmatch(r"\d{1,2}(\.\d)?", text) or float(text) > MAX_BITS:
        raise ConfigError(
            f"bits are {text[:20]!r}; allowed: a number from 0 to {setting(MAX_BITS)}, one decimal"
        )
    return float(text)


COMPRESS = Address(
    (
        held("run", RUN, _run, lambda run_id: run_id),
        one_of("view", VIEW, VIEWS),
        held("bits", BITS, _bits, lambda bits: None if bits is None else setting(bits)),
        number("images", FIRST_IMAGE),
        one_of("equal", EQUAL, list(EQUALS)),
        Param("beside", (OTHERS,), lambda text: OTHERS.put(_others(text)), _others_text),
        held("codecs", CODEC_FAMILIES, _families, _families_text),
        flag("log_rate", LOG_RATE),
        AGAINST_PARAM,
        SOURCE_PARAM,
        held("point", POINT, _point, _point_text),
    )
)
