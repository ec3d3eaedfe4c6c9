"""Bytes under the finger: pictures that follow the step, computed in the browser; other codecs below them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import streamlit as st

from autoenc import captions, datasets
from autoenc.compression import FAMILIES, matching, measuring
from autoenc.compression.matching import By, Matched
from autoenc.compression.weighing import Weighed
from autoenc.errors import StepTooFine
from autoenc.numerals import counted, decibels, short
from autoenc.plots import CODEC_COLOURS, COLOUR
from autoenc.schema import Run, RunSummary
from ui.app import errors, presenter
from ui.components.live_code import Bits, CodeRow, CodeScene, live_code, preload
from ui.compress import settings, step
from ui.core import codecs, pages, sessions
from ui.core.text import plain
from ui.widgets import browser_decoders, png_texts
from ui.widgets.lesson import lesson

N_PRESENTED = 8  # images
KEY = "code-scene"
CONTAINERS = (
    "Their files have heads too, whatever the image: that of a WebP takes about 60 bytes, that of an AVIF "
    "about 310."
)


@dataclass(frozen=True, eq=False)
class _Shown:
    """What the fragment shows."""

    run: Run
    scene: CodeScene
    decoder: str | None  # the id under which the browser has it


def show(summary: RunSummary) -> None:
    """The images, and what comes back of their codes."""
    run = sessions.read_run(summary.run_id)
    data = datasets.load(run.config.dataset)
    first = settings.first_image(len(data.test))
    n_images = N_PRESENTED if presenter.is_on() else settings.N_IMAGES
    x = np.array(data.test[first : first + n_images])
    quantiles = codecs.codec(run).quantiles
    assert quantiles is not None
    scene = CodeScene(x, codecs.codes(run, x), quantiles)
    with st.container(key="assets"):  # nothing is seen of it
        preload(scene)
        decoder = browser_decoders.hand_over(run)
    st.fragment(_pictures)(_Shown(run, scene, decoder))
    _actions(len(data.test))
    if run.quantiles is None:
        st.caption(captions.compressed_files.own_tables_note())
    st.caption(plain(CONTAINERS))


def _actions(n_test: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="scene-actions"):
        st.segmented_control(
            "JPEG, WebP and AVIF",
            list(settings.EQUALS),
            format_func=settings.EQUALS.__getitem__,
            key=settings.EQUAL.key,
            required=True,
            width="content",
        )
        st.button(
            "Other images",
            icon=":material/shuffle:",
            key="other-images",
            on_click=settings.next_images,
            args=(n_test,),
        )


def _pictures(shown: _Shown) -> None:
    """Redrawn when the slider comes to rest."""
    with errors.shown():
        bits, weighed = _weighed(shown)
        as_good = {
            name: codecs.matched(name, shown.scene.x, weighed.psnr_db, "psnr")
            for name in matching.IMAGE_CODECS
        }
        _sentences(shown, weighed, as_good)
        rows = [CodeRow("Original", COLOUR["original"], live="original"), _own_row(shown, weighed)]
        rows += _codec_rows(shown, weighed, as_good)
        png = png_texts.of_one_model(shown.run, "codes", "The step of a code, in bytes")
        rests_at = live_code(shown.scene.id, shown.decoder, bits, rows, key=KEY, png=png)
        if rests_at != bits.level:
            settings.BITS.put(rests_at)
            pages.write_address()
            pages.draw_again()


def _weighed(shown: _Shown) -> tuple[Bits, Weighed]:
    """Where the slider stands, and the files there; where they cannot be made, where it begins."""
    codec, bits = codecs.codec(shown.run), step.slider(shown.run)
    try:
        return bits, codecs.weighed(shown.run, shown.scene.x, step.step_at(codec, bits))
    except StepTooFine as error:
        if bits == (usual := step.usual(bits)):
            raise
        st.warning(plain(str(error)))
        settings.BITS.forget()
        return usual, codecs.weighed(shown.run, shown.scene.x, step.step_at(codec, usual))


def _sentences(shown: _Shown, weighed: Weighed, as_good: Mapping[str, Matched]) -> None:
    """What a class sees: first the bytes, then what they leave out."""
    run, x, each = shown.run, shown.scene.x, fmean(weighed.n_bytes)
    others = {
        matching.IMAGE_CODECS[name].title: fmean(match.n_bytes)
        for name, match in as_good.items()
        if not any(match.at_limit)
    }
    numbers = run.model.n_latents / x[0].size
    lesson(
        captions.compressed_files.image_bytes_caption(each, weighed.n_bytes_head, others, numbers),
        key="bytes",
    )
    together = weighed.n_bytes_together
    png = fmean(codecs.png_bytes(x))
    weights = captions.compressed_files.weights_caption(measuring.decoder_bytes(run), together / len(x), png)
    st.caption(plain(f"{captions.compressed_files.together_caption(len(x), together)} {weights}"))


def _own_row(shown: _Shown, weighed: Weighed) -> CodeRow:
    live = shown.decoder is not None
    return CodeRow(
        "From its code",
        COLOUR["reconstruction"],
        live="code" if live else None,
        pictures=None if live else weighed.pictures,
        n_bytes=weighed.n_bytes,
        psnr=weighed.psnr_db,
        says=f"+ {counted(weighed.n_bytes_head, 'byte')} of head"
        if live
        else "large model: computed on the server when the slider rests",
        mean=_mean(weighed.n_bytes, weighed.psnr_db),
    )


def _codec_rows(shown: _Shown, weighed: Weighed, as_good: Mapping[str, Matched]) -> list[CodeRow]:
    """What the image codecs make of as many bytes, the head counted, or of as good a picture."""
    by = settings.EQUAL.get()
    rows = []
    for name, codec in matching.IMAGE_CODECS.items():
        wanted = [n + weighed.n_bytes_head for n in weighed.n_bytes]
        match = as_good[name] if by == "psnr" else codecs.matched(name, shown.scene.x, wanted, "bytes")
        rows.append(
            CodeRow(
                codec.title,
                CODEC_COLOURS[FAMILIES.index(codec.title)],  # as in the chart
                pictures=match.pictures,
                n_bytes=match.n_bytes,
                psnr=match.psnr_db,
                marked=match.at_limit,
                says=_limit(match, by),
                mean=_mean(match.n_bytes, match.psnr_db),
            )
        )
    return rows


def _limit(match: Matched, by: By) -> str:
    """What the stars mean: the codec cannot go as low, or make a picture as good."""
    if not any(match.at_limit):
        return ""
    return f"* its smallest: {counted(min(match.n_bytes), 'byte')}" if by == "bytes" else "* its best picture"


def _mean(n_bytes: tuple[int, ...], psnr_db: tuple[float, ...]) -> str:
    return f"{short(fmean(n_bytes), 3)} bytes,\n{decibels(fmean(psnr_db))}"
