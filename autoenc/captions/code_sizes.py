"""Two models that differ in the size of their codes, side by side; empty where there is nothing to say."""

from __future__ import annotations

from collections.abc import Sequence

from autoenc.captions import configs
from autoenc.captions.ratios import changes
from autoenc.numerals import counted, decibels, listed, short, smaller
from autoenc.pareto import usable
from autoenc.schema import ModelInfo, Run


def curves_caption(small: Run, large: Run) -> str:
    """What the larger code gains at the end, and how early it is ahead."""
    if not (_is_sound(small) and _is_sound(large)):
        return ""
    sizes = f"{_size(small, small)} to {_size(large, small)}"
    losses = [
        f"the {name} loss {changes(b / a)} ({short(a)} to {short(b)})"
        for name, a, b in (
            ("training", small.epochs[-1].train_loss, large.epochs[-1].train_loss),
            ("test", small.epochs[-1].test_loss, large.epochs[-1].test_loss),
        )
    ]
    epochs = counted(len(large.epochs), "epoch")
    return f"From {sizes}, after {epochs}: {listed(losses)}. {_ahead(small, large)}"


def stride_caption(usual: Run, other: Run) -> str:
    """What another stride does to the code and to the loss."""
    if not (_is_sound(usual) and _is_sound(other)):
        return ""
    a, b = usual.epochs[-1].test_loss, other.epochs[-1].test_loss
    sizes = f"{counted(other.model.n_latents, 'number')} instead of {usual.model.n_latents:,}"
    code = f"the code of {configs.short(other.config)} has {sizes}"
    return (
        f"At stride {other.config.stride} {code} for {other.model.n_pixels:,} pixels, and the test loss "
        f"{changes(b / a)} ({short(a)} to {short(b)})."
    )


def quality_caption(runs: Sequence[Run]) -> str:
    """`PSNR over all 10,000 test images: MLP 1 11.7 dB, MLP 128 27.1 dB.`"""
    values = [(configs.short(run.config), run.test_psnr_db) for run in runs]
    each = [f"{name} {decibels(value)}" for name, value in values if value is not None]
    return f"PSNR over all test images: {listed(each)}." if each else ""


def model_caption(info: ModelInfo) -> str:
    """How many numbers its code has beside the pixels, and how many parameters it takes."""
    ratio = info.n_pixels / info.n_latents
    compresses = "" if ratio > 1 else ": it does not compress"
    code = f"The code has {counted(info.n_latents, 'number')} for {info.n_pixels:,} pixels"
    return f"{code}, {smaller(ratio)}{compresses}. {counted(info.n_parameters, 'parameter')} are trained."


def _ahead(small: Run, large: Run) -> str:
    """When the larger code is where the smaller one ends."""
    end = small.epochs[-1].test_loss
    names = configs.short(small.config), configs.short(large.config)
    ahead = next((n for n, epoch in enumerate(large.epochs, 1) if epoch.test_loss < end), None)
    if ahead is None:
        return f"{names[1]} never gets below the test loss at which {names[0]} ends."
    return f"{names[1]} is better after epoch {ahead:,} than {names[0]} at its end."


def _size(run: Run, first: Run) -> str:
    """`1`, `128 numbers`: the unit stands once."""
    k = run.config.latent_size
    return f"{k:,}" if run is first else counted(k, run.config.kind.code_unit)


def _is_sound(run: Run) -> bool:
    return bool(run.epochs) and usable(run.epochs[-1].test_loss) and usable(run.epochs[-1].train_loss)
