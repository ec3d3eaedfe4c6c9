"""What the files of earlier versions do not have.

All of these raise what `open_file` takes for damage.
"""

from __future__ import annotations

from typing import Any

import torch

from autoenc import models
from autoenc.checkpoints.parsing import RunFile
from autoenc.heads.parsing import whole
from autoenc.heads.paths import UNKNOWN_COUNT
from autoenc.schema import EXPONENTS, N_QUANTILES, CodeQuantiles, RunSummary


def bits_in(file: RunFile, n_epochs: int) -> list[float]:
    """What a code cost after each epoch, of a model that is trained for its bytes."""
    bits: list[float] = file.measures("history.bits", (n_epochs,), torch.float64).tolist()
    return bits


def kl_in(file: RunFile, n_epochs: int, n_latents: int) -> list[dict[str, Any]]:
    """Of each epoch of a model with a prior: KL in training and in the test, and the active code values."""
    rows = file.measures("history.kl", (n_epochs, 3), torch.float64).tolist()
    if any(n not in range(n_latents + 1) for *_, n in rows):
        raise ValueError("history.kl counts other code values than there are")
    return [{"train_kl": train, "test_kl": test, "n_active": int(n)} for train, test, n in rows]


def quantiles_in(file: RunFile, summary: RunSummary) -> CodeQuantiles | None:
    """How the code is spread; None in files of before version 0.4."""
    if "code.quantiles" not in file.tensors.keys():  # noqa: SIM118 - it is no dict
        return None
    n_tables = models.describe(summary.config, summary.image_shape).code_shape[0]
    units = file.tensor("code.quantiles", (n_tables, N_QUANTILES), torch.int16)
    exponent = int(file.tensor("code.exponent", (), torch.int64))
    if not EXPONENTS[0] <= exponent <= EXPONENTS[1] or bool((units.int().diff(dim=1) < 0).any()):
        raise ValueError("code.quantiles are out of order")
    return CodeQuantiles(n_tables, exponent, units.numpy().astype("<i2").tobytes())


def concurrent_jobs_in(file: RunFile, n_epochs: int) -> list[int | None]:
    """Of each epoch how many other jobs ran; files of version 0.1 do not tell."""
    if "history.beside" not in file.tensors.keys():  # noqa: SIM118 - it is no dict
        return [None] * n_epochs
    counts = file.tensor("history.beside", (n_epochs,), torch.int64).tolist()
    return [None if n == UNKNOWN_COUNT else whole(n) for n in counts]


def seconds_still_in(file: RunFile, n_epochs: int) -> list[float]:
    """Of each epoch the seconds in which the process stood still; most files have none."""
    if "history.still" not in file.tensors.keys():  # noqa: SIM118 - it is no dict
        return [0.0] * n_epochs
    seconds: list[float] = file.measures("history.still", (n_epochs,), torch.float64).tolist()
    return seconds
